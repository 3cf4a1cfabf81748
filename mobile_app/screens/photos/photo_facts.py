"""What people are told of a photo: when and where it was taken, and by whom."""

from datetime import timedelta
from typing import TYPE_CHECKING

from mobile_app.screens.formatting import duration_words, position_words
from mobile_app.texts.words import Texts
from shared.geo import about_metres

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto
    from shared.hazards.evidence import Closeness
    from shared.records.models import Photo, Position


def photo_facts(
    texts: Texts, photo: "Photo | PreparedPhoto", hazard: "Position | None", by: str = ""
) -> tuple[str, ...]:
    """A line for each; `hazard`: where the hazard lies, `by`: whose photo it is."""
    when = texts.moment(photo.taken_at) or texts.photo.no_time
    doubts = (
        texts.mock_location if getattr(photo, "mock_location", None) else "",
        texts.clock_skewed if getattr(photo, "clock_skewed", None) else "",
        texts.photo.faces_unchecked if photo.faces_unchecked else "",
    )
    lines = (
        " · ".join(filter(None, [when, texts.of(photo.source) if photo.source else "", *doubts])),
        _place(texts, photo.position, hazard),
        by,
    )
    return tuple(filter(None, lines))


def distance_to_hazard(texts: Texts, metres: float) -> str:
    """距隐患约 12 米, 距隐患约 1.2 公里."""
    if metres < 1000:
        return texts.photo.metres.format(metres=round(metres))
    return texts.photo.kilometres.format(kilometres=f"{metres / 1000:.1f}")


def closeness_words(texts: Texts, found: "Closeness") -> str:
    """距隐患约 12 米 · 3分钟前拍; what is not known is said too."""
    where = texts.photo.no_place if found.metres is None else distance_to_hazard(texts, found.metres)
    if found.age is None:
        when = texts.photo.no_time
    elif abs(found.age) < timedelta(minutes=1):
        when = texts.photo.just_taken
    else:
        when = texts.photo.taken_ago.format(by=duration_words(texts, abs(found.age)))
    return f"{where} · {when}"


def _place(texts: Texts, position: "Position | None", hazard: "Position | None") -> str:
    if position is None:
        return texts.photo.no_place
    parts = [
        distance_to_hazard(texts, about_metres((hazard.lat, hazard.lon), (position.lat, position.lon)))
        if hazard
        else position_words(position.model_dump()),
        "" if position.accuracy_m is None else texts.photo.accuracy.format(metres=round(position.accuracy_m)),
    ]
    return " · ".join(filter(None, parts))
