"""The photos of a form: taken or picked, looked at and drawn on, made ready and kept in its state."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.hooks import Box, use_box, use_maybe
from mobile_app.screens.photos.faces import faces_blurred
from mobile_app.screens.photos.stamp import stamp_lines
from mobile_app.screens.position_search import PositionSearch
from shared.problems import Problem
from shared.records.fix import found_there
from shared.records.models import Position
from shared.records.photo_edits import Edits
from shared.vocabulary import PhotoSource

if TYPE_CHECKING:
    from mobile_app.services import OpenPhoto, PickedPhoto, PreparedPhoto


@dataclass(frozen=True)
class FormPhotos:
    """The photos of a form. `preparing`: one is being made ready; `shooting`: the camera is open; `refused`:
    why one was not taken, "" where all were.

    `reviewed`: the photo that is looked at before it is kept, if there is one; `left`: how many that
    were picked with it are still to be looked at. `take` looks at a photo of the camera, `pick` at those that
    were chosen, one by one. `use` keeps the reviewed one with what was done to it, `use_all` also those
    that are left; `skip` leaves it out. `close` leads back to the form.
    """

    preparing: bool
    shooting: bool
    refused: str
    reviewed: "OpenPhoto | None"
    left: int
    change: "Callable[[Sequence[PreparedPhoto]], None]"
    shoot: Callable[[], None]
    take: "Callable[[PickedPhoto], Awaitable[None]]"
    pick: "Callable[[Sequence[PickedPhoto]], Awaitable[None]]"
    use: "Callable[[OpenPhoto, Edits], Awaitable[None]]"
    use_all: "Callable[[OpenPhoto, Edits], Awaitable[None]]"
    skip: Callable[[], Awaitable[None]]
    close: Callable[[], None]


def use_form_photos(state: FormState, search: PositionSearch, changed: Callable[[], None]) -> FormPhotos:
    """The photos of the form that `state` holds."""
    app = use_app()
    shooting, set_shooting = ft.use_state(False)
    preparing, set_preparing = ft.use_state(False)
    refused, set_refused = ft.use_state("")
    reviewed: Any
    reviewed, set_reviewed = use_maybe()
    waiting: Box[list[PickedPhoto]] = use_box(list)
    used: Box[Any] = use_box(lambda: None)

    def change_photos(photos: "Sequence[PreparedPhoto]") -> None:
        state.take_photos(photos)
        for photo in photos:
            if photo.preview:
                app.previews.setdefault(photo.sha256, photo.preview)
        changed()

    def place() -> Position | None:
        """Where the device is now, as far as the form knows."""
        if search.running and search.best and search.best.usable:
            return search.best.position
        found = state.fields.get("position")
        position = Position.model_validate(found) if found else None
        now = app.open.clock.wall().isoformat(timespec="seconds")
        return position if position and found_there(position, now) else None

    def close() -> None:
        waiting.value = []
        set_reviewed(None)
        set_shooting(False)

    async def open_next() -> "OpenPhoto | None":
        """The next photo that can be opened; of those that cannot, the form says why."""
        while waiting.value:
            try:
                return await app.open.editor.open(waiting.value.pop(0))
            except Problem as problem:
                set_refused(app.texts.problem(problem))
        return None

    async def review_next() -> None:
        async with _during(set_preparing):
            set_reviewed(await open_next())

    async def take(picked: "PickedPhoto") -> None:
        waiting.value = []
        set_refused("")
        set_reviewed(await app.open.editor.open(picked))

    async def pick(chosen: "Sequence[PickedPhoto]") -> None:
        if chosen:
            set_shooting(False)
            waiting.value = list(chosen)
            set_refused("")
            await review_next()

    async def keep(photo: "OpenPhoto", edits: Edits) -> None:
        if used.value is photo:  # a second tap
            return
        used.value = photo
        picked = photo.picked
        stamp = stamp_lines(app, state, place()) if picked.source is PhotoSource.CAMERA else ()
        try:
            prepared = await app.open.prepare_photo(picked, stamp, edits)
        except Problem as problem:
            set_refused(app.texts.problem(problem))
            return
        if all(prepared.sha256 != other.sha256 for other in state.photos):
            change_photos([*state.photos, prepared])

    async def use(photo: "OpenPhoto", edits: Edits) -> None:
        set_shooting(False)
        if not waiting.value:
            set_reviewed(None)
        async with _during(set_preparing):
            await keep(photo, edits)
            if waiting.value:
                set_reviewed(await open_next())

    async def use_all(photo: "OpenPhoto", edits: Edits) -> None:
        set_reviewed(None)
        async with _during(set_preparing):
            await keep(photo, edits)
            while other := await open_next():
                await keep(other, await faces_blurred(app.open, other))

    return FormPhotos(
        preparing=preparing,
        shooting=shooting,
        refused=refused,
        reviewed=reviewed,
        left=len(waiting.value),
        change=change_photos,
        shoot=lambda: set_shooting(True),
        take=take,
        pick=pick,
        use=use,
        use_all=use_all,
        skip=review_next,
        close=close,
    )


@asynccontextmanager
async def _during(tell: Callable[[bool], None]) -> AsyncIterator[None]:
    """`tell` that something is being done, and when it is over."""
    tell(True)
    try:
        yield
    finally:
        tell(False)
