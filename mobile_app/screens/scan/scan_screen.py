"""扫码: the code of a sign, from its link, from a picture or typed, leads to the 巡查 of that water."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.camera import Shooting, camera_view
from mobile_app.screens.error_boundary import handled, say, screen
from mobile_app.screens.field import Field
from mobile_app.screens.hazards.hazard_line import HazardLine
from mobile_app.screens.hooks import use_back, use_box, use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.steps import check_in
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.widgets import bars, buttons, labels
from shared.hazards import sign_code
from shared.permissions import Action

if TYPE_CHECKING:
    from mobile_app.services import PickedPhoto
    from mobile_app.store.queries.hazards import HazardRow


@screen
def Scan() -> ft.Control:
    """A code in the route was scanned. After a sync the screen looks again."""
    path, app = ft.use_view_path(), use_app()
    scanned = ft.use_route_params().get("code", "")
    entry, typed = use_box(lambda: scanned), use_box(lambda: False)
    tried, set_tried = ft.use_state(scanned)
    asked, set_asked = ft.use_state(bool(scanned))
    shooting, set_shooting = ft.use_state(False)
    changed = use_part(app.open.sync, records_changed)
    code = sign_code.read(tried)
    found = ft.use_memo(lambda: app.open.signs.hazards_with(code) if code else [], [code, changed])
    page, texts = ft.context.page, app.texts

    def open_water(row: "HazardRow") -> None:
        may_patrol = app.open.access.may(Action.STEP_PATROL, row.town_code)
        check = check_in.address(row.id, code or "", typed=typed.value)
        page.navigate(check if may_patrol else f"/hazards/{row.id}")

    def lead_on() -> None:
        if len(found) == 1:
            open_water(found[0])

    ft.use_effect(lead_on, [code, [row.id for row in found]])
    use_back((lambda: set_shooting(False)) if shooting else None)

    def write(text: str) -> None:
        entry.value = text

    def look() -> None:
        typed.value = True
        set_tried(entry.value)
        set_asked(True)

    async def read(pictures: "Sequence[PickedPhoto]") -> None:
        set_shooting(False)
        for picture in pictures:
            on_sign = sign_code.read(await app.open.camera.read_code(picture))
            if on_sign:
                typed.value = False
                set_tried(on_sign)
                return
        if pictures:
            say(texts.scan.no_code, good=False)

    async def read_one(picture: "PickedPhoto") -> None:
        await read([picture])

    if shooting:
        shoot = Shooting(read_one, read)
        return camera_view(path, texts.scan.title, texts.back, lambda: set_shooting(False), shoot)
    error = "" if not asked or code else texts.scan.mistyped if tried.strip() else texts.scan.missing
    parts = [
        *(_several(app, found, open_water) if len(found) > 1 else []),
        *(_unknown(app) if code and not found else []),
        _entry(
            app,
            Field(
                texts.scan.code,
                entry.value,
                write,
                "sign-code",
                hint=texts.scan.code_hint,
                error=error or None,
                on_submit=lambda _event: look(),
                capitalization=ft.TextCapitalization.CHARACTERS,
                autocorrect=False,
                enable_suggestions=False,
            ),
            look,
            lambda: set_shooting(True),
        ),
    ]
    back = (texts.back, lambda _event: page.navigate(app.last_list.route))
    return ft.View(
        route=path,
        padding=0,
        appbar=bars.title_bar(texts.scan.title, back=back),
        controls=[ft.ListView(parts, expand=True, spacing=14, padding=14)],
    )


def _entry(
    app: AppContext, field: ft.Control, look: Callable[[], None], shoot: Callable[[], None]
) -> ft.Control:
    """The ways to give a code, and what makes a 巡查 valid."""
    texts = app.texts
    take = buttons.tonal_button(
        texts.scan.take, ft.Icons.QR_CODE_SCANNER, lambda _event: shoot(), key="take-code"
    )
    return labels.card(
        [
            labels.quiet(texts.scan.hint),
            *([take] if app.open.camera.reads_codes else []),
            field,
            buttons.main_button(texts.scan.open, ft.Icons.LOGIN, lambda _event: look(), key="open-water"),
            labels.quiet(texts.scan.rule.format(metres=f"{app.profile.patrol_m:g}")),
        ]
    )


def _unknown(app: AppContext) -> list[ft.Control]:
    """Why the water may not be here, and what helps."""
    texts, page = app.texts, ft.context.page
    sync = buttons.main_button(
        texts.sync_now, ft.Icons.SYNC, handled(texts, app.open.sync_now), key="sync-water"
    )
    towns = buttons.tonal_button(
        texts.scope_choose, None, lambda _event: page.navigate("/me/towns"), key="water-towns"
    )
    new = buttons.tonal_button(
        texts.new_hazard, ft.Icons.ADD, lambda _event: page.navigate("/new"), key="water-new"
    )
    narrowed = bool(app.open.towns())
    may_record = app.open.access.may(Action.EDIT_RECORDS)
    return [
        labels.card(
            [
                labels.trouble(texts.scan.unknown, key="unknown-water"),
                *([labels.quiet(texts.scan.unknown_towns)] if narrowed else []),
                labels.quiet(texts.scan.unknown_hint),
                sync,
                *([towns] if narrowed else []),
                *([new] if may_record else []),
            ]
        )
    ]


def _several(
    app: AppContext, found: "list[HazardRow]", open_water: "Callable[[HazardRow], None]"
) -> list[ft.Control]:
    """The waters with the same code, to choose from."""
    rows = {row.id: row for row in found}
    return [
        labels.quiet(app.texts.scan.several),
        *(
            keyed(row.id, HazardLine)(row, app.texts, app.today, lambda chosen: open_water(rows[chosen]))
            for row in found
        ),
    ]
