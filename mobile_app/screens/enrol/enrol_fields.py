"""The code and the name with which a phone is enrolled: at the gate, and again where its access ended."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.field import Field
from mobile_app.widgets import buttons, labels
from shared.problems import Problem


@part
def EnrolFields(on_enrol: Callable[[str, str], Awaitable[None]], device_name: str, action: str) -> ft.Control:
    """`on_enrol` gets the code, or the link that carries it, and the name; its Problem is said below.

    `device_name` stands in the field; `action` is what the button says.
    """
    app = use_app()
    code, set_code = ft.use_state(app.link_code)
    name, set_name = ft.use_state(device_name)
    asked, set_asked = ft.use_state(False)
    running, set_running = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    texts = app.texts

    async def enrol() -> None:
        set_asked(True)
        if running or not code.strip() or not name.strip():
            return
        set_problem("")
        set_running(True)
        try:
            await on_enrol("".join(code.split()), name.strip())
        except Problem as found:
            set_problem(texts.problem(found))
        finally:
            set_running(False)

    return ft.Column(
        [
            Field(
                texts.enrol_code,
                code,
                set_code,
                name="enrol-code",
                hint=texts.enrol_code_hint,
                error=texts.code_missing if asked and not code.strip() else None,
                longest=300,
                capitalization=ft.TextCapitalization.CHARACTERS,
                autocorrect=False,
            ),
            Field(
                texts.device_name,
                name,
                set_name,
                name="device-name",
                hint=texts.device_name_hint,
                error=texts.device_name_missing if asked and not name.strip() else None,
                longest=60,
            ),
            *([labels.trouble(problem, key="enrol-problem")] if problem else []),
            buttons.main_button(
                texts.enrolling if running else action,
                ft.Icons.PHONELINK_SETUP,
                handled(texts, enrol),
                key="enrol",
                busy=running,
            ),
        ],
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        spacing=theme.EDGE,
    )
