"""How far the person, their towns and the city are: the cards of numbers at the end of 今日."""

from datetime import datetime

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.store.queries.due import OwnNumbers
from mobile_app.store.queries.narrowing import Narrowing
from mobile_app.widgets import buttons, labels
from shared.china_time import CHINA_TIME
from shared.counting import Definition, percent
from shared.plural import plural
from shared.sync.progress import ProgressAnswer, TownProgress


def own_numbers(app: AppContext, numbers: OwnNumbers) -> ft.Control:
    """How much of what the person reported is closed, and a button that lists it."""
    words = app.texts.today

    def show(_event: object) -> None:
        app.hazard_search.begin(Narrowing(own=True))
        ft.context.page.navigate("/")

    sentence = plural(words.own_numbers, numbers.reported, closed=numbers.closed)
    listing = buttons.tonal_button(words.own_open, ft.Icons.LIST, show, key="own-open")
    return labels.card([_strong(sentence, "own-numbers"), listing])


def office_numbers(app: AppContext, numbers: ProgressAnswer) -> ft.Control:
    """The office's count toward the target, of the city or of the person's towns, and of when it is."""
    at = datetime.fromisoformat(numbers.server_time).astimezone(CHINA_TIME)
    as_of = app.texts.today.office_as_of.format(at=f"{at:%Y-%m-%d %H:%M}")
    lines = [line for one in numbers.towns for line in _of_town(app, numbers.year, one)]
    return labels.card(
        [*lines, labels.quiet(as_of, key="office-as-of"), *_definition(app, numbers.definition)]
    )


def _of_town(app: AppContext, year: int, one: TownProgress) -> list[ft.Control]:
    words = app.texts.today
    place = app.texts.town(one.town_code) if one.town_code else words.city
    key = f"office-{one.town_code or 'city'}"
    if not one.target:
        return [_strong(plural(words.office_net, one.net, place=place, year=year), key)]
    share = percent(one.net, one.target)
    sentence = plural(words.office_target, one.net, place=place, year=year, target=one.target, share=share)
    bar = ft.ProgressBar(
        min(1.0, one.net / one.target),
        color=theme.PRIMARY,
        bgcolor=theme.TRACK,
        bar_height=10,
        border_radius=5,
        semantics_label=sentence,
    )
    return [_strong(sentence, key), bar]


def _definition(app: AppContext, code: str) -> list[ft.Control]:
    """What is counted; nothing where a newer server counts by a definition that this app does not know."""
    known = [one for one in Definition if one.value == code]
    return [labels.quiet(app.texts.of(one), key="office-definition") for one in known]


def _strong(sentence: str, key: str) -> ft.Control:
    return ft.Text(sentence, size=16, weight=ft.FontWeight.W_600, color=theme.INK, key=key)
