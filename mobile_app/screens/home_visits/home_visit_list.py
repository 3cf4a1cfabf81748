"""家访: what was sealed on this phone, of which it knows no more than time, school, class and state."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import part, screen
from mobile_app.screens.hooks import use_part
from mobile_app.screens.sync.sync_bar import SyncBar
from mobile_app.store.home_visits.sealed_visits import SealedVisit, VisitState
from mobile_app.widgets import bars, buttons, labels
from shared import problems
from shared.plural import plural

ROUTE = "/home-visits"


@screen
def HomeVisits() -> ft.Control:
    """The visits, the latest first, and the way to a new one."""
    app = use_app()
    texts, page, visits = app.texts, ft.context.page, app.open.home_visits
    changed = use_part(app.open.sync, lambda sync: sync.home_visits_revision)
    lines = ft.use_memo(visits.mine, [changed])
    can_record = visits.can_seal and bool(visits.places())
    return ft.View(
        route=ROUTE,
        padding=0,
        spacing=0,
        appbar=bars.title_bar(texts.home_visits.title, back=(texts.back, lambda _event: page.navigate("/"))),
        controls=[
            ft.ListView(
                [
                    SyncBar(app.open.sync),
                    ft.Container(
                        ft.Column(
                            [
                                *([] if can_record else [_obstacle(app)]),
                                labels.card(
                                    [ft.Text(texts.home_visits.where, size=16), *_copies(app, visits.kept)]
                                ),
                                *_drafts(app, can_record),
                                *(_line(app, line) for line in lines),
                                *([] if lines else [_none(app)]),
                            ],
                            spacing=10,
                            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                        ),
                        padding=14,
                    ),
                ],
                expand=True,
                key="home-visits",
            ),
            *([_new_bar(app)] if can_record else []),
        ],
    )


@part
def HomeVisitsEntry() -> ft.Control:
    """The way to home visits, for those who may record them or have some or a draft here."""
    app = use_app()
    texts, page, visits = app.texts, ft.context.page, app.open.home_visits
    changed = use_part(app.open.sync, lambda sync: sync.home_visits_revision)
    mine, places = ft.use_memo(lambda: (visits.mine(), visits.places()), [changed])
    waiting = sum(line.state is VisitState.WAITING for line in mine)
    waits = [plural(texts.home_visits.waiting, waiting)] if waiting else []
    who = app.open.identity
    drafts = [texts.home_visits.draft_there] if who and visits.drafts.has_draft(who.person) else []
    if not (mine or places or drafts):
        return ft.Container(visible=False)
    new = buttons.tonal_button(
        texts.home_visits.new,
        ft.Icons.ADD,
        lambda _event: _open_form(app),
        key="new-home-visit",
    )
    return ft.Container(
        labels.card(
            [
                labels.heading(texts.home_visits.title),
                *map(labels.quiet, [*waits, *drafts]),
                buttons.row(
                    *([new] if places else []),
                    buttons.quiet_button(
                        texts.home_visits.all, lambda _event: page.navigate(ROUTE), key="home-visits-list"
                    ),
                ),
            ]
        ),
        padding=ft.Padding.only(left=14, right=14, top=10),
    )


@screen
def CannotRecord(path: str) -> ft.Control:
    """Why no home visit can be recorded here."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    return ft.View(
        route=path,
        padding=14,
        appbar=bars.title_bar(texts.home_visits.new, back=(texts.back, lambda _event: page.navigate(ROUTE))),
        controls=[_obstacle(app)],
    )


def _obstacle(app: AppContext) -> ft.Control:
    visits = app.open.home_visits
    why = app.texts.home_visits.no_grant
    if not visits.can_seal:
        why = app.texts.problem(problems.sealing_unavailable())
    return labels.card([labels.trouble(why, key="home-visits-obstacle")])


def _copies(app: AppContext, kept: tuple[int, int]) -> list[ft.Control]:
    """How many envelopes stay here after their upload, and what they take."""
    count, size = kept
    said = plural(app.texts.home_visits.copies, count, size=app.texts.size(size))
    return [labels.quiet(said, key="home-visits-kept")] if count else []


def _drafts(app: AppContext, can_record: bool) -> list[ft.Control]:
    """Whether an unfinished visit is here, whether one is kept at all, and the way to a PIN."""
    texts, page, who, drafts = app.texts, ft.context.page, app.open.identity, app.open.home_visits.drafts
    words = texts.home_visits
    if who and drafts.has_draft(who.person):
        lines = [words.draft_there, words.draft_go_on if can_record else texts.cannot_continue]
        return [labels.card([ft.Text("\n".join(lines), size=16, key="home-visit-draft")])]
    if not can_record:
        return []
    if not drafts.available:
        return [labels.card([ft.Text(words.never_kept, size=16)])]
    if who and drafts.is_set(who.person):
        return [labels.card([ft.Text(words.kept, size=16)])]
    set_pin = buttons.tonal_button(
        words.pin_title,
        ft.Icons.LOCK_OUTLINE,
        lambda _event: page.navigate(f"{ROUTE}/pin"),
        key="set-pin",
    )
    return [labels.card([ft.Text(words.not_kept, size=16), set_pin])]


def _open_form(app: AppContext) -> None:
    """Open the form, in which a second fast tap on the button chooses nothing."""
    app.opened.led_on()
    ft.context.page.navigate(f"{ROUTE}/new")


def _new_bar(app: AppContext) -> ft.Control:
    return bars.new_bar(app.texts.home_visits.new, lambda _event: _open_form(app), key="new-home-visit")


def _line(app: AppContext, line: SealedVisit) -> ft.Control:
    texts = app.texts
    refusal = app.open.home_visits.refusal(line)
    word, tone = {
        VisitState.WAITING: (texts.waiting, theme.BUSY),
        VisitState.STORED: (texts.uploaded, theme.DONE),
        VisitState.QUARANTINED: (texts.home_visits.quarantined, theme.ALARM),
    }[line.state]
    why = texts.why(line.code, dict(line.details)) if line.code else texts.problem(refusal) if refusal else ""
    card = labels.card(
        [
            ft.Row(
                [
                    ft.Text(texts.moment(line.sealed_at), size=17, weight=ft.FontWeight.W_600),
                    labels.badge(word, tone),
                ],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                wrap=True,
            ),
            ft.Text(
                f"{app.open.home_visits.school_name(line.school)} · {line.class_name}",
                size=16,
                color=theme.INK,
            ),
            *([ft.Text(why, size=15, color=theme.BAD)] if why else []),
        ],
        key=f"home-visit-{line.n}",
    )
    return ft.Semantics(container=True, content=card)  # read out one by one


def _none(app: AppContext) -> ft.Control:
    return labels.empty(app.texts.home_visits.none, app.texts.home_visits.none_hint, ft.Icons.HOME_OUTLINED)
