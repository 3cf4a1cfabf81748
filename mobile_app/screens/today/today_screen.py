"""今日: where this person is needed, the most urgent first, and how far away that is."""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.access import cannot_record, use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.formatting import distance_words, fix_age_words
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.home_visits.home_visit_list import HomeVisitsEntry
from mobile_app.screens.hooks import use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.position_search import (
    PositionSearch,
    search_button,
    search_progress,
    search_trouble,
    use_position_search,
    use_redraw,
)
from mobile_app.screens.records.record_list import inset
from mobile_app.screens.scan.scan_button import scan_button
from mobile_app.screens.sync.sync_bar import SyncBar, records_changed
from mobile_app.screens.today.numbers import office_numbers, own_numbers
from mobile_app.store.queries.due import MOST
from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, buttons, labels
from shared.hazards.due import Urgency
from shared.permissions import Action
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.store.queries.due import DueHazard

ROUTE = "/today"
_FIRST = 5
"""So many hazards of each urgency are shown at first, and so many more with each tap."""


@screen
def Today() -> ft.Control:
    """What waits for the person; whoever sees no hazards finds their home visits here."""
    app, access = use_app(), use_access()
    amounts, set_amounts = ft.use_state(dict[Urgency, int]())
    changed = use_part(app.open.sync, records_changed)
    synced = use_part(app.open.sync, lambda sync: sync.last_success is not None)
    search = use_position_search(lambda: None, lambda *_found: None)
    use_redraw(search)
    work, texts, page = app.open.today, app.texts, ft.context.page
    sees = access.may(Action.SEE_HAZARDS)
    day = app.today
    needs = [sees, day, changed, work.fix, access.grants()]
    found = ft.use_memo(lambda: work.due(day) if sees else [], needs)
    numbers = ft.use_memo(work.own_numbers, [changed])
    office = ft.use_memo(app.open.office_numbers.known, [changed])
    may_record = access.may(Action.EDIT_RECORDS)
    placed = any(one.row.lat is not None for one in found)

    def more(urgency: Urgency) -> None:
        set_amounts({**amounts, urgency: amounts.get(urgency, _FIRST) + _FIRST})

    parts: list[ft.Control] = [
        SyncBar(app.open.sync),
        HomeVisitsEntry(),
        *([] if may_record or not sees else [inset(cannot_record(app), top=10)]),
        *([inset(_position(app, search, placed), top=10)] if found else []),
    ]
    for urgency, group in groupby(found, lambda one: one.urgency):
        parts += _group(app, urgency, list(group), amounts.get(urgency, _FIRST), partial(more, urgency))
    if not found:
        parts.append(_nothing(texts, sees, may_record, synced))
    if sees and synced and numbers.reported:
        parts.append(inset(own_numbers(app, numbers), top=14))
    if sees and office and office.towns:
        parts.append(inset(office_numbers(app, office), top=10))
    return ft.View(
        route=ROUTE,
        padding=0,
        spacing=0,
        appbar=bars.title_bar(texts.tab_today, actions=scan_button(app, ROUTE)),
        navigation_bar=bars.tab_bar(texts, ROUTE, page.navigate, app.late_taps.is_late),
        controls=[
            ft.ListView(parts, expand=True, key="today"),
            *([_new_bar(app)] if may_record else []),
        ],
    )


def _position(app: AppContext, search: PositionSearch, placed: bool) -> ft.Control:
    """How old the position is by which the hazards are ordered, a button for a new one, and the way to the
    map where some of the hazards are `placed`."""
    texts, words, work = app.texts, app.texts.today, app.open.today
    return labels.card(
        [
            labels.quiet(fix_age_words(texts, work.age) if work.fix else words.no_fix, key="fix"),
            buttons.row(
                search_button(texts, search, words.locate_again if work.fix else texts.locate),
                *([_on_map(texts)] if placed else []),
            ),
            *([search_progress(texts, search.best)] if search.running else []),
            *(search_trouble(texts, texts.problem(search.problem)) if search.problem else []),
        ]
    )


def _on_map(texts: Texts) -> ft.Control:
    page = ft.context.page
    return buttons.tonal_button(
        texts.map.round_open, ft.Icons.MAP_OUTLINED, lambda _event: page.navigate("/round"), key="round-open"
    )


def _group(
    app: AppContext, urgency: Urgency, group: "list[DueHazard]", amount: int, more: Callable[[], None]
) -> list[ft.Control]:
    """The first `amount` hazards of an urgency under its title, and a button for more."""
    texts, words, today = app.texts, app.texts.today, app.today
    title = words.most if len(group) == MOST else words.group
    heading = plural(title, len(group), title=words.of(urgency))
    lines = [
        keyed(f"{one.row.id}-{urgency}", HazardLine)(
            one.row,
            texts,
            today,
            partial(_open, app),
            away=_beside(app, one),
        )
        for one in group[:amount]
    ]
    left = min(_FIRST, len(group) - amount)
    further = buttons.tonal_button(
        plural(words.more, left),
        ft.Icons.EXPAND_MORE,
        lambda _event: more(),
        key=f"more-{urgency.name.lower()}",
        name=f"{words.of(urgency)} · {plural(words.more, left)}",
    )
    return [
        inset(labels.heading(heading), top=14),
        *map(inset, lines),
        *([inset(further)] if left > 0 else []),
    ]


def _beside(app: AppContext, one: "DueHazard") -> str:
    """How far away it is, and for how long nobody has patrolled it."""
    texts, parts = app.texts, [distance_words(app.texts, app.open.today.bearing(one.row))]
    if one.patrol is not None:
        parts.append(plural(texts.today.unseen, one.patrol.unseen, every=one.patrol.every))
    return " · ".join(filter(None, parts))


def _open(app: AppContext, hazard: str) -> None:
    """Open a hazard; the way back from it leads here."""
    app.last_list.route = ROUTE
    ft.context.page.navigate(f"/hazards/{hazard}")


def _nothing(texts: Texts, sees: bool, may_record: bool, synced: bool) -> ft.Control:
    """Why nothing is listed; before the first sync nobody knows whether something waits."""
    words = texts.today
    if not sees:
        return labels.empty(words.no_hazards, words.no_hazards_hint, ft.Icons.HOME_OUTLINED)
    if not synced:
        return labels.empty(words.unsynced, words.unsynced_hint, ft.Icons.SYNC)
    return labels.empty(words.none, words.none_hint if may_record else "", ft.Icons.TASK_ALT)


def _new_bar(app: AppContext) -> ft.Control:
    def new(_event: object) -> None:
        app.last_list.route = ROUTE
        ft.context.page.navigate("/new")

    return bars.new_bar(app.texts.new_hazard, new, key="new-hazard")
