"""我的: who one is and what one may do, the language, how safely records are kept, and what this app is."""

import flet as ft

from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.lock.lock_settings import LockCard
from mobile_app.screens.me.settings_cards import DiagnosticsCard, SizesCard
from mobile_app.screens.photos.faces import FacesChoice
from mobile_app.screens.photos.stamp import StampChoice
from mobile_app.widgets import bars, buttons, labels, segments
from shared.permissions import Action
from shared.sync.wire import GivenRole
from shared.vocabulary import Role


@screen
def Me() -> ft.Control:
    """Asks the device about its storage once."""
    app = use_app()
    storage, set_storage = ft.use_state("")
    kept, set_kept = ft.use_state("")
    texts, who, access = app.texts, app.open.identity, use_access()
    unit = next((one.unit for one in access.given() if one.unit), "")

    async def look() -> None:
        persisted = await app.open.storage.persisted()
        set_kept(texts.storage_kept_yes if persisted else texts.storage_kept_no)
        set_storage(texts.size(await app.open.storage_used()))

    ft.use_effect(look, [texts.language])
    return ft.View(
        route="/",
        padding=0,
        appbar=bars.title_bar(texts.me_title),
        navigation_bar=bars.tab_bar(texts, "/me", ft.context.page.navigate, app.late_taps.is_late),
        controls=[
            ft.ListView(
                [
                    labels.card(
                        [
                            ft.Text(who.name if who else "", size=22, weight=ft.FontWeight.W_700),
                            *(labels.quiet(_role(app, one)) for one in access.given()),
                            *([labels.quiet(texts.today.my_unit.format(unit=unit))] if unit else []),
                        ]
                    ),
                    labels.card(
                        [
                            segments.segments(
                                texts.language_label,
                                [("zh", texts.language_zh), ("en", texts.language_en)],
                                texts.language,
                                lambda code: (
                                    app.choose_language("en" if code == "en" else "zh") if code else None
                                ),
                                key="language",
                            )
                        ]
                    ),
                    SizesCard(),
                    LockCard(),
                    *([_towns(app)] if access.may(Action.SEE_HAZARDS) else []),
                    *([StampChoice(), FacesChoice()] if access.may(Action.EDIT_RECORDS) else []),
                    labels.card(
                        [
                            labels.fact(texts.storage_used, storage),
                            labels.fact(texts.storage_kept, kept),
                            labels.fact(texts.version, app.version),
                        ]
                    ),
                    DiagnosticsCard(app.open.sync, storage),
                    labels.card([labels.heading(texts.about), ft.Text(texts.about_text, size=16)]),
                ],
                expand=True,
                spacing=14,
                padding=14,
                key="me",
            )
        ],
    )


def _role(app: AppContext, given: GivenRole) -> str:
    """A role and its places; the role alone where the server has not named any."""
    if app.open.access.knows_places:
        return app.texts.role_and_place(given)
    return app.texts.of(Role(given.role))


def _towns(app: AppContext) -> ft.Control:
    """Of which towns this phone takes records, and the way to change that."""
    texts, page = app.texts, ft.context.page
    return labels.card(
        [
            labels.fact(texts.scope, texts.scope_of(app.open.towns())),
            buttons.tonal_button(
                texts.scope_choose,
                ft.Icons.PLACE_OUTLINED,
                lambda _event: page.navigate("/me/towns"),
                key="choose-towns",
            ),
        ]
    )
