"""One step in a hazard's life: 整改 (with 报验), 巡查, 复查, 反弹, 备注."""

from typing import TYPE_CHECKING, Any, cast

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.camera import Shooting, camera_view
from mobile_app.screens.error_boundary import handled, say, screen
from mobile_app.screens.field import Field
from mobile_app.screens.form.keeping import use_keeping
from mobile_app.screens.form.kit import kit_card
from mobile_app.screens.form.leaving import leave_question
from mobile_app.screens.form.photos import PhotosSection, each
from mobile_app.screens.form.save_bar import save_bar
from mobile_app.screens.hazards.draft_card import DraftCard
from mobile_app.screens.hooks import use_box
from mobile_app.screens.steps.step_model import StepForm, kind_of
from mobile_app.store.queries import drafts
from mobile_app.widgets import bars, labels, segments
from shared.plural import plural
from shared.problems import Problem
from shared.vocabulary import EventType, PatrolResult

if TYPE_CHECKING:
    from mobile_app.services import PickedPhoto, PreparedPhoto


@screen
def Step() -> ft.Control:
    """The route names the hazard and the step."""
    path, phone = ft.use_view_path(), use_app()
    params = ft.use_route_params()
    hazard, step = params["hazard"], EventType(params["step"])
    keeping = use_keeping(drafts.step(hazard, step.value))
    kept, set_kept = ft.use_state(cast(Any, keeping.kept))
    form, set_form = ft.use_state(cast(Any, lambda: StepForm.from_draft(kept) if kept else StepForm()))
    known = use_box(lambda: form)  # as it was kept last
    asked, set_asked = ft.use_state(False)
    saving, set_saving = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    shooting, set_shooting = ft.use_state(False)
    preparing, set_preparing = ft.use_state(False)
    leaving, set_leaving = ft.use_state(False)
    texts, page, services = phone.texts, ft.context.page, phone.open
    kind, home = kind_of(step), f"/hazards/{hazard}"
    card = ft.use_memo(lambda: services.hazard(hazard), [hazard])
    earlier = card.after_photos
    dirty = form != known.value

    def draft() -> dict[str, Any]:
        about = {"hazard": hazard, "step": step.value, "fields": {"water_name": card.row.water_name}}
        return {**form.to_draft(), **about}

    def keep() -> None:
        if dirty:
            keeping.soon(draft)

    ft.use_effect(keep, [form])

    def change(**news: Any) -> None:
        set_form(lambda before: before.with_news(**news))

    def back(_event: object = None) -> None:
        if dirty:
            set_leaving(True)
        else:
            page.navigate(home)

    async def confirm_pop(event: ft.Event[ft.View]) -> None:
        await event.control.confirm_pop(False)
        back()

    async def keep_and_leave() -> None:
        await keeping.now(draft())
        set_leaving(False)
        page.navigate(home)

    async def drop_and_leave() -> None:
        await keeping.drop()
        set_leaving(False)
        page.navigate(home)

    async def drop() -> None:
        await keeping.drop()
        known.value = StepForm()
        set_kept(None)
        set_form(StepForm())

    async def save() -> None:
        set_asked(True)
        set_problem("")
        if saving or preparing or form.missing(kind, earlier):
            return
        set_saving(True)
        keeping.stop()
        photos = [(photo, kind.photos) for photo in form.photos]
        try:
            if step is EventType.RECTIFY:
                await services.rectify(hazard, form.to_save(kind), photos, form.submit)
            else:
                await services.add_event(hazard, step, form.to_save(kind), photos)
        except Problem as found:
            keeping.soon(draft)
            set_problem(texts.problem(found))
            return
        finally:
            set_saving(False)
        say(texts.step_saved.format(step=texts.of(step)))
        page.navigate(home)

    def photos_changed(photos: "list[PreparedPhoto]") -> None:
        for photo in photos:
            phone.previews.setdefault(photo.sha256, photo.preview)
        change(photos=tuple(photos))

    async def take(picked: "PickedPhoto") -> None:
        set_shooting(False)
        set_preparing(True)
        try:
            prepared = await services.prepare_photo(picked)
        finally:
            set_preparing(False)
        phone.previews.setdefault(prepared.sha256, prepared.preview)
        set_form(lambda before: before.with_news(photos=(*before.photos, prepared)))

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
    wrong = form.missing(kind, earlier) if asked else []

    def text(name: str, label: str, error: str, lines: int) -> ft.Control:
        return Field(
            label,
            form.texts.get(name, ""),
            lambda value: change(**{name: value}),
            name,
            lines=lines,
            number=lines == 1,
            longest=4000 if lines > 1 else 7,
            error=error if name in wrong else None,
            key=f"{name}-{'resumed' if kept else 'fresh'}",
        )

    body: list[ft.Control] = [DraftCard(kept, on_drop=drop)] if kept else []
    if kind.results:
        body.append(
            labels.card(
                [
                    segments.segments(
                        texts.step_result,
                        [(one.value, texts.of(one)) for one in PatrolResult],
                        form.result,
                        lambda code: change(result=code),
                        key="result",
                    ),
                    *([labels.trouble(texts.result_needed, key="result-error")] if "result" in wrong else []),
                ]
            )
        )
    if kind.counts:
        body.append(
            labels.card(
                [text(name, texts.field(name), texts.count_bad, 1) for name in ("people_seen", "dissuaded")]
            )
        )
    if kind.main == "measures_done":
        body.append(labels.card([text(kind.main, texts.measures_done, texts.measures_needed, 3)]))
    else:
        reason = step is EventType.RELAPSE
        body.append(
            labels.card(
                [
                    text(
                        "comment",
                        texts.reason if reason else texts.field("comment"),
                        texts.reason_needed if reason else texts.comment_needed,
                        3,
                    )
                ]
            )
        )
    body.append(
        PhotosSection(
            form.photos,
            kind.photos,
            lambda: set_shooting(True),
            photos_changed,
            preparing,
            set_preparing,
            texts.after_photo_needed if "photos" in wrong else "",
        )
    )
    if kind.kit:
        body.append(
            kit_card(
                texts,
                phone.kit,
                form.kit,
                lambda name, check: change(**{name: check}),
            )
        )
    if step is EventType.RECTIFY:
        body.append(
            labels.card(
                [
                    ft.Switch(
                        label=texts.submit_now,
                        label_text_style=ft.TextStyle(size=17, font_family=theme.FONT),
                        value=form.submit,
                        on_change=lambda event: change(submit=bool(event.control.value)),
                        key="submit",
                    ),
                    labels.quiet(texts.submit_hint),
                ]
            )
        )
    return ft.View(
        route=path,
        padding=0,
        spacing=0,
        can_pop=False,  # always, as in the form of a hazard
        on_confirm_pop=confirm_pop,
        appbar=bars.title_bar(texts.of(step), back=(texts.back, back)),
        controls=[
            ft.Column(
                [ft.Container(ft.Column(body, spacing=14), padding=14)],
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
