"""What the list of hazards is narrowed to: chips above it, and every choice on a screen of its own."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.controls.choice import Choice
from mobile_app.screens.hooks import use_part
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.queries.narrowing import EVERYTHING, Due, Narrowing
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, buttons, labels
from mobile_app.widgets.segments import chip
from shared.hazards.due import RECTIFIABLE
from shared.plural import plural
from shared.towns import TOWNS
from shared.vocabulary import RiskLevel, Status, Term

if TYPE_CHECKING:
    from mobile_app.screens.records.record_list import Listing

_CHIPS: tuple[tuple[str, str, Any], ...] = (
    ("own", "own", True),
    ("overdue", "due", Due.OVERDUE),
    ("to-rectify", "statuses", RECTIFIABLE),
    ("pending-acceptance", "statuses", frozenset({Status.PENDING_ACCEPTANCE})),
    ("closed", "statuses", frozenset({Status.CLOSED})),
    ("waiting", "upload", UploadState.WAITING),
    ("in-conflict", "in_conflict", True),
)
"""(code, field of `Narrowing`, its value) of what is wanted most often."""


def above_list(app: AppContext, listing: "Listing[Any, Narrowing]") -> list[ft.Control]:
    """The chips, and where something is left out: how many are found, by what, and the way to all."""
    texts, words, narrowing = app.texts, app.texts.filters, listing.narrowed
    page = ft.context.page
    number = sum(
        getattr(narrowing, field.name) != getattr(EVERYTHING, field.name) for field in fields(Narrowing)
    )
    every_choice = buttons.tonal_button(
        words.some.format(count=number) if number else words.filter,
        ft.Icons.TUNE,
        lambda _event: page.navigate("/filter"),
        key="filter",
    )
    names = {
        "own": texts.today.own_all,
        "overdue": texts.today.overdue,
        "to-rectify": texts.filter_to_rectify,
        "pending-acceptance": texts.of(Status.PENDING_ACCEPTANCE),
        "closed": texts.of(Status.CLOSED),
        "waiting": texts.filter_waiting,
        "in-conflict": texts.has_conflicts,
    }
    chips = [
        chip(
            names[code],
            getattr(narrowing, name) == value,
            partial(listing.narrow, _turned(narrowing, name, value)),
            key=f"only-{code}",
        )
        for code, name, value in _CHIPS
    ]
    row = ft.Row([every_choice, *chips], scroll=ft.ScrollMode.HIDDEN, spacing=8)
    return [row] if listing.everything else [row, _found(app, listing)]


def _found(app: AppContext, listing: "Listing[Any, Narrowing]") -> ft.Control:
    words = app.texts.filters
    asked = described(app, listing.narrowed)
    said = [
        ft.Text(plural(words.found, listing.found), size=16, weight=ft.FontWeight.W_600, key="found"),
        *([labels.quiet(asked, key="asked")] if asked else []),
    ]
    return ft.Row(
        [
            ft.Column(list[ft.Control](said), spacing=2, tight=True),
            buttons.quiet_button(words.clear, listing.clear, key="clear-filters"),
        ],
        wrap=True,  # large texts leave no room beside the button
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=8,
    )


def described(app: AppContext, narrowing: Narrowing) -> str:
    """待整改 · 东城街道 · 重大、较大, "" where nothing is left out."""
    texts, kind = app.texts, narrowing.kind
    statuses = (
        texts.filter_to_rectify
        if narrowing.statuses == RECTIFIABLE
        else texts.listed(texts.of(status) for status in Status if status in narrowing.statuses)
    )
    parts = [
        statuses,
        texts.town(narrowing.town) if narrowing.town else "",
        texts.of(app.profile.types(kind)) if kind else "",
        texts.listed(texts.of(risk) for risk in RiskLevel if risk in narrowing.risks),
        _due_words(texts)[narrowing.due] if narrowing.due else "",
        texts.today.own_all if narrowing.own else "",
        texts.filter_waiting if narrowing.upload else "",
        texts.has_conflicts if narrowing.in_conflict else "",
    ]
    return " · ".join(filter(None, parts))


@screen
def HazardFilters() -> ft.Control:
    """Every choice counts at once; the button that leads back to the list says how many are found."""
    path, app = ft.use_view_path(), use_app()
    search = app.hazard_search
    text, narrowing = use_part(search, lambda search: (search.text, search.narrowed or EVERYTHING))
    changed = use_part(app.open.sync, records_changed)
    count = ft.use_memo(lambda: app.open.hazards_count(text, narrowing), [text, narrowing, changed])
    texts, words, page = app.texts, app.texts.filters, ft.context.page

    def turn(name: str, value: Any) -> None:
        narrow(_turned(narrowing, name, value))

    def narrow(to: Narrowing) -> None:
        app.just_saved.seen()
        search.narrowed = to

    def back(_event: object = None) -> None:
        page.navigate("/")

    def clear(_event: object = None) -> None:
        search.begin()

    several = partial(_several, texts, narrowing, narrow)
    language, profile = app.texts.language, app.profile
    clear_all = buttons.tonal_button(
        words.clear, ft.Icons.FILTER_ALT_OFF_OUTLINED, clear, key="clear-filters"
    )
    return ft.View(
        route=path,
        padding=0,
        spacing=0,
        appbar=bars.title_bar(words.title, back=(texts.back, back)),
        controls=[
            ft.ListView(
                [
                    several(profile.label("status", language), "statuses", list(Status)),
                    labels.card([_town(app, narrowing, narrow), _kind(app, narrowing, narrow)]),
                    several(profile.label("risk_level", language), "risks", list(RiskLevel)),
                    _card(
                        profile.label("due_date", language),
                        [
                            chip(word, narrowing.due is due, partial(turn, "due", due), key=f"due-{due}")
                            for due, word in _due_words(texts).items()
                        ],
                    ),
                    _card(words.more, _further(texts, narrowing, turn)),
                    *([] if narrowing == EVERYTHING and not text else [clear_all]),
                ],
                expand=True,
                spacing=14,
                padding=14,
                key="filters",
            ),
            bars.foot(
                [buttons.main_button(plural(words.show, count), ft.Icons.LIST, back, key="show-found")]
            ),
        ],
    )


def _turned(narrowing: Narrowing, name: str, value: Any) -> Narrowing:
    """With the field set to `value`, or to nothing where it has that already."""
    chosen = getattr(narrowing, name) == value
    return replace(narrowing, **{name: getattr(EVERYTHING, name) if chosen else value})


def _several(
    texts: Texts,
    narrowing: Narrowing,
    narrow: Callable[[Narrowing], None],
    title: str,
    name: str,
    terms: Sequence[Term],
) -> ft.Control:
    """A card in which any number of terms can be chosen for a field."""
    chosen: frozenset[Term] = getattr(narrowing, name)

    def turn(term: Term) -> None:
        turned: dict[str, Any] = {name: chosen ^ {term}}
        narrow(replace(narrowing, **turned))

    return _card(
        title,
        [
            chip(texts.of(term), term in chosen, partial(turn, term), key=f"{name}-{term.value}")
            for term in terms
        ],
    )


def _further(texts: Texts, narrowing: Narrowing, turn: Callable[[str, Any], None]) -> list[ft.Control]:
    return [
        chip(word, getattr(narrowing, name) == value, partial(turn, name, value), key=f"further-{name}")
        for word, name, value in (
            (texts.today.own_all, "own", True),
            (texts.filter_waiting, "upload", UploadState.WAITING),
            (texts.has_conflicts, "in_conflict", True),
        )
    ]


def _town(app: AppContext, narrowing: Narrowing, narrow: Callable[[Narrowing], None]) -> ft.Control:
    texts = app.texts
    towns = [("", texts.filters.any), *((town.code, texts.town(town.code)) for town in TOWNS)]

    def choose(code: str) -> None:
        narrow(replace(narrowing, town=code))

    return Choice(
        app.profile.label("town_code", texts.language), towns, narrowing.town, choose, "filter-town"
    )


def _kind(app: AppContext, narrowing: Narrowing, narrow: Callable[[Narrowing], None]) -> ft.Control:
    texts, profile = app.texts, app.profile
    kinds = [("", texts.filters.any), *((kind.value, texts.of(kind)) for kind in profile.types)]

    def choose(code: str) -> None:
        narrow(replace(narrowing, kind=code))

    label = profile.label(profile.type_field, texts.language)
    return Choice(label, kinds, narrowing.kind, choose, "filter-kind")


def _due_words(texts: Texts) -> dict[Due, str]:
    return {Due.OVERDUE: texts.today.overdue, Due.SOON: texts.today.due_soon}


def _card(title: str, chips: Sequence[ft.Control]) -> ft.Control:
    return labels.card([labels.heading(title), ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8)])
