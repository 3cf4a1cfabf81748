"""What a person has entered into a form: which fields are shown, what is wrong, what is saved.

`values`: field name → value. Numbers may be the text that was typed; everything else is as in an operation.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from shared.forms.form import Control, Form, FormField
from shared.forms.typed_position import parse_degrees, parse_point
from shared.vocabulary import CoordSource

HIGHEST_COUNT = 1_000_000
_NUMBERS = (Control.COUNT, Control.NUMBER)
_TEXTS = (Control.TEXT, Control.PASSAGE)
_COUNT = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.]?(\d\d)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_TYPED = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3002: 0x2E}
"""What input methods make of digits, signs and the point: full-width ones, and the Chinese full stop."""


class FieldError(StrEnum):
    """What is wrong with a value."""

    MISSING = "missing"
    NO_COUNT = "no_count"
    NO_NUMBER = "no_number"
    NO_TIME = "no_time"
    TOO_LONG = "too_long"


def initial(form: Form, last: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new form; `last`: what was last saved with this form."""
    values = {field.name: field.initial for field in form.fields() if field.initial is not None}
    carried = {field.name for field in form.fields() if field.carried_over}
    return values | {name: value for name, value in last.items() if name in carried}


def shown_fields(fields: Sequence[FormField], values: Mapping[str, Any]) -> list[FormField]:
    """Those of `fields` that are shown with these values."""
    return [field for field in fields if field.shown_when is None or field.shown_when.holds(values)]


def errors(form: Form, values: Mapping[str, Any], photos: int = 0) -> dict[str, FieldError]:
    """Field → what is wrong with it, in the form's order; `photos`: how many of the wanted ones there are."""
    found: dict[str, FieldError] = {}
    for field in shown_fields(form.fields(), values):
        needed = field.required or bool(field.required_when and field.required_when.holds(values))
        there = photos > 0 if field.control is Control.PHOTOS else _filled_in(values.get(field.name))
        if needed and not there:
            found[field.name] = FieldError.MISSING
        elif field.control in _NUMBERS and (wrong := _number_error(field.control, values.get(field.name))):
            found[field.name] = wrong
        elif field.control is Control.TIME and not _time_readable(values.get(field.name)):
            found[field.name] = FieldError.NO_TIME
        elif field.control in _TEXTS and characters(values.get(field.name)) > field.longest:
            found[field.name] = FieldError.TOO_LONG
    return found


def characters(value: Any) -> int:
    """How many characters of a text are saved; 0 for other values."""
    return len(value.strip()) if isinstance(value, str) else 0


def evidence_missing(form: Form, values: Mapping[str, Any], photos: int = 0) -> list[FormField]:
    """The shown fields for a position and for photos that are empty, in the form's order."""
    found = []
    for field in shown_fields(form.fields(), values):
        there = photos if field.control is Control.PHOTOS else values.get(field.name)
        if field.control in (Control.PHOTOS, Control.POSITION) and not there:
            found.append(field)
    return found


def outdated(form: Form, values: Mapping[str, Any], touched: Collection[str]) -> list[str]:
    """The fields that have a value and are not shown any more, as what decides it was `touched`."""
    return [
        field.name
        for field in form.fields()
        if field.shown_when
        and field.shown_when.name in touched
        and not field.shown_when.holds(values)
        and values.get(field.name) is not None
    ]


def record_fields(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as an operation has them; raises ValueError for an invalid number.

    Texts are stripped; fields that are not shown or not saved are left out. None stays. Times that cannot be
    read become None.
    """
    saved: dict[str, Any] = {}
    for field in shown_fields(form.fields(), values):
        if field.name not in values or not field.saved:
            continue
        value = values[field.name]
        if field.control in _NUMBERS and isinstance(value, str) and value.strip():
            value = parse_number(field.control, value)
            if isinstance(value, str):
                raise ValueError(field.name)
        if field.control is Control.TIME and isinstance(value, str):
            value = parse_time(value)
        saved[field.name] = value.strip() if isinstance(value, str) else value
    return saved


def parse_number(control: Control, typed: str) -> int | float | str:
    """The number that was typed; the text itself if it is not one. Decimals are rounded to 6 places."""
    text = typed.translate(_TYPED).strip()
    if control is Control.COUNT:
        return int(text) if _COUNT.fullmatch(text) else typed
    return round(float(text), 6) if _DECIMAL.fullmatch(text) else typed


def parse_time(typed: str) -> str | None:
    """The time of day that was typed as HH:MM, from 9:30, 09：30 or 930; None for anything else."""
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return f"{int(found[1]):02d}:{found[2]}"


def parse_texts(field: FormField, texts: Mapping[str, Sequence[str]]) -> Any:
    """The value of a field from a page's inputs; None if they were left empty.

    `texts`: part → its texts ("" for a field of one part). Invalid values come back as they are.
    """

    def one(part: str = "") -> str:
        return next(iter(texts.get(part, ())), "").replace("\r\n", "\n").strip()

    match field.control:
        case Control.KIT_ITEM:
            count = one("count")
            checked = parse_number(Control.COUNT, count) if count else None
            return {"state": one("state"), "count": checked} if one("state") else None
        case Control.POSITION:
            return _typed_place(one("lat"), one("lon"))
        case Control.SEVERAL:
            return [text.strip() for text in texts.get("", ()) if text.strip()] or None
        case Control.IDS:
            return " ".join(texts.get("", ())).split() or None
        case Control.YES_NO | Control.SWITCH:
            return {"": None, "true": True, "false": False}.get(one(), one())
        case Control.COUNT | Control.NUMBER:
            return parse_number(field.control, one()) if one() else None
        case _:
            return one() or None


def _typed_place(lat: str, lon: str) -> dict[str, Any] | None:
    """The position register from two inputs; a pair pasted into one of them is accepted."""
    if not lat and not lon:
        return None
    source = CoordSource.TYPED.value
    if (pasted := parse_point(lat or lon)) and not (lat and lon):
        return {"lat": round(pasted[0], 6), "lon": round(pasted[1], 6), "source": source}

    def degrees(text: str) -> Any:
        value = parse_degrees(text)
        return (text or None) if value is None else round(value, 6)

    return {"lat": degrees(lat), "lon": degrees(lon), "source": source}


def _filled_in(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], ())


def _time_readable(value: Any) -> bool:
    return not _filled_in(value) or (isinstance(value, str) and parse_time(value) is not None)


def _number_error(control: Control, value: Any) -> FieldError | None:
    if isinstance(value, str) and value.strip():
        value = parse_number(control, value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) or not 0 <= value <= HIGHEST_COUNT:
        return FieldError.NO_COUNT if control is Control.COUNT else FieldError.NO_NUMBER
    return None
