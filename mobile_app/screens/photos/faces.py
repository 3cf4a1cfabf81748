"""人脸: found and blurred before a photo is kept, shown for correction; and whether a person wants that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.hooks import Box, use_box, use_maybe
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels, segments
from mobile_app.widgets.toggle import toggle
from shared.plural import plural
from shared.records.photo_edits import UNEDITED, Edits, Mark
from shared.sync.link_quality import Network

if TYPE_CHECKING:
    from mobile_app.services import OpenPhoto, Services

log = logging.getLogger(__name__)
_FREE = (Network.WIFI, Network.UNKNOWN)
"""Networks over which what finds faces is downloaded unasked. A device that does not say what it has would
never get it otherwise."""
_PATIENCE = 4.0  # seconds for that download, while somebody waits


async def get_ready(services: "Services") -> None:
    """Download what finds faces, where it is wanted, not here yet, and the network is no mobile data."""
    finder = services.editor.faces
    wanted = services.sending.choices.blur_faces and services.sync.network in _FREE
    if finder.possible and wanted and not await finder.is_here():
        await finder.get()


async def find_faces(services: "Services", photo: "OpenPhoto") -> list[Mark] | None:
    """The faces in a photo; None where nobody looked for them, for whatever reason: no photo waits for it."""
    finder = services.editor.faces
    if not services.sending.choices.blur_faces:
        return None
    try:
        if not await finder.is_here():
            with suppress(TimeoutError):
                await asyncio.wait_for(get_ready(services), _PATIENCE)
        return await finder.find(photo.copy.data) if await finder.is_here() else None
    except Exception:
        log.exception("faces cannot be looked for")
        return None


async def faces_blurred(services: "Services", photo: "OpenPhoto") -> Edits:
    """What becomes of a photo at which nobody looks before it is kept."""
    found = await find_faces(services, photo)
    return UNEDITED if found is None else UNEDITED.with_faces(found)


@dataclass(frozen=True)
class Faces:
    """The faces in a photo that is looked at. `looking`: they are being looked for; `found`: None where
    nobody looked; `spared`: the places of those that are not blurred, `toggle` changes that. `settled` waits
    until they are looked for."""

    looking: bool
    found: Sequence[Mark] | None
    spared: frozenset[int]
    toggle: Callable[[int], None]
    settled: Callable[[], Awaitable[Sequence[Mark] | None]]

    def over(self, edits: Edits, found: Sequence[Mark] | None) -> Edits:
        """`edits`, and those faces blurred that are not spared."""
        if found is None:
            return edits
        return edits.with_faces(face for place, face in enumerate(found) if place not in self.spared)


def use_faces(photo: "OpenPhoto") -> Faces:
    """The faces in `photo`, which are looked for at once."""
    app = use_app()
    looking, set_looking = ft.use_state(True)
    found, set_found = use_maybe()
    nobody: frozenset[int] = frozenset()
    spared, set_spared = ft.use_state(nobody)
    search: Box[Any] = use_box(lambda: None)

    async def settled() -> Sequence[Mark] | None:
        if search.value is None:
            search.value = asyncio.ensure_future(find_faces(app.open, photo))
        result: Sequence[Mark] | None = await asyncio.shield(search.value)
        return result

    async def look() -> None:
        set_found(await settled())
        set_looking(False)

    ft.use_effect(handled(app.texts, look), [])

    def switch(place: int) -> None:
        set_spared(lambda before: before ^ {place})

    return Faces(looking, found, spared, switch, settled)


def faces_line(texts: Texts, faces: Faces, instead: str) -> list[ft.Control]:
    """What became of the faces, or something else `instead`, and of each face whether it is blurred."""
    words, found = texts.photo, faces.found
    if instead:
        said = instead
    elif faces.looking:
        said = words.faces_looking
    elif found is None:
        said = words.faces_not_looked_for
    else:
        said = plural(words.faces_found, len(found)) if found else words.faces_none
    line = ft.Semantics(
        live_region=True,
        content=ft.Text(
            said, size=14, color=theme.ON_PHOTO, text_align=ft.TextAlign.CENTER, key="photo-faces"
        ),
    )
    if not found:
        return [line]
    chips = [
        segments.chip(
            words.face.format(number=place + 1),
            place not in faces.spared,
            lambda place=place: faces.toggle(place),  # type: ignore[misc]  # bound now
            key=f"face-{place}",
        )
        for place in range(len(found))
    ]
    return [line, ft.Row(list[ft.Control](chips), spacing=8, scroll=ft.ScrollMode.AUTO)]


@part
def FacesChoice() -> ft.Control:
    """Whether faces are looked for and blurred, and whether what that needs is here."""
    app = use_app()
    texts, words, finder = app.texts, app.texts.photo, app.open.editor.faces
    chosen, set_chosen = ft.use_state(app.open.sending.choices.blur_faces)
    here, set_here = ft.use_state(not finder.possible)

    async def look() -> None:
        if finder.possible:
            set_here(await finder.is_here())

    ft.use_effect(handled(texts, look), [])

    def choose(event: ft.Event[ft.Switch]) -> None:
        wanted = bool(event.control.value)
        set_chosen(wanted)

        async def keep() -> None:
            await app.open.sending.choose_blur_faces(wanted)
            await get_ready(app.open)
            await look()

        ft.context.page.run_task(handled(texts, keep))

    async def get() -> None:
        set_here(await finder.get())

    if not finder.possible:
        return labels.card([labels.heading(words.blur_faces), labels.quiet(words.faces_impossible)])
    size = texts.size(finder.size)
    return labels.card(
        [
            toggle(ft.Switch(value=chosen, on_change=choose, key="blur-faces"), words.blur_faces),
            labels.quiet(words.blur_faces_hint),
            labels.quiet(words.faces_here if here else words.faces_away, key="faces-here"),
            *(
                [
                    buttons.tonal_button(
                        words.faces_get.format(size=size),
                        ft.Icons.DOWNLOAD_OUTLINED,
                        handled(texts, get),
                        key="get-faces",
                    )
                ]
                if chosen and not here
                else []
            ),
        ]
    )
