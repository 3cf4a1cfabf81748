"""新增隐患 and 修改: one scrolling page in the order of the work, saved only when it is durable."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.camera import Shooting, camera_view
from mobile_app.screens.error_boundary import handled, say, screen
from mobile_app.screens.form.draft import to_draft
from mobile_app.screens.form.keeping import use_keeping
from mobile_app.screens.form.leaving import leave_question
from mobile_app.screens.form.model import HazardForm
from mobile_app.screens.form.photos import each
from mobile_app.screens.form.save_bar import save_bar
from mobile_app.screens.form.sections import sections
from mobile_app.screens.hooks import use_box
from mobile_app.widgets import bars
from shared.plural import plural
from shared.problems import Problem
from shared.vocabulary import PhotoRole

if TYPE_CHECKING:
    from mobile_app.services import PickedPhoto, PreparedPhoto

_DRAWN = 0.15  # seconds until the errors take their place


@screen
def HazardFormView(
    path: str,
    title: str,
    start: Callable[[], HazardForm],
    leave_to: str,
    draft: str,
    resumed: ft.Control | None = None,
    at: str = "",
) -> ft.Control:
    """The form that `start` makes, kept as `draft` until it is saved; `resumed` stands above it, and it
    opens at the place `at`.

    Text goes straight into the form; the page is drawn anew only for the rest.
    """
    phone = use_app()
    form = use_box(start).value
    _, redraw = ft.use_state(0)
    dirty = use_box(lambda: False)
    asked, set_asked = ft.use_state(False)
    saving, set_saving = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    shooting, set_shooting = ft.use_state(False)
    preparing, set_preparing = ft.use_state(False)
    leaving, set_leaving = ft.use_state(False)
    keeping = use_keeping(draft)
    scroller = use_box(lambda: ft.Ref[ft.Column]()).value
    texts, page, services = phone.texts, ft.context.page, phone.open

    def changed(draw: bool = True) -> None:
        dirty.value = True
        keeping.soon(lambda: to_draft(form))
        if draw or asked:
            redraw(lambda count: count + 1)

    async def go_to(place: str) -> None:
        await asyncio.sleep(_DRAWN)
        if place and scroller.current:
            await scroller.current.scroll_to(scroll_key=place, duration=200)

    async def open_at() -> None:
        await go_to(at)

    ft.use_effect(open_at, [])

    async def save() -> None:
        if saving or preparing:
            return
        set_asked(True)
        set_problem("")
        missing = form.missing()
        if missing:
            await go_to(f"at-{missing[0]}")
            return
        set_saving(True)
        keeping.stop()
        try:
            await services.save_hazard(
                form.to_save(), [(photo, PhotoRole.BEFORE) for photo in form.photos], form.hazard
            )
        except Problem as found:
            keeping.soon(lambda: to_draft(form))
            set_problem(texts.problem(found))
            return
        finally:
            set_saving(False)
        say(texts.saved_offline)
        page.navigate(leave_to)

    async def keep_and_leave() -> None:
        await keeping.now(to_draft(form))
        set_leaving(False)
        page.navigate(leave_to)

    async def drop_and_leave() -> None:
        await keeping.drop()
        set_leaving(False)
        page.navigate(leave_to)

    def back(_event: object = None) -> None:
        if dirty.value:
            set_leaving(True)
        else:
            page.navigate(leave_to)

    async def confirm_pop(event: ft.Event[ft.View]) -> None:
        await event.control.confirm_pop(False)
        back()

    def photos_changed(photos: "list[PreparedPhoto]") -> None:
        form.photos = photos
        for photo in photos:
            if photo.preview:
                phone.previews.setdefault(photo.sha256, photo.preview)
        changed()

    async def take(picked: "PickedPhoto") -> None:
        set_shooting(False)
        set_preparing(True)
        try:
            prepared = await services.prepare_photo(picked)
        finally:
            set_preparing(False)
        photos_changed([*form.photos, prepared])

    async def pick_instead() -> None:
        set_shooting(False)
        await each(await services.pick_photos(), take)

    ft.use_dialog(
        leave_question(texts, lambda: set_leaving(False), keep_and_leave, drop_and_leave) if leaving else None
    )
    if shooting:
        return camera_view(
            path, texts.camera_title, texts.back, lambda: set_shooting(False), Shooting(take, pick_instead)
        )
    wrong = form.missing() if asked else []
    body: list[ft.Control] = [resumed] if resumed else []
    body += sections(
        phone, form, wrong, changed, photos_changed, lambda: set_shooting(True), preparing, set_preparing
    )
    return ft.View(
        route=path,
        padding=0,
        spacing=0,
        can_pop=False,  # always: a change of it takes the keyboard from the field one writes into
        on_confirm_pop=confirm_pop,
        appbar=bars.title_bar(title, back=(texts.back, back)),
        controls=[
            ft.Column(
                [ft.Container(ft.Column(body, spacing=14), padding=ft.Padding.all(14))],
                ref=scroller,
                scroll=ft.ScrollMode.AUTO,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            save_bar(
                texts,
                handled(texts, save),
                texts.saving if saving else texts.preparing_photo if preparing else "",
                problem or (plural(texts.missing_some, len(wrong)) if wrong else ""),
            ),
        ],
    )
