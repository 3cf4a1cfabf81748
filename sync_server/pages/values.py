"""The value of a field as text on a page."""

from shared.forms.value_words import ValueWords
from shared.geo import degrees_text
from shared.records.models import Position
from sync_server.texts.words import Texts


def value_words(words: Texts) -> ValueWords:
    """The words for values in the page's language."""
    return ValueWords(words.code, lambda position: position_line(position, words))


def position_line(position: Position, words: Texts) -> str:
    """Latitude, longitude, accuracy and what is doubtful about them in one line."""
    line = words.position_line.format(lat=degrees_text(position.lat), lon=degrees_text(position.lon))
    if position.accuracy_m is not None:
        line += words.position_accuracy.format(metres=f"{position.accuracy_m:.0f}")
    for doubt, doubtful in (
        (words.mock_location, position.mock_location),
        (words.clock_skewed, position.clock_skewed),
        (words.position_age.format(seconds=position.age_s), position.age_s),
    ):
        if doubtful:
            line += f" · {doubt}"
    return line
