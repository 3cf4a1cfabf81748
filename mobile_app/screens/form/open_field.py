"""A field of an open form as its control sees it: its label, its value, its error, how it is changed."""

from dataclasses import dataclass
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.form.use_form import OpenForm
from mobile_app.widgets import labels
from shared.forms.filling import FieldError, characters
from shared.forms.form import Control, FormField

_TYPED = (Control.TEXT, Control.PASSAGE, Control.COUNT, Control.NUMBER)


@dataclass(frozen=True)
class OpenField:
    """A field of `form`, as `definition` describes it."""

    app: AppContext
    form: OpenForm
    definition: FormField

    @property
    def name(self) -> str:
        """The record's field, which is the key of the control too."""
        return self.definition.name

    @property
    def label(self) -> str:
        """What the field is called, with its unit."""
        language, unit = self.app.texts.language, self.definition.unit
        label = self.definition.label.of(language)
        return f"{label}({unit.of(language)})" if unit else label

    @property
    def help(self) -> str:
        """The help for it, "" for none."""
        return self.definition.help.of(self.app.texts.language) if self.definition.help else ""

    @property
    def value(self) -> Any:
        """What is filled in, None for nothing."""
        return self.form.state.fields.get(self.name)

    @property
    def error(self) -> str:
        """The sentence that says what is wrong with it, "" for nothing."""
        texts, label = self.app.texts, self.definition.label.of(self.app.texts.language)
        match self.form.errors.get(self.name):
            case None:
                return ""
            case FieldError.NO_COUNT:
                return texts.count_bad
            case FieldError.NO_TIME:
                return texts.time_bad
            case FieldError.NO_NUMBER:
                return texts.number_bad
            case FieldError.TOO_LONG:
                return texts.too_long.format(most=self.definition.longest, written=characters(self.value))
            case FieldError.MISSING if self.definition.error:
                return self.definition.error.of(texts.language)
        return (texts.fill_in if self.definition.control in _TYPED else texts.choose_one).format(field=label)

    def write(self, value: Any) -> None:
        """Set what was typed; the control shows it already."""
        self.form.state.write(self.name, value)
        self.form.changed(draw=False)

    def choose(self, value: Any) -> None:
        """Set what was tapped, unless the tap was meant for the button that opened the form."""
        if self.app.opened.is_late():
            return
        self.form.state.write(self.name, value)
        self.form.changed()

    def with_error(self, control: ft.Control) -> ft.Control:
        """`control` with what is wrong below it."""
        if not self.error:
            return control
        return ft.Column([control, labels.trouble(self.error, key=f"{self.name}-error")], spacing=theme.GAP)
