"""Turns a form's sections into cards and its fields into controls."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.field import Field
from mobile_app.screens.form.choice import Choice
from mobile_app.screens.form.day import DayField
from mobile_app.screens.form.doubts import same_photos
from mobile_app.screens.form.linked_hazards import LinkedHazards
from mobile_app.screens.form.photos import PhotosSection
from mobile_app.screens.form.position import PositionSection
from mobile_app.screens.form.use_form import OpenForm, scroll_key
from mobile_app.widgets import labels, segments
from mobile_app.widgets.toggle import toggle
from shared.forms.filling import FieldError, characters, shown_fields
from shared.forms.form import Control, FormField, Section
from shared.forms.value_words import NO, YES
from shared.hazards.kit import state_wording, states_of
from shared.towns import TOWNS

_OWN_CARD = (Control.PHOTOS, Control.POSITION, Control.DAY)
_LINES = 3  # of a passage that is empty


def render(app: AppContext, form: OpenForm) -> list[ft.Control]:
    """A card for each section that has something to show."""
    cards: list[ft.Control] = []
    for section in form.state.form.sections:
        fields = shown_fields(section.fields, form.state.fields)
        if [field.control for field in fields if field.control in _OWN_CARD] and len(fields) == 1:
            cards.append(_field(app, form, fields[0]))
        elif fields:
            cards.append(_card(app, form, section, fields))
    return cards


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
    control = _CONTROLS[field.control](app, form, field, _error(app, form, field))
    return ft.Container(control, key=ft.ScrollKey(scroll_key(field.name)))  # type: ignore[call-arg]  # flet makes it lazily


def _error(app: AppContext, form: OpenForm, field: FormField) -> str:
    texts, label = app.texts, field.label.of(app.texts.language)
    match form.errors.get(field.name):
        case None:
            return ""
        case FieldError.NO_COUNT:
            return texts.count_bad
        case FieldError.NO_TIME:
            return texts.time_bad
        case FieldError.NO_NUMBER:
            return texts.number_bad
        case FieldError.TOO_LONG:
            written = characters(form.state.fields.get(field.name))
            return texts.too_long.format(most=field.longest, written=written)
        case FieldError.MISSING if field.error:
            return field.error.of(texts.language)
    typed = field.control in (Control.TEXT, Control.PASSAGE, Control.COUNT, Control.NUMBER)
    return (texts.fill_in if typed else texts.choose_one).format(field=label)


def _label(app: AppContext, field: FormField) -> str:
    label, unit = field.label.of(app.texts.language), field.unit
    return f"{label}({unit.of(app.texts.language)})" if unit else label


def _help(app: AppContext, field: FormField) -> str:
    return field.help.of(app.texts.language) if field.help else ""


def _writing(form: OpenForm, name: str) -> Callable[[Any], None]:
    def write(value: Any) -> None:
        form.state.write(name, value)
        form.changed(draw=False)

    return write


def _choosing(app: AppContext, form: OpenForm, name: str) -> Callable[[Any], None]:
    """Writes what was tapped, unless the tap was meant for the button that opened the form."""

    def write(value: Any) -> None:
        if app.opened.is_late():
            return
        form.state.write(name, value)
        form.changed()

    return write


def _text(app: AppContext, form: OpenForm, field: FormField, error: str, hint: str = "") -> ft.Control:
    return Field(
        _label(app, field),
        form.state.text(field.name),
        _writing(form, field.name),
        field.name,
        lines=_LINES if field.control is Control.PASSAGE else 1,
        digits=field.control is Control.COUNT,
        hint=hint or _help(app, field) or None,
        error=error or None,
    )


def _time(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    return _text(app, form, field, error, app.texts.time_hint)


def _choice(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    terms = [(option.value, app.texts.of(option)) for option in field.options]
    options = form.state.choices.get(field.name, terms)
    return Choice(
        _label(app, field),
        options,
        form.state.fields.get(field.name),
        _choosing(app, form, field.name),
        field.name,
        error or None,
        _help(app, field) or None,
    )


def _town(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    def choose(code: str) -> None:
        form.state.choose_town(code)
        form.changed()

    return Choice(
        _label(app, field),
        [(town.code, app.texts.town(town.code)) for town in TOWNS],
        form.state.fields.get(field.name),
        choose,
        field.name,
        error or None,
        app.texts.town_suggested if form.state.suggested else None,
    )


def _segments(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    row = segments.segments(
        _label(app, field),
        [(option.value, app.texts.of(option)) for option in field.options],
        form.state.fields.get(field.name),
        _choosing(app, form, field.name),
        key=field.name,
    )
    return _with_error(row, field, error)


def _yes_no(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    write, value = _choosing(app, form, field.name), form.state.fields.get(field.name)
    row = segments.segments(
        _label(app, field),
        [("true", YES.of(app.texts.language)), ("false", NO.of(app.texts.language))],
        None if value is None else str(value).lower(),
        lambda code: write({"true": True, "false": False}.get(code or "")),
        key=field.name,
    )
    return _with_error(row, field, error)


def _several(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    chosen = list(form.state.fields.get(field.name) or [])
    write = _choosing(app, form, field.name)

    def toggle(code: str) -> None:
        write([one for one in chosen if one != code] if code in chosen else [*chosen, code])

    def chip(code: str, word: str) -> ft.Control:
        return segments.chip(word, code in chosen, lambda: toggle(code), key=f"{field.name}-{code}")

    chips = [chip(option.value, app.texts.of(option)) for option in field.options]
    rows = ft.Column(
        [
            ft.Text(_label(app, field), size=16, color=theme.INK),
            ft.Row(chips, wrap=True, spacing=8, run_spacing=8),
        ],
        spacing=6,
    )
    return _with_error(rows, field, error)


def _switch(app: AppContext, form: OpenForm, field: FormField, _error: str) -> ft.Control:
    write, hint = _choosing(app, form, field.name), _help(app, field)
    return ft.Column(
        [
            toggle(
                ft.Switch(
                    value=bool(form.state.fields.get(field.name)),
                    on_change=lambda event: write(bool(event.control.value)),
                    key=field.name,
                ),
                _label(app, field),
            ),
            *([labels.quiet(hint)] if hint else []),
        ],
        spacing=theme.GAP,
    )


def _kit_item(app: AppContext, form: OpenForm, field: FormField, _error: str) -> ft.Control:
    write, check = _choosing(app, form, field.name), form.state.fields.get(field.name) or {}
    return segments.segments(
        _label(app, field),
        [
            (state.value, state_wording(field.name, state).of(app.texts.language))
            for state in states_of(field.name)
        ],
        check.get("state"),
        lambda code: write({"state": code} if code else None),
        key=field.name,
    )


def _day(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    return DayField(
        _label(app, field),
        field.name,
        form.state.fields.get(field.name),
        _choosing(app, form, field.name),
        field.quick_days,
        handled(app.texts, form.scroll_to),
        error,
    )


def _position(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    def place(position: dict[str, Any]) -> None:
        form.state.write_position(position)
        form.changed()

    return PositionSection(form.state.fields.get(field.name), place, _help(app, field), error)


def _photos(app: AppContext, form: OpenForm, field: FormField, error: str) -> ft.Control:
    return PhotosSection(
        form.state.photos,
        field.shows,
        lambda: form.photos.set_shooting(True),
        form.photos.change,
        form.photos.preparing,
        form.photos.set_preparing,
        same_photos(app.texts, form.state),
        error,
    )


def _ids(app: AppContext, form: OpenForm, field: FormField, _error: str) -> ft.Control:
    return LinkedHazards(
        tuple(form.state.fields.get(field.name) or ()),
        _choosing(app, form, field.name),
        form.put_aside if form.state.linking else None,
        form.state.linking,
    )


def _with_error(control: ft.Control, field: FormField, error: str) -> ft.Control:
    if not error:
        return control
    return ft.Column([control, labels.trouble(error, key=f"{field.name}-error")], spacing=theme.GAP)


_CONTROLS: dict[Control, Callable[[AppContext, OpenForm, FormField, str], ft.Control]] = {
    Control.TEXT: _text,
    Control.PASSAGE: _text,
    Control.COUNT: _text,
    Control.NUMBER: _text,
    Control.TIME: _time,
    Control.CHOICE: _choice,
    Control.TOWN: _town,
    Control.SEGMENTS: _segments,
    Control.YES_NO: _yes_no,
    Control.SEVERAL: _several,
    Control.IDS: _ids,
    Control.SWITCH: _switch,
    Control.KIT_ITEM: _kit_item,
    Control.DAY: _day,
    Control.POSITION: _position,
    Control.PHOTOS: _photos,
}
