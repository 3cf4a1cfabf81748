"""设置: the size of texts and of photos, and 诊断信息 to send to whoever helps."""

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.state.sync import SyncState
from mobile_app.widgets import buttons, labels, segments

TEXT_SIZES = (100, 125, 150)
SMALL_SIDE = 1280
"""The longest side of smaller photos, in pixels."""
_FAILURES = 50


@part
def SizesCard() -> ft.Control:
    """How large texts and photos are; of texts only where the app can change that."""
    app = use_app()
    texts, words, page = app.texts, app.texts.settings, ft.context.page
    side, set_side = ft.use_state(app.open.sending.choices.photo_side)

    def choose_photo(code: str | None) -> None:
        if code is None:
            return
        pixels = SMALL_SIDE if code == "small" else None
        set_side(pixels)

        async def keep() -> None:
            await app.open.sending.choose_photo_side(pixels)

        page.run_task(handled(texts, keep))

    return labels.card(
        [
            *_text_size(app),
            segments.segments(
                words.photo_size,
                [("usual", words.photo_usual), ("small", words.photo_small)],
                "small" if side else "usual",
                choose_photo,
                key="photo-size",
            ),
            labels.quiet(words.photo_hint.format(pixels=SMALL_SIDE)),
            labels.quiet(words.elsewhere),
            buttons.tonal_button(
                words.open_sync,
                ft.Icons.SYNC,
                lambda _event: page.navigate("/sync"),
                key="settings-sync",
            ),
        ]
    )


def _text_size(app: AppContext) -> list[ft.Control]:
    words, choose = app.texts.settings, app.choose_text_size
    if choose is None:
        return []
    names = (words.text_usual, words.text_large, words.text_largest)
    return [
        segments.segments(
            words.text_size,
            [(str(size), f"{name} {size}%") for size, name in zip(TEXT_SIZES, names, strict=True)],
            str(app.text_size),
            lambda code: choose(int(code)) if code else None,
            key="text-size",
        ),
        labels.quiet(words.text_hint),
    ]


@part
def DiagnosticsCard(sync: SyncState, storage: str) -> ft.Control:
    """What helps to find out what is wrong, and says nothing of anybody. `storage`: how much, in words."""
    app = use_app()
    words = app.texts.settings
    lines = ft.use_memo(lambda: diagnostics(app, sync), [sync.revision, sync.last_problem, sync.link, app])
    text = "\n".join([*lines, f"storage {storage}"])
    return labels.card(
        [
            labels.heading(words.diagnostics),
            labels.quiet(words.diagnostics_hint),
            ft.Text(text, size=14, key="diagnostics"),
            buttons.tonal_button(
                app.texts.copy,
                ft.Icons.CONTENT_COPY,
                None,
                action=ft.CopyToClipboard(text),
                key="copy-diagnostics",
            ),
        ]
    )


def diagnostics(app: AppContext, sync: SyncState) -> list[str]:
    """Versions, counts and codes of problems; no name, place, record, photo, device or token."""
    phone = app.open
    failed = sorted({photo.why.code for photo in phone.sending.failures(_FAILURES)})
    problem = sync.last_problem.code if sync.last_problem else "none"
    link = sync.link.quality.value
    return [
        f"anlan {app.version} {app.texts.language} {app.text_size}%",
        app.user_agent or "native",
        f"waiting {sync.ops_waiting} saves, {sync.photos_waiting} photos, {sync.bytes_waiting} bytes, "
        f"{sync.home_visits_waiting} home visits",
        f"hazards {phone.hazards_count()}, drafts {len(phone.drafts())}, damaged {phone.damaged}",
        f"synced {sync.last_success or 'never'}, problem {problem}",
        f"photos failed {', '.join(failed) or 'none'}",
        f"network {sync.network.value} {link}, clock ahead {phone.server_clock.ahead}",
    ]
