"""The parts of the hazard form, in the order in which one works at the water."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app.screens.app_context import AppContext
from mobile_app.screens.field import Field
from mobile_app.screens.form.choice import Choice
from mobile_app.screens.form.due import DueSection
from mobile_app.screens.form.kit import kit_card
from mobile_app.screens.form.model import HazardForm
from mobile_app.screens.form.photos import PhotosSection
from mobile_app.screens.form.position import PositionSection
from mobile_app.widgets import labels
from shared.towns import TOWNS
from shared.vocabulary import PhotoRole, WaterType

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto


_FIELDS = ("position", "town_code", "water_name", "water_type", "address", "description", "due_date")


def sections(
    phone: AppContext,
    form: HazardForm,
    wrong: Sequence[str],
    changed: Callable[..., None],
    photos_changed: "Callable[[list[PreparedPhoto]], None]",
    on_camera: Callable[[], None],
    preparing: bool,
    on_preparing: Callable[[bool], None],
) -> list[ft.Control]:
    """`wrong`: required fields that are missing; `changed(draw)` after each change of `form`."""
    texts = phone.texts

    def set_field(name: str, value: Any) -> None:
        form.write(name, value)
        changed()

    def text(name: str, lines: int = 1) -> ft.Control:
        def typed(value: str) -> None:
            form.write(name, value)
            changed(draw=False)

        return Field(
            texts.field(name),
            form.text(name),
            typed,
            name,
            lines=lines,
            longest=4000 if lines > 1 else 200,
            error=texts.fill_in.format(field=texts.field(name)) if name in wrong else None,
        )

    def choice(
        name: str, options: list[tuple[str, str]], choose: Callable[[str], None], note: str
    ) -> ft.Control:
        return Choice(
            texts.field(name),
            options,
            form.fields.get(name),
            choose,
            name,
            texts.choose_one.format(field=texts.field(name)) if name in wrong else None,
            note or None,
        )

    def place(position: dict[str, Any]) -> None:
        form.place(position)
        changed()

    def town(code: str) -> None:
        form.choose_town(code)
        changed()

    return [
        PhotosSection(form.photos, PhotoRole.BEFORE, on_camera, photos_changed, preparing, on_preparing),
        _at("position", PositionSection(form.fields.get("position"), place)),
        labels.card(
            [
                labels.heading(texts.facts),
                _at(
                    "town_code",
                    choice(
                        "town_code",
                        [(one.code, texts.town(one.code)) for one in TOWNS],
                        town,
                        texts.town_suggested if form.suggested else "",
                    ),
                ),
                _at("water_name", text("water_name")),
                _at(
                    "water_type",
                    choice(
                        "water_type",
                        [(kind.value, texts.of(kind)) for kind in WaterType],
                        lambda code: set_field("water_type", code),
                        "",
                    ),
                ),
                _at("address", text("address")),
                _at("description", text("description", lines=3)),
            ]
        ),
        _at("kit", kit_card(texts, phone.kit, form.fields, set_field)),
        _at("due_date", DueSection(form.fields.get("due_date"), lambda day: set_field("due_date", day))),
    ]


def places(phone: AppContext) -> dict[str, str]:
    """Field → the place in the form where it is written, for `scroll_to`."""
    kit = {f"kit_{item.value}": "at-kit" for item in phone.kit}
    return {**kit, **{name: f"at-{name}" for name in _FIELDS}}


def _at(name: str, control: ft.Control) -> ft.Control:
    """A place that can be scrolled to."""
    return ft.Container(control, key=ft.ScrollKey(f"at-{name}"))  # type: ignore[call-arg]  # flet makes it lazily
