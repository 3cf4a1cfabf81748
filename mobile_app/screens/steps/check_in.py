"""A 巡查 that begins with the sign of the water: a fix at once, and the kit as it was found last."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import flet as ft
from pydantic import BaseModel

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.form.form_state import FormState
from mobile_app.widgets import labels
from shared.forms.form import Control
from shared.hazards import sign_code
from shared.vocabulary import EventType

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard

SIGN = "sign"
"""Where a form keeps its sign, besides its fields: {"code": …, "typed": …}."""
_SCANNED, _TYPED = "scanned", "typed"


def address(hazard: str, code: str, *, typed: bool) -> str:
    """The route to the 巡查 of a hazard whose sign was scanned, or typed."""
    return f"/hazards/{hazard}/{EventType.PATROL.value}/{_TYPED if typed else _SCANNED}/{code}"


def sign_of(params: Mapping[str, str], kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The sign that the route names, or else a kept form; None without one."""
    code = sign_code.read(params.get("code", ""))
    if code and params.get("how") in (_SCANNED, _TYPED):
        return {"code": code, "typed": params["how"] == _TYPED}
    found: dict[str, Any] | None = kept.get(SIGN) if kept else None
    return found


def begin(state: FormState, sign: Mapping[str, Any], card: "HazardCard | None") -> None:
    """Fill in what the last visit found of the kit; one tap for all still replaces it."""
    state.about[SIGN] = dict(sign)
    state.locates = True
    found = card.hazard.model_dump(mode="json", exclude_none=True) if card else {}
    kit = [field.name for field in state.form.fields() if field.control is Control.KIT_ITEM]
    for name in kit:
        if name in found:
            state.fields[name] = found[name]
            state.suggested.add(name)


def sign_fields(state: FormState, event: type[BaseModel]) -> dict[str, Any]:
    """The fields of the event that say which sign it was, where events of the programme have them."""
    sign = state.about.get(SIGN)
    if not sign or "sign_code" not in event.model_fields:
        return {}
    return {"sign_code": sign["code"], **({"sign_code_typed": True} if sign["typed"] else {})}


def heading(app: AppContext, card: "HazardCard", sign: Mapping[str, Any]) -> ft.Control:
    """Which water it is: whoever scanned its sign has seen no list."""
    texts, row = app.texts, card.row
    said = (texts.scan.code_typed if sign["typed"] else texts.scan.code_scanned).format(
        code=sign_code.in_groups(sign["code"])
    )
    where = " · ".join(filter(None, [texts.town(row.town_code), row.number or ""]))
    return labels.card(
        [
            ft.Text(
                row.title or texts.unnamed, size=20, weight=ft.FontWeight.W_700, color=theme.INK, key="water"
            ),
            *([labels.quiet(where)] if where else []),
            labels.quiet(said, key="sign"),
            labels.quiet(texts.scan.kit_as_last),
        ]
    )
