"""Photos on the sync screen: the one on its way, those that wait for Wi-Fi, those that failed."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.records.open_record import address_of
from mobile_app.screens.records.photo import Photo
from mobile_app.state.sync import SyncState
from mobile_app.widgets import buttons, labels
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.store.queries.photos import FailedPhoto

_SHOWN = 20


@part
def GoingPhoto(sync: SyncState) -> ft.Control:
    """Whose photo is on its way, and how much of it has left."""
    app = use_app()
    texts, going = app.texts, sync.photo_progress
    owner = going.owner if going else None
    name = ft.use_memo(lambda: app.open.sending.title(owner) if owner else "", [owner, sync.revision])
    if going is None:
        return ft.ProgressBar(value=None, color=theme.PRIMARY, bgcolor=theme.TRACK)
    share = going.sent / going.total if going.total else 0.0
    return ft.Column(
        [
            labels.quiet(
                texts.sending_photo.format(name=name or texts.unnamed, percent=int(100 * share)),
                key="sync-going",
            ),
            ft.ProgressBar(value=share, color=theme.PRIMARY, bgcolor=theme.TRACK),
        ],
        spacing=6,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@part
def HeldPhotos(sync: SyncState) -> ft.Control:
    """等待 Wi-Fi, and a way to send them all the same."""
    app = use_app()
    texts = app.texts
    if not (sync.held and sync.photos_waiting):
        return ft.Container(visible=False)
    return labels.card(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.WIFI, color=theme.WARN, size=24),
                    ft.Text(
                        plural(texts.held, sync.photos_waiting),
                        size=17,
                        color=theme.INK,
                        expand=True,
                        key="held",
                    ),
                ],
                spacing=10,
            ),
            buttons.tonal_button(
                f"{texts.held_send} ({texts.size(sync.bytes_waiting)})",
                ft.Icons.SIGNAL_CELLULAR_ALT,
                handled(texts, app.open.sending.send_held),
                key="held-send",
            ),
        ]
    )


@part
def FailedPhotos(sync: SyncState) -> ft.Control:
    """Each photo that failed, with what it belongs to, its sentence, and what can be done."""
    app = use_app()
    texts = app.texts
    failed = ft.use_memo(lambda: app.open.sending.failures(_SHOWN), [sync.revision])
    if not failed:
        return ft.Container(visible=False)
    every: list[ft.Control] = []
    if len(failed) > 1:
        every = [
            buttons.tonal_button(
                texts.retry_all,
                ft.Icons.REFRESH,
                handled(texts, app.open.sending.retry),
                key="retry-all",
            )
        ]
    return labels.card(
        [labels.heading(texts.failed_photos), *(FailedPhotoLine(photo) for photo in failed), *every]
    )


@part
def FailedPhotoLine(photo: "FailedPhoto") -> ft.Control:
    """One of them."""
    app = use_app()
    texts, page = app.texts, ft.context.page

    async def again() -> None:
        await app.open.sending.retry(photo.sha256)

    open_record: list[ft.Control] = []
    owner = photo.owner
    if owner:
        open_record = [
            buttons.tonal_button(
                texts.open_record,
                None,
                lambda _event: page.navigate(address_of(owner.type, owner.id)),
                key=f"failed-photo-record-{photo.sha256}",
            )
        ]
    return ft.Column(
        [
            ft.Row(
                [
                    Photo(photo.sha256, "", 72, 72, ft.BoxFit.COVER),
                    ft.Column(
                        [
                            ft.Text(
                                (owner.title if owner else "") or texts.unnamed, size=17, color=theme.INK
                            ),
                            ft.Text(
                                texts.why(photo.why.code, photo.why.details),
                                size=15,
                                color=theme.BAD,
                                key=f"failed-photo-{photo.sha256}",
                            ),
                        ],
                        spacing=4,
                        expand=True,
                    ),
                ],
                spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            buttons.row(
                buttons.tonal_button(
                    texts.retry,
                    ft.Icons.REFRESH,
                    handled(texts, again),
                    key=f"failed-photo-retry-{photo.sha256}",
                ),
                *open_record,
            ),
        ],
        spacing=8,
    )
