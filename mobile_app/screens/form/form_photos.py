"""The photos of a form: taken, picked instead, made ready and kept in its state."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.form.controls.photos import each
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.photos.stamp import stamp_lines
from mobile_app.screens.position_search import PositionSearch
from shared.records.fix import found_there
from shared.records.models import Position
from shared.vocabulary import PhotoSource

if TYPE_CHECKING:
    from mobile_app.services import PickedPhoto, PreparedPhoto


@dataclass(frozen=True)
class FormPhotos:
    """The photos of a form. `preparing`: one is being made ready; `shooting`: the camera is open."""

    preparing: bool
    shooting: bool
    change: "Callable[[Sequence[PreparedPhoto]], None]"
    set_preparing: Callable[[bool], None]
    set_shooting: Callable[[bool], None]
    take: "Callable[[PickedPhoto], Awaitable[None]]"
    pick_instead: "Callable[[Sequence[PickedPhoto]], Awaitable[None]]"


def use_form_photos(state: FormState, search: PositionSearch, changed: Callable[[], None]) -> FormPhotos:
    """The photos of the form that `state` holds."""
    app = use_app()
    shooting, set_shooting = ft.use_state(False)
    preparing, set_preparing = ft.use_state(False)

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

    async def take_photo(picked: "PickedPhoto") -> None:
        stamp = stamp_lines(app, state, place()) if picked.source is PhotoSource.CAMERA else ()
        set_shooting(False)
        set_preparing(True)
        try:
            prepared = await app.open.prepare_photo(picked, stamp)
        finally:
            set_preparing(False)
        change_photos([*state.photos, prepared])

    async def pick_instead(chosen: "Sequence[PickedPhoto]") -> None:
        if chosen:
            set_shooting(False)
            await each(chosen, take_photo)

    return FormPhotos(
        preparing, shooting, change_photos, set_preparing, set_shooting, take_photo, pick_instead
    )
