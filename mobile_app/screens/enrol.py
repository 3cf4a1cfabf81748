"""登记本机: who uses this phone. The code comes by link or QR, or is typed."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.field import Field
from mobile_app.screens.guard import handled, screen
from mobile_app.screens.phone import use_phone
from mobile_app.widgets import buttons, labels
from shared.problems import Problem


@screen
def Enrol() -> ft.Control:
    """Asks for the code and a name of the device; the services do the rest."""
    path, phone = ft.use_view_path(), use_phone()
    code, set_code = ft.use_state(phone.link_code)
    name, set_name = ft.use_state("")
    asked, set_asked = ft.use_state(False)
    running, set_running = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    texts = phone.texts

    async def enrol() -> None:
        set_asked(True)
        if running or not code.strip() or not name.strip():
            return
        set_problem("")
        set_running(True)
        try:
            await phone.open.enrol("".join(code.split()), name.strip())
        except Problem as found:
            set_problem(texts.problem(found))
            return
        finally:
            set_running(False)
        phone.enrolled()

    return ft.View(
        route=path,
        padding=0,
        controls=[
            ft.SafeArea(
                ft.Column(
                    [
                        ft.Row(
                            [
                                ft.Icon(ft.Icons.WATER, size=44, color=theme.PRIMARY),
                                ft.Text(
                                    texts.app_name,
                                    size=28,
                                    weight=ft.FontWeight.W_700,
                                    color=theme.PRIMARY,
                                ),
                            ],
                            spacing=10,
                        ),
                        labels.heading(texts.enrol_title),
                        ft.Text(texts.enrol_text, size=16, color=theme.QUIET),
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
                            texts.enrolling if running else texts.enrol,
                            ft.Icons.PHONELINK_SETUP,
                            handled(texts, enrol),
                            key="enrol",
                            busy=running,
                        ),
                        ft.Row(
                            [
                                buttons.quiet_button(
                                    texts.language_zh,
                                    lambda _event: phone.choose_language("zh"),
                                    key="language-zh",
                                ),
                                buttons.quiet_button(
                                    texts.language_en,
                                    lambda _event: phone.choose_language("en"),
                                    key="language-en",
                                ),
                            ],
                            alignment=ft.MainAxisAlignment.CENTER,
                        ),
                    ],
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                    scroll=ft.ScrollMode.AUTO,
                    spacing=16,
                    margin=ft.Margin.symmetric(horizontal=20, vertical=24),
                ),
                expand=True,
            )
        ],
    )
