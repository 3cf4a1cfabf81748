"""登记本机: who uses this phone. The code comes by link or QR, or is typed."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.enrol.enrol_fields import EnrolFields
from mobile_app.screens.enrol.where import WrongPlaceNotice, wrong_place
from mobile_app.screens.error_boundary import screen
from mobile_app.widgets import buttons, labels


@screen
def Enrol() -> ft.Control:
    """Asks for the code and a name of the device; the services do the rest."""
    path, app = ft.use_view_path(), use_app()
    stays, set_stays = ft.use_state(False)
    texts, place = app.texts, wrong_place(ft.context.page, app.user_agent)

    async def enrol(code: str, device_name: str) -> None:
        await app.open.enrol(code, device_name)
        app.enrolled()

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
                        *(
                            [WrongPlaceNotice(place, lambda: set_stays(True))]
                            if place and not stays
                            else [
                                labels.heading(texts.enrol_title),
                                ft.Text(texts.enrol_text, size=16, color=theme.QUIET),
                                EnrolFields(enrol, "", texts.enrol),
                            ]
                        ),
                        ft.Row(
                            [
                                buttons.quiet_button(
                                    texts.language_zh,
                                    lambda _event: app.choose_language("zh"),
                                    key="language-zh",
                                ),
                                buttons.quiet_button(
                                    texts.language_en,
                                    lambda _event: app.choose_language("en"),
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
