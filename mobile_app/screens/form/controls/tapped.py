"""The fields of a form that are answered with one tap: segments, tiles, chips, a switch, kit items."""

from collections.abc import Callable

import flet as ft

from mobile_app import theme
from mobile_app.screens.form.open_field import OpenField
from mobile_app.widgets import buttons, labels
from mobile_app.widgets import segments as row
from mobile_app.widgets.toggle import toggle
from shared.forms.value_words import NO, YES
from shared.hazards.kit import state_wording, states_of
from shared.vocabulary import KitState


def segments(field: OpenField) -> ft.Control:
    """One of two to four options side by side."""
    options = [(option.value, field.app.texts.of(option)) for option in field.definition.options]
    return field.with_error(row.segments(field.label, options, field.value, field.choose, key=field.name))


def tiles(field: OpenField) -> ft.Control:
    """One of many options, all of them in sight."""
    options = [(option.value, field.app.texts.of(option)) for option in field.definition.options]
    return field.with_error(row.tiles(field.label, options, field.value, field.choose, key=field.name))


def yes_no(field: OpenField) -> ft.Control:
    """是 or 否."""
    language = field.app.texts.language
    answers = row.segments(
        field.label,
        [("true", YES.of(language)), ("false", NO.of(language))],
        None if field.value is None else str(field.value).lower(),
        lambda code: field.choose({"true": True, "false": False}.get(code or "")),
        key=field.name,
    )
    return field.with_error(answers)


def several(field: OpenField) -> ft.Control:
    """A chip for each option, any number of them chosen."""
    chosen = list(field.value or [])

    def turn(code: str) -> None:
        field.choose([one for one in chosen if one != code] if code in chosen else [*chosen, code])

    def chip(code: str, word: str) -> ft.Control:
        return row.chip(word, code in chosen, lambda: turn(code), key=f"{field.name}-{code}")

    chips = [chip(option.value, field.app.texts.of(option)) for option in field.definition.options]
    rows = ft.Column(
        [
            ft.Text(field.label, size=16, color=theme.INK),
            ft.Row(chips, wrap=True, spacing=8, run_spacing=8),
        ],
        spacing=6,
    )
    return field.with_error(rows)


def switch(field: OpenField) -> ft.Control:
    """On or off, with what it means below it."""
    return ft.Column(
        [
            toggle(
                ft.Switch(
                    value=bool(field.value),
                    on_change=lambda event: field.choose(bool(event.control.value)),
                    key=field.name,
                ),
                field.label,
            ),
            *([labels.quiet(field.help)] if field.help else []),
        ],
        spacing=theme.GAP,
    )


def kit_item(field: OpenField) -> ft.Control:
    """How an item of the rescue kit was found."""
    language = field.app.texts.language
    return row.segments(
        field.label,
        [(state.value, state_wording(field.name, state).of(language)) for state in states_of(field.name)],
        (field.value or {}).get("state"),
        lambda code: field.choose({"state": code} if code else None),
        key=field.name,
    )


def kit_all(field: OpenField) -> ft.Control:
    """Fills in all items of the rescue kit at once, except those that somebody has chosen."""
    texts = field.app.texts

    def filling(found: KitState) -> Callable[..., None]:
        def fill(_event: object = None) -> None:
            if not field.app.opened.is_late():
                field.form.state.fill_kit(found)
                field.form.changed()

        return fill

    def button(found: KitState, word: str, icon: ft.IconData) -> ft.Control:
        return buttons.tonal_button(word, icon, filling(found), key=f"{field.name}-{found.value}")

    return ft.Column(
        [
            buttons.row(
                button(KitState.MISSING, texts.kit_all_missing, ft.Icons.REMOVE_CIRCLE_OUTLINE),
                button(KitState.GOOD, texts.kit_all_good, ft.Icons.CHECK_CIRCLE_OUTLINE),
            ),
            labels.quiet(texts.kit_all_rest),
        ],
        spacing=6,
    )
