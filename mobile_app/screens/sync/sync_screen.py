"""同步: what waits, how it goes, what did not work, and who this phone is."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part, screen
from mobile_app.screens.records.open_record import visit_address
from mobile_app.screens.sync.reenrolment_card import RenewalCard
from mobile_app.screens.sync.sync_bar import rest_words, step_words, use_waiting
from mobile_app.screens.sync.sync_choices import FreeingCard, LinkCard
from mobile_app.screens.sync.sync_photos import FailedPhotos, GoingPhoto, HeldPhotos
from mobile_app.screens.sync.sync_verdicts import VerdictsCard
from mobile_app.screens.sync.unsent_screen import UnsentCard
from mobile_app.state.sync import SyncState
from mobile_app.store.queries.narrowing import Narrowing
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.widgets import bars, buttons, labels
from shared import problems

_SHOWN = 20


@screen
def Sync() -> ft.Control:
    """The parts observe; this frame need not."""
    app = use_app()
    texts = app.texts
    return ft.View(
        route="/",
        padding=0,
        appbar=bars.title_bar(texts.sync_title),
        navigation_bar=bars.tab_bar(texts, "/sync", ft.context.page.navigate, app.late_taps.is_late),
        controls=[
            ft.ListView(
                [
                    # Above what grows while a round runs, so that no tap misses its fields.
                    RenewalCard(app.open.sync),
                    SyncCard(app.open.sync),
                    VerdictsCard(app.open.sync),
                    HeldPhotos(app.open.sync),
                    FailedPhotos(app.open.sync),
                    RefusedCard(app.open.sync),
                    LinkCard(app.open.sync),
                    UnsentCard(app.open.sync),
                    FreeingCard(),
                    _device(app),
                ],
                expand=True,
                spacing=14,
                padding=14,
                key="sync",
            )
        ],
    )


@part
def SyncCard(sync: SyncState) -> ft.Control:
    """The exchange itself."""
    app = use_app()
    texts, (waiting, _) = app.texts, use_waiting(app, sync)
    persisted, set_persisted = ft.use_state(True)

    async def ask_device() -> None:
        set_persisted(await app.open.storage.persisted())

    ft.use_effect(handled(texts, ask_device), [])
    listed = ft.use_memo(
        lambda: {photo.why.code for photo in app.open.sending.failures(_SHOWN)}, [sync.revision]
    )
    trouble = sync.last_problem if not sync.running and sync.online else None
    waits = bool(sync.ops_waiting or sync.photos_waiting or sync.home_visits_waiting)
    if trouble and (trouble.code in listed or trouble.kind == problems.token_invalid):
        trouble = None  # it stands below, with the photo it is about, or above, with what helps
    return labels.card(
        [
            labels.heading(texts.waits_here),
            ft.Text(waiting, size=18, weight=ft.FontWeight.W_600, key="sync-waiting"),
            *(
                [labels.quiet(texts.bytes_waiting.format(size=texts.size(sync.bytes_waiting)))]
                if sync.bytes_waiting
                else []
            ),
            labels.quiet(rest_words(texts, sync), key="sync-rest"),
            *([] if persisted else [labels.quiet(texts.storage_evictable, key="storage-evictable")]),
            *(
                [labels.quiet(texts.waits_for_network, key="sync-offline")]
                if waits and not sync.online
                else []
            ),
            *(
                [
                    ft.Text(step_words(texts, sync), size=16, key="sync-step"),
                    GoingPhoto(sync),
                ]
                if sync.running
                else []
            ),
            *([labels.trouble(texts.problem(trouble), key="sync-problem")] if trouble else []),
            buttons.main_button(
                texts.syncing if sync.running else texts.sync_now,
                ft.Icons.SYNC,
                handled(texts, app.open.sync_now),
                key="sync-now",
                busy=sync.running,
            ),
        ]
    )


@part
def RefusedCard(sync: SyncState) -> ft.Control:
    """The hazards and visits of which something was refused, with the sentence."""
    app = use_app()
    texts, page = app.texts, ft.context.page

    def look() -> list[tuple[str, str, str]]:
        hazards = app.open.hazards("", Narrowing(upload=UploadState.FAILED), limit=_SHOWN)
        visits = app.open.visits.listed("", UploadState.FAILED, limit=_SHOWN)
        found = [
            *((f"/hazards/{row.id}", row.title, app.open.hazard(row.id).quarantined) for row in hazards),
            *((visit_address(row.id), row.place, app.open.visits.card(row.id).quarantined) for row in visits),
        ]
        return [
            (
                address,
                title or texts.unnamed,
                "\n".join(dict.fromkeys(texts.why(why.code, why.details) for why in whys)),
            )
            for address, title, whys in found
            if whys
        ]

    refused = ft.use_memo(look, [sync.revision, texts.language])
    if not refused:
        return ft.Container(visible=False)
    return labels.card(
        [
            labels.heading(texts.refused_records),
            *(
                ft.ListTile(
                    title=ft.Text(name, size=17),
                    subtitle=ft.Text(why, size=15, color=theme.BAD),
                    trailing=ft.Icons.CHEVRON_RIGHT,
                    content_padding=0,
                    on_click=lambda _event, address=address: page.navigate(address),
                    key=f"failed-{address.rpartition('/')[2]}",
                )
                for address, name, why in refused
            ),
        ]
    )


def _device(app: AppContext) -> ft.Control:
    texts, who, settings = app.texts, app.open.identity, app.open.settings
    if who is None:
        return ft.Container(visible=False)
    roles = texts.listed(map(texts.of, app.open.access.roles()))
    return labels.card(
        [
            labels.heading(texts.device),
            labels.fact(texts.person, f"{who.name} · {roles}"),
            *([labels.fact(texts.device_name, who.device_name)] if who.device_name else []),
            labels.fact(texts.campaign, settings.name if settings else who.campaign),
            labels.fact(texts.server, who.origin),
            labels.fact(texts.version, app.version),
        ]
    )
