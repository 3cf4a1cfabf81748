"""A field as a person puts it in by hand: which input it gets, and the value that the form gives back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from starlette.datastructures import FormData

from shared.operations import RecordType
from shared.profiles.registry import field_label
from shared.records import MODELS, KitCheck, Position, problem_of
from shared.towns import TOWNS, town_name
from shared.values import LongText
from shared.vocabulary import CoordSource, KitState, Term
from sync_server.texts.languages import label
from sync_server.texts.words import Texts


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a list."""

    code: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the form: `kind` chooses how it looks, `texts` are what stands in its parts."""

    name: str
    label: str
    kind: str
    texts: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()


def input_of(kind: RecordType, register: str, value: Any, words: Texts, *, name: str = "value") -> Input:
    """The input of a field with `value` in it; `name` is what its parts in the form begin with."""
    called = field_label(register, words.code) or register
    inner = _inner(MODELS[kind], register)
    if inner is KitCheck:
        check = value if isinstance(value, Mapping) else {}
        return Input(
            name,
            called,
            "kit",
            {"count": _text(check.get("count"))},
            _options(KitState, [check.get("state")], words),
        )
    if inner is Position:
        place = value if isinstance(value, Mapping) else {}
        return Input(name, called, "position", {part: _text(place.get(part)) for part in ("lat", "lon")})
    if register == "town_code":
        towns = tuple(
            Option(town.code, town_name(town.code, words.code), town.code == value) for town in TOWNS
        )
        return Input(name, called, "choice", options=towns)
    if inner is bool:
        answers = ((True, words.yes), (False, words.no))
        return Input(
            name, called, "choice", options=tuple(Option(_text(x), word, x is value) for x, word in answers)
        )
    if _is_term(inner):
        return Input(name, called, "choice", options=_options(inner, [value], words))
    if (part := _part_of(inner)) and _is_term(part):
        chosen = value if isinstance(value, list) else []
        return Input(name, called, "several", options=_options(part, chosen, words))
    looks = {int: "count", float: "number", date: "day"}.get(inner, "text")
    if inner == LongText:
        looks = "passage"
    said = "\n".join(map(_text, value)) if isinstance(value, list) else _text(value)
    return Input(name, called, looks, {"": said})


def value_of(kind: RecordType, register: str, form: FormData, *, name: str = "value") -> Any:
    """What a form says for a field, as it stands in an operation; None where it was left empty.

    What is impossible comes back as it is: `readied` says what is wrong with it.
    """
    inner = _inner(MODELS[kind], register)
    if inner is KitCheck:
        state = _said(form, f"{name}.state")
        return {"state": state, "count": _number(_said(form, f"{name}.count"), int)} if state else None
    if inner is Position:
        place = {part: _number(_said(form, f"{name}.{part}"), float) for part in ("lat", "lon")}
        return None if place == {"lat": None, "lon": None} else {**place, "source": CoordSource.TYPED.value}
    if part := _part_of(inner):
        given = [one.strip() for one in form.getlist(name) if isinstance(one, str)]
        parts = given if _is_term(part) else " ".join(given).split()
        return [one for one in parts if one] or None
    said = _said(form, name)
    if inner is bool:
        return {"": None, "true": True, "false": False}.get(said, said)
    return _number(said, inner) if inner in (int, float) else said or None


def untouched(input: Input) -> FormData:
    """What the form says where nobody changed this input."""
    chosen = [option.code for option in input.options if option.chosen]
    parts = [(f"{input.name}.{part}" if part else input.name, text) for part, text in input.texts.items()]
    listed = f"{input.name}.state" if input.kind == "kit" else input.name
    return FormData([*parts, *((listed, code) for code in chosen)])


def readied(kind: RecordType, register: str, value: Any) -> Any:
    """A value as operations write it: rounded and complete. Raises Problem invalid."""
    try:
        record = MODELS[kind].model_validate({register: value})
    except ValueError as error:
        raise problem_of(error) from None  # type: ignore[arg-type]  # pydantic raises nothing else here
    return record.model_dump(mode="json", include={register})[register]


def _inner(model: type[BaseModel], register: str) -> Any:
    """The type of a field without its None and, but for long texts, its limits."""
    kind: Any = model.model_fields[register].annotation
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind == LongText:
        return kind
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _part_of(inner: Any) -> Any:
    return get_args(inner)[0] if get_origin(inner) is tuple else None


def _is_term(inner: Any) -> bool:
    return isinstance(inner, type) and issubclass(inner, Term)


def _options(terms: Iterable[Term], chosen: Any, words: Texts) -> tuple[Option, ...]:
    return tuple(Option(term.value, label(term, words), term.value in chosen) for term in terms)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "" if value is None else str(value)


def _said(form: FormData, name: str) -> str:
    said = form.get(name)
    return said.replace("\r\n", "\n").strip() if isinstance(said, str) else ""


def _number(said: str, kind: type[int] | type[float]) -> Any:
    if not said:
        return None
    try:
        return round(kind(said), 6) if kind is float else kind(said)
    except ValueError:
        return said
