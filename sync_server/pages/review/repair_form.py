"""The form that repairs a quarantined operation: fields as inputs, unknown ones as JSON, and back."""

from typing import Any

import orjson
from pydantic import BaseModel
from starlette.datastructures import FormData

from shared import problems
from shared.forms.typed_position import position_doubt
from shared.operations import RecordType
from shared.profiles.profile import Profile
from sync_server.pages.field_inputs import Input, input_of, untouched, value_of
from sync_server.pages.forms import text_in
from sync_server.texts.words import Texts

_REST, _DEEPEST = 40_000, 32


def inputs(
    came: dict[str, Any], profile: Profile, words: Texts
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """An input for each field of its type in this programme, and the other values."""
    model, known, rest = model_of(came, profile), [], {}
    for name, value in fields_of(came).items():
        if model and name in model.model_fields:
            known.append({"register": name, "input": _input(model, name, value, words)})
        else:
            rest[name] = value
    return known, rest


def _input(model: type[BaseModel], name: str, value: Any, words: Texts) -> Input:
    return input_of(model, name, value, words, name=f"f.{name}")


def changed(came: dict[str, Any], form: FormData, profile: Profile, words: Texts) -> dict[str, Any]:
    """The operation's fields with the form's changes; fields whose input nobody touched stay as received.

    Raises Problem invalid, too_deep.
    """
    model = model_of(came, profile)
    fields: dict[str, Any] = {}
    for name, value in fields_of(came).items():
        if model is None or name not in model.model_fields or form.get(f"out.{name}"):
            continue
        input = _input(model, name, value, words)
        written = value_of(model, name, form, name=input.name)
        unchanged = written == value_of(model, name, untouched(input), name=input.name)
        fields[name] = value if unchanged else written
    fields |= _rest(text_in(form, "rest", _REST))
    given = {name: text_in(form, name) for name in ("record", "type", "kind")}
    return {**{name: text or came.get(name) for name, text in given.items()}, "fields": fields}


def ask_about_position(came: dict[str, Any], changed: dict[str, Any], *, sure: bool) -> None:
    """Raise Problem position_swapped, and exchange the two in `changed`, or position_doubtful.

    A place that is only far away is asked about where the form changed it, unless the person is `sure`.
    """
    written = changed["fields"].get("position")
    doubt = position_doubt(written)
    if doubt is None:
        return
    if doubt.kind is problems.position_swapped:
        changed["fields"]["position"] = {**written, "lat": written["lon"], "lon": written["lat"]}
        raise doubt
    if not sure and written != fields_of(came).get("position"):
        raise doubt


def _rest(text: str) -> dict[str, Any]:
    depth = deepest = 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise problems.too_deep()
    try:
        rest = orjson.loads(text) if text else {}
    except ValueError:
        rest = None
    if not isinstance(rest, dict):
        raise problems.invalid(errors=[{"path": "fields", "reason": "no_object"}])
    return rest


def fields_of(came: dict[str, Any]) -> dict[str, Any]:
    """The fields of an operation; none where it has no object of them."""
    fields = came.get("fields")
    return fields if isinstance(fields, dict) else {}


def type_of(came: dict[str, Any]) -> str | None:
    """The type of record that it names, None if this version does not know it."""
    return next((kind for kind in RecordType if kind.value == came.get("type")), None)


def model_of(came: dict[str, Any], profile: Profile) -> type[BaseModel] | None:
    """What the programme keeps for that type."""
    kind = type_of(came)
    return profile.model(kind) if kind else None
