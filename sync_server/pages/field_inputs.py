"""Form fields in the browser: the input for a field, and the value that comes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.datastructures import FormData

from shared.forms.filling import parse_texts
from shared.forms.form import Control, FormField
from shared.forms.value_words import NO, YES
from shared.hazards.kit import state_wording
from shared.profiles.registry import profile_with
from shared.record_types import problem_of
from shared.towns import TOWNS, town_name
from shared.vocabulary import KitState, Term
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

_PARTS: dict[Control, tuple[str, ...]] = {
    Control.KIT_ITEM: ("state", "count"),
    Control.POSITION: ("lat", "lon"),
}
"""Controls with several inputs, which are called `<name>.<part>`."""
_LISTS = (Control.CHOICE, Control.TILES, Control.SEGMENTS, Control.YES_NO, Control.SWITCH, Control.TOWN)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a list."""

    code: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """A field as `inputs.html` draws it: `texts` are what stands in its parts."""

    name: str
    label: str
    form_field: FormField
    texts: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()

    @property
    def control(self) -> str:
        """The type of input."""
        return "choice" if self.form_field.control in _LISTS else self.form_field.control.value

    @property
    def longest(self) -> int:
        """The maximum length of a text."""
        return self.form_field.longest


def field_of(model: type[BaseModel], register: str) -> FormField:
    """The form field of a field of a record."""
    return profile_with(model).form_field(model, register)


def input_of(
    model: type[BaseModel], register: str, value: Any, words: Texts, *, name: str = "value"
) -> Input:
    """The input of a field with `value` in it; `name` is the prefix of its parts in the form."""
    field = field_of(model, register)
    unit = f"({field.unit.of(words.code)})" if field.unit else ""
    texts, options = _filled(field, value, words)
    return Input(name, field.label.of(words.code) + unit, field, texts, options)


def value_of(model: type[BaseModel], register: str, form: FormData, *, name: str = "value") -> Any:
    """The value of a field from a form, as an operation has it; None if it was left empty.

    An invalid value comes back as it is: `checked` says what is wrong with it.
    """
    field = field_of(model, register)
    texts = {part: _texts_in(form, name, part) for part in _PARTS.get(field.control, ("",))}
    return parse_texts(field, texts)


def untouched(input: Input) -> FormData:
    """The form values of this input if nobody changed it."""
    chosen = [option.code for option in input.options if option.chosen]
    parts = [(f"{input.name}.{part}" if part else input.name, text) for part, text in input.texts.items()]
    listed = f"{input.name}.state" if input.form_field.control is Control.KIT_ITEM else input.name
    return FormData([*parts, *((listed, code) for code in chosen)])


def checked(model: type[BaseModel], register: str, value: Any) -> Any:
    """A value as operations have it: rounded and complete. Raises Problem invalid."""
    try:
        record = model.model_validate({register: value})
    except ValueError as error:
        raise problem_of(error) from None  # type: ignore[arg-type]  # pydantic raises nothing else here
    return record.model_dump(mode="json", include={register})[register]


def _filled(field: FormField, value: Any, words: Texts) -> tuple[dict[str, str], tuple[Option, ...]]:
    """The texts in a field's parts, and the options of its list."""
    match field.control:
        case Control.KIT_ITEM:
            check = value if isinstance(value, Mapping) else {}
            return {"count": _text(check.get("count"))}, _kit_options(field.name, check.get("state"), words)
        case Control.POSITION:
            place = value if isinstance(value, Mapping) else {}
            return {part: _text(place.get(part)) for part in ("lat", "lon")}, ()
        case Control.TOWN:
            names = [(town.code, town_name(town.code, words.code)) for town in TOWNS]
            return {}, tuple(Option(code, name, code == value) for code, name in names)
        case Control.YES_NO | Control.SWITCH:
            answers = ((True, YES.of(words.code)), (False, NO.of(words.code)))
            return {}, tuple(Option(_text(answer), word, answer is value) for answer, word in answers)
        case Control.CHOICE | Control.TILES | Control.SEGMENTS:
            return {}, _options(field.options, [value], words)
        case Control.SEVERAL:
            return {}, _options(field.options, value if isinstance(value, list) else [], words)
        case _:
            return {"": "\n".join(map(_text, value)) if isinstance(value, list) else _text(value)}, ()


def _texts_in(form: FormData, name: str, part: str) -> list[str]:
    given = form.getlist(f"{name}.{part}" if part else name)
    return [one for one in given if isinstance(one, str)]


def _options(terms: Iterable[Term], chosen: Any, words: Texts) -> tuple[Option, ...]:
    return tuple(Option(term.value, label(term, words), term.value in chosen) for term in terms)


def _kit_options(field: str, chosen: Any, words: Texts) -> tuple[Option, ...]:
    return tuple(
        Option(state.value, state_wording(field, state).of(words.code), state.value == chosen)
        for state in KitState
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "" if value is None else str(value)
