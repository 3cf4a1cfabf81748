"""The routes to the form: a new hazard, the kept draft, a saved hazard to be edited."""

from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.form.draft import from_draft
from mobile_app.screens.form.model import HazardForm
from mobile_app.screens.form.screen import HazardFormView
from mobile_app.screens.guard import handled, screen
from mobile_app.screens.phone import Phone, use_phone
from mobile_app.widgets import bars, buttons, labels

_EDITED = ("town_code", "water_name", "water_type", "address", "description", "position", "due_date")


@screen
def NewHazard() -> ft.Control:
    """新增隐患; where a draft is kept, what to do with it comes first."""
    path, phone = ft.use_view_path(), use_phone()
    fresh, set_fresh = ft.use_state(False)
    texts, page = phone.texts, ft.context.page
    kept = ft.use_memo(lambda: phone.open.load_draft(), [])

    async def drop() -> None:
        await phone.open.drop_draft()
        set_fresh(True)

    if kept is None or fresh:
        return HazardFormView(path, texts.new_hazard, HazardForm, "/")
    return ft.View(
        route=path,
        padding=theme.EDGE,
        appbar=bars.title_bar(texts.new_hazard, back=(texts.back, lambda _event: page.navigate("/"))),
        controls=[
            labels.card(
                [
                    ft.Text(
                        texts.draft_found.format(moment=texts.moment(kept.get("at"))), size=18, key="draft"
                    ),
                    *(
                        [labels.quiet(str(kept["fields"]["water_name"]))]
                        if kept["fields"].get("water_name")
                        else []
                    ),
                    buttons.main_button(
                        texts.draft_continue,
                        ft.Icons.EDIT_NOTE,
                        lambda _event: page.navigate("/draft"),
                        key="draft-continue",
                    ),
                    buttons.quiet_button(
                        texts.draft_drop, handled(texts, drop), key="draft-drop", alarm=True
                    ),
                ]
            )
        ],
    )


@screen
def KeptDraft() -> ft.Control:
    """The form as it was when the app was left or killed."""
    path, phone = ft.use_view_path(), use_phone()
    kept = ft.use_memo(lambda: phone.open.load_draft() or {}, [])
    editing = bool(kept.get("hazard"))
    return HazardFormView(
        path,
        phone.texts.edit_hazard if editing else phone.texts.new_hazard,
        lambda: from_draft(kept),
        f"/hazards/{kept['hazard']}" if editing else "/",
    )


@screen
def EditHazard() -> ft.Control:
    """修改: the form with the values that are shown."""
    path, phone = ft.use_view_path(), use_phone()
    hazard = ft.use_route_params()["hazard"]
    return HazardFormView(
        path, phone.texts.edit_hazard, lambda: _form_of(phone, hazard), f"/hazards/{hazard}"
    )


def _form_of(phone: Phone, hazard: str) -> HazardForm:
    values: dict[str, Any] = phone.open.hazard(hazard).hazard.model_dump(mode="json", exclude_none=True)
    return HazardForm(
        fields={name: value for name, value in values.items() if name in _EDITED or name.startswith("kit_")},
        hazard=hazard,
    )
