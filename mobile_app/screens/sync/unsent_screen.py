"""导出未上传的内容: what the server does not have, as encrypted files to hand to the office."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part, screen
from mobile_app.screens.hooks import use_maybe
from mobile_app.screens.keyed import keyed
from mobile_app.state.sync import SyncState
from mobile_app.widgets import bars, buttons, labels
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.services import UnsentFile

PATH = "/sync/export"


@part
def UnsentCard(sync: SyncState) -> ft.Control:
    """The way there, while something waits."""
    app = use_app()
    words, page = app.texts.unsent, ft.context.page
    if not (sync.ops_waiting or sync.photos_waiting or sync.home_visits_waiting):
        return ft.Container(visible=False)
    return labels.card(
        [
            labels.quiet(words.offer),
            buttons.tonal_button(
                words.open, ft.Icons.SAVE_ALT, lambda _event: page.navigate(PATH), key="export-unsent"
            ),
        ]
    )


@screen
def ExportUnsent() -> ft.Control:
    """Looks once at what there is, so that the files stay the same while somebody saves them one by one."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    files, set_files = use_maybe()

    async def look() -> None:
        set_files(await app.open.unsent.files())

    ft.use_effect(handled(texts, look), [])
    return ft.View(
        route=PATH,
        padding=0,
        appbar=bars.title_bar(texts.unsent.title, back=(texts.back, lambda _event: page.navigate("/sync"))),
        controls=[
            ft.ListView(
                [] if files is None else _cards(app, files),
                expand=True,
                spacing=14,
                padding=14,
                key="export",
            )
        ],
    )


def _cards(app: AppContext, files: "Sequence[UnsentFile]") -> list[ft.Control]:
    texts, words = app.texts, app.texts.unsent
    if not files:
        return [labels.empty(words.none, words.none_hint, ft.Icons.CLOUD_DONE_OUTLINED)]
    trouble = app.open.unsent.trouble
    counts = (
        (words.records, sum(len(file.operations) for file in files)),
        (words.home_visits, sum(len(file.envelopes) for file in files)),
        (words.photos, sum(len(file.photos) for file in files)),
    )
    size = texts.size(sum(file.size for file in files))
    what: list[ft.Control] = [
        labels.heading(" · ".join(plural(text, count) for text, count in counts if count)),
        labels.quiet(plural(words.total, len(files), size=size), key="export-size"),
        ft.Text(words.why, size=16),
        ft.Text(words.kept, size=16),
        labels.quiet(words.sealed),
    ]
    if trouble:
        return [labels.card([*what, labels.trouble(texts.problem(trouble), key="export-problem")])]
    return [
        labels.card(what),
        *(keyed(f"file-{n}", FileCard)(file, n, len(files)) for n, file in enumerate(files, 1)),
    ]


@part
def FileCard(file: "UnsentFile", number: int, of: int) -> ft.Control:
    """One file, and whether it was saved."""
    app = use_app()
    texts, words = app.texts, app.texts.unsent
    saved, set_saved = ft.use_state(False)
    busy, set_busy = ft.use_state(False)

    async def save() -> None:
        set_busy(True)
        try:
            if await app.open.unsent.save(file, number, of):
                set_saved(True)
        finally:
            set_busy(False)

    name = words.save_one if of == 1 else words.save
    label = words.saving if busy else name.format(number=number, size=texts.size(file.size))
    done: list[ft.Control] = []
    if saved:
        done = [
            ft.Semantics(live_region=True, content=labels.quiet(words.saved, key=f"export-saved-{number}"))
        ]
    return labels.card(
        [
            buttons.main_button(
                label, ft.Icons.SAVE_ALT, handled(texts, save), key=f"export-save-{number}", busy=busy
            ),
            *done,
        ]
    )
