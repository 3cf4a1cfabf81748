"""The form field for a field of a record model: control, options and limits follow from its type."""

from dataclasses import replace
from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from shared.forms.form import Control, FormField
from shared.records.models import KitCheck, Position
from shared.records.values import LongText
from shared.vocabulary import Term
from shared.wording import Wording

_BY_TYPE: dict[Any, Control] = {
    int: Control.COUNT,
    float: Control.NUMBER,
    date: Control.DAY,
    bool: Control.YES_NO,
    KitCheck: Control.KIT_ITEM,
    Position: Control.POSITION,
}
_LONGEST = {Control.TEXT: 200, Control.PASSAGE: 4000, Control.COUNT: 7, Control.NUMBER: 20}


def form_field(model: type[BaseModel], name: str, label: Wording, **more: Any) -> FormField:
    """The field `name` of `model`, called `label`; `more` adds what the type does not say."""
    inner = inner_type(model, name)
    parts = get_args(inner)[0] if get_origin(inner) is tuple else None
    options: tuple[Term, ...] = ()
    if name == "town_code":
        control = Control.TOWN
    elif is_term(inner):
        control, options = Control.CHOICE, tuple(inner)
    elif parts is not None:
        control = Control.SEVERAL if is_term(parts) else Control.IDS
        options = tuple(parts) if is_term(parts) else ()
    elif inner == LongText:
        control = Control.PASSAGE
    else:
        control = _BY_TYPE.get(inner, Control.TEXT)
    field = FormField(name, label, control, options=options, longest=_LONGEST.get(control, 200))
    return replace(field, **more)


def inner_type(model: type[BaseModel], name: str) -> Any:
    """The type of a field without None and, except for long texts, without its limits."""
    kind: Any = model.model_fields[name].annotation
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind == LongText:
        return kind
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def is_term(inner: Any) -> bool:
    """Whether a type is a closed list of words."""
    return isinstance(inner, type) and issubclass(inner, Term)
