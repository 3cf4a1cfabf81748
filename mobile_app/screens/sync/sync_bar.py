"""What waits, what is being done, and 立即同步: the strip above the list."""

from dataclasses import dataclass
from datetime import UTC, datetime

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.formatting import clock_words
from mobile_app.screens.sync.sync_verdicts import VerdictsNotice
from mobile_app.state.sync import SyncState
from mobile_app.store.queries.narrowing import Narrowing
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared import problems
from shared.plural import plural
from shared.sync.link_quality import Quality

_AWAY = (problems.server_unreachable, problems.not_our_server)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """How many hazards and visits wait, and how many of them failed."""

    hazards: int
    visits: int
    failed_hazards: int
    failed_visits: int


def _waiting_words(texts: Texts, sync: SyncState, waiting: _Waiting) -> str:
    """待上传：1 处隐患 · 1 张照片, or that nothing waits."""
    parts = []
    if waiting.hazards:
        parts.append(plural(texts.hazards_wait, waiting.hazards))
    if waiting.visits:
        parts.append(plural(texts.visits_wait, waiting.visits))
    if not parts and sync.ops_waiting:
        parts.append(plural(texts.records_wait, sync.ops_waiting))
    if sync.home_visits_waiting:
        parts.append(plural(texts.home_visits.waiting, sync.home_visits_waiting))
    if sync.photos_waiting and not sync.held:
        parts.append(plural(texts.photos_wait, sync.photos_waiting))
    said = texts.waits.format(parts=" · ".join(parts)) if parts else ""
    held = plural(texts.held, sync.photos_waiting) if sync.photos_waiting and sync.held else ""
    hazards = plural(texts.hazards_failed, waiting.failed_hazards) if waiting.failed_hazards else ""
    visits = plural(texts.visits_failed, waiting.failed_visits) if waiting.failed_visits else ""
    return "\n".join(filter(None, [said, held, hazards, visits])) or texts.nothing_waits


def use_waiting(app: AppContext, sync: SyncState) -> tuple[str, bool]:
    """The words for what waits, and whether some of it failed; counted again when that may have changed."""

    def look() -> _Waiting:
        hazards, visits = app.open.hazards_count, app.open.visits.count
        waiting, failed = UploadState.WAITING, UploadState.FAILED
        return _Waiting(
            hazards(only=Narrowing(upload=waiting)),
            visits("", waiting),
            hazards(only=Narrowing(upload=failed)),
            visits("", failed),
        )

    waiting = ft.use_memo(look, [sync.revision])
    return _waiting_words(app.texts, sync, waiting), bool(waiting.failed_hazards or waiting.failed_visits)


def step_words(texts: Texts, sync: SyncState) -> str:
    """What the running round does now."""
    match sync.step:
        case "push":
            return texts.sync_pushing
        case "pull":
            return texts.sync_pulling
        case "photos":
            return texts.sync_photos.format(waiting=sync.photos_waiting)
        case _:
            return texts.syncing


def records_changed(sync: SyncState) -> tuple[int, str | None]:
    """What a list of hazards or visits depends on: their revision, and the one whose photo is on its way."""
    return sync.revision, sync.photo_progress.owner if sync.photo_progress else None


def photo_share(sync: SyncState) -> float | None:
    """How much of the photo now on its way has arrived, 0–1; None while that is unknown."""
    progress = sync.photo_progress
    return progress.sent / progress.total if progress and progress.total else None


def rest_words(texts: Texts, sync: SyncState) -> str:
    """有网络 · 上次同步 2026-11-23 15:04."""
    last = (
        texts.last_success.format(moment=texts.clock(sync.last_success, datetime.now(UTC)))
        if sync.last_success
        else texts.never_synced
    )
    return f"{_network_word(texts, sync)} · {last}"


def _network_word(texts: Texts, sync: SyncState) -> str:
    if not sync.online:
        return texts.offline
    away = sync.last_problem is not None and sync.last_problem.kind in _AWAY
    return texts.link_dead if away or sync.link.quality is Quality.NONE else texts.online


@part
def SyncBar(sync: SyncState) -> ft.Control:
    """Observes `sync`; the rest of the list need not."""
    app = use_app()
    texts = app.texts
    waiting, failed = use_waiting(app, sync)
    waits = bool(sync.ops_waiting or sync.photos_waiting)
    trouble = sync.last_problem if not sync.running and sync.online else None
    clock = clock_words(texts, app.open.server_clock.ahead)
    icon, colour = (
        (ft.Icons.CLOUD_OFF, theme.WARN)
        if not sync.online
        else (ft.Icons.ERROR_OUTLINE, theme.BAD)
        if failed
        else (ft.Icons.CLOUD_UPLOAD_OUTLINED, theme.WARN)
        if waits
        else (ft.Icons.CLOUD_DONE_OUTLINED, theme.GOOD)
    )
    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        ft.Row(
                            [
                                ft.Icon(icon, color=colour, size=26),
                                ft.Column(
                                    [
                                        ft.Text(
                                            step_words(texts, sync) if sync.running else waiting,
                                            size=15,
                                            weight=ft.FontWeight.W_600,
                                            color=theme.INK,
                                            key="sync-waiting",
                                        ),
                                        labels.quiet(rest_words(texts, sync), key="sync-rest"),
                                    ],
                                    spacing=2,
                                    tight=True,
                                    expand=True,
                                    expand_loose=True,
                                ),
                            ],
                            spacing=10,
                            tight=True,
                        ),
                        buttons.tonal_button(
                            texts.syncing if sync.running else texts.sync_now,
                            None,
                            handled(texts, app.open.sync_now),
                            key="sync-now",
                            busy=sync.running,
                        ),
                    ],
                    # The button goes below where large texts leave no room beside it.
                    wrap=True,
                    alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                    spacing=10,
                    run_spacing=4,
                    vertical_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                *(
                    [ft.ProgressBar(value=photo_share(sync), color=theme.PRIMARY, bgcolor=theme.TRACK)]
                    if sync.running
                    else []
                ),
                *([labels.trouble(texts.problem(trouble), key="sync-problem")] if trouble else []),
                *([labels.trouble(clock, key="clock-wrong")] if clock else []),
                VerdictsNotice(sync),
            ],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=theme.CARD,
        border=ft.Border.only(bottom=ft.BorderSide(1, theme.LINE)),
        padding=ft.Padding.symmetric(horizontal=14, vertical=8),
    )
