"""Turns a form's sections into cards and its fields into controls."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app.screens.app_context import AppContext
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.field import Field
from mobile_app.screens.form.controls import tapped
from mobile_app.screens.form.controls.choice import Choice
from mobile_app.screens.form.controls.day import DayField
from mobile_app.screens.form.controls.linked_hazards import LinkedHazards
from mobile_app.screens.form.controls.photos import PhotosSection
from mobile_app.screens.form.controls.position import PositionSection
from mobile_app.screens.form.doubts import same_photos
from mobile_app.screens.form.open_field import OpenField
from mobile_app.screens.form.use_form import OpenForm, scroll_key
from mobile_app.screens.photos.photo_facts import closeness_words
from mobile_app.widgets import buttons, labels
from shared.forms.filling import shown_fields
from shared.forms.form import Control, FormField, Section
from shared.forms.steps import AFTER_DOUBTFUL
from shared.towns import TOWNS

_OWN_CARD = (Control.PHOTOS, Control.POSITION, Control.DAY)
_LINES = 3  # of a passage that is empty


def render(
    app: AppContext, form: OpenForm, unfolded: frozenset[str], unfold: Callable[[str], None]
) -> list[ft.Control]:
    """A card for each section that has something to show; a folded one shows its title, unless a field of it
    is among the `unfolded` or wrong. `unfold` adds to those."""
    cards, values = list[ft.Control](), _values(form)
    for section in form.state.form.sections:
        fields = shown_fields(section.fields, values)
        if (
            section.folded
            and fields
            and not {field.name for field in fields} & (unfolded | form.errors.keys())
        ):
            cards.append(_folded(app, form, section, fields, unfold))
        elif [field.control for field in fields if field.control in _OWN_CARD] and len(fields) == 1:
            cards.append(_field(app, form, fields[0]))
        elif fields:
            cards.append(_card(app, form, section, fields))
    return cards


def _folded(
    app: AppContext,
    form: OpenForm,
    section: Section,
    fields: list[FormField],
    unfold: Callable[[str], None],
) -> ft.Control:
    """The title of a folded section, how much of it is filled in, and a tap that opens it."""
    first = fields[0].name
    title = section.title.of(app.texts.language) if section.title else ""
    filled = sum(form.state.is_filled(field.name) for field in fields)
    words = app.texts.folded_filled if filled else app.texts.folded_empty
    text = words.format(title=title, filled=filled, all=len(fields))

    def ask(_event: object) -> None:
        if not app.opened.is_late():
            unfold(first)

    return buttons.tonal_button(text, ft.Icons.EXPAND_MORE, ask, key=f"unfold-{first}")


def _values(form: OpenForm) -> dict[str, Any]:
    """What decides which fields are shown: not yet what follows from a position that is being looked for."""
    return form.state.fields if form.search.running and not form.errors else form.state.values


def _card(app: AppContext, form: OpenForm, section: Section, fields: list[FormField]) -> ft.Control:
    language = app.texts.language
    return labels.card(
        [
            *([labels.heading(section.title.of(language))] if section.title else []),
            *([labels.quiet(section.help.of(language))] if section.help else []),
            *(_field(app, form, field) for field in fields),
        ]
    )


def _field(app: AppContext, form: OpenForm, field: FormField) -> ft.Control:
    """The control of a field, with what is wrong below it, at a place that can be scrolled to."""
    control = _CONTROLS[field.control](OpenField(app, form, field))
    return ft.Container(control, key=ft.ScrollKey(scroll_key(field.name)))  # type: ignore[call-arg]  # flet makes it lazily


def _text(field: OpenField, hint: str = "") -> ft.Control:
    entry = Field(
        field.label,
        field.form.state.text(field.name),
        field.write,
        field.name,
        lines=_LINES if field.definition.control is Control.PASSAGE else 1,
        digits=field.definition.control is Control.COUNT,
        hint=hint or field.help or None,
        error=field.error or None,
    )
    below: list[ft.Control] = []
    if fallback := field.form.state.fallback(field.name):
        words = field.app.texts.fallback.format(text=fallback)
        below = [ft.Text(words, size=16, margin=ft.Margin.only(left=14), key=f"{field.name}-fallback")]
    return ft.Column([entry, *below], spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _time(field: OpenField) -> ft.Control:
    return _text(field, field.app.texts.time_hint)


def _choice(field: OpenField) -> ft.Control:
    terms = [(option.value, field.app.texts.of(option)) for option in field.definition.options]
    return Choice(
        field.label,
        field.form.state.choices.get(field.name, terms),
        field.value,
        field.choose,
        field.name,
        field.error or None,
        field.help or None,
    )


def _town(field: OpenField) -> ft.Control:
    texts = field.app.texts
    return Choice(
        field.label,
        [(town.code, texts.town(town.code)) for town in TOWNS],
        field.value,
        field.choose,
        field.name,
        field.error or None,
        texts.town_suggested if field.name in field.form.state.suggested else None,
    )


def _day(field: OpenField) -> ft.Control:
    return DayField(
        field.label,
        field.name,
        field.value,
        field.choose,
        field.definition.quick_days,
        handled(field.app.texts, field.form.scroll_to),
        field.error,
    )


def _position(field: OpenField) -> ft.Control:
    def place(position: dict[str, Any]) -> None:
        field.form.state.write_position(position)
        field.form.changed()

    return PositionSection(field.value, field.form.search, place, field.help, field.error)


def _photos(field: OpenField) -> ft.Control:
    photos, state, texts = field.form.photos, field.form.state, field.app.texts
    found = state.closest(state)
    return PhotosSection(
        state.photos,
        field.definition.shows,
        photos.shoot,
        photos.pick,
        photos.change,
        photos.preparing,
        photos.refused,
        same_photos(texts, state),
        closeness_words(texts, found) if found else "",
        AFTER_DOUBTFUL in _values(field.form),
        field.error,
    )


def _ids(field: OpenField) -> ft.Control:
    state = field.form.state
    return LinkedHazards(
        tuple(field.value or ()),
        field.choose,
        field.form.put_aside if state.linking else None,
        state.linking,
    )


_CONTROLS: dict[Control, Callable[[OpenField], ft.Control]] = {
    Control.TEXT: _text,
    Control.PASSAGE: _text,
    Control.COUNT: _text,
    Control.NUMBER: _text,
    Control.TIME: _time,
    Control.CHOICE: _choice,
    Control.TOWN: _town,
    Control.TILES: tapped.tiles,
    Control.SEGMENTS: tapped.segments,
    Control.YES_NO: tapped.yes_no,
    Control.SEVERAL: tapped.several,
    Control.IDS: _ids,
    Control.SWITCH: tapped.switch,
    Control.KIT_ALL: tapped.kit_all,
    Control.KIT_ITEM: tapped.kit_item,
    Control.DAY: _day,
    Control.POSITION: _position,
    Control.PHOTOS: _photos,
}
