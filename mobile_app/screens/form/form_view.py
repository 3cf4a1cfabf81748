"""A form on one scrolling page, saved only when it is durable."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.camera import camera_view
from mobile_app.screens.error_boundary import handled, screen
from mobile_app.screens.form.form_camera import form_camera
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.keeping import Keeping
from mobile_app.screens.form.renderer import render
from mobile_app.screens.form.save_bar import save_bar
from mobile_app.screens.form.use_form import use_form
from mobile_app.screens.hooks import use_back
from mobile_app.widgets import bars
from shared.plural import plural


@screen
def FormView(
    path: str,
    title: str,
    start: Callable[[], FormState],
    save: Callable[[FormState], Awaitable[str]],
    draft: str | Callable[[], Keeping],
    leave_to: str,
    resumed: ft.Control | None = None,
    at: str = "",
    back_to: str = "",
    below: Callable[[FormState], Sequence[ft.Control]] = lambda _state: (),
) -> ft.Control:
    """The form of `use_form` under `title`; `resumed` stands above it where a draft was restored, and `below`
    it what follows from what is filled in.

    Text goes straight into the state; the page is drawn again only for the rest.
    """
    app = use_app()
    form = use_form(start, save, draft, leave_to, at, back_to)
    texts, page = app.texts, ft.context.page
    unfolded, set_unfolded = ft.use_state(frozenset({at}))

    def unfold(name: str) -> None:
        set_unfolded(unfolded | {name})

    def uncover() -> None:
        if not app.discarded.is_late():  # 撤销 stays, where a draft was discarded in this form
            page.pop_dialog()  # what was said on the screen before

    ft.use_effect(uncover, [])
    photos = form.photos
    covered = photos.shooting or photos.reviewed is not None
    use_back(photos.close if covered else None)
    if covered:
        title = texts.camera_title if photos.shooting else texts.photo.edited
        camera = form_camera(photos, form.state.references)
        return camera_view(path, title, texts.back, photos.close, camera)
    wrong = len(form.errors)
    body: list[ft.Control] = [
        *([resumed] if resumed else []),
        *render(app, form, unfolded, unfold),
        *below(form.state),
    ]
    return ft.View(
        route=path,
        padding=0,
        spacing=0,
        can_pop=False,  # always: a change of it takes the keyboard from the field one writes into
        on_confirm_pop=form.confirm_pop,
        appbar=bars.title_bar(title, back=(texts.back, form.back)),
        controls=[
            ft.Column(
                [ft.Container(ft.Column(body, spacing=14), padding=ft.Padding.all(14))],
                ref=form.scroller,
                scroll=ft.ScrollMode.AUTO,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            save_bar(
                texts,
                handled(texts, form.save),
                texts.saving if form.saving else texts.preparing_photo if form.photos.preparing else "",
                form.problem or (plural(texts.missing_some, wrong) if wrong else ""),
            ),
        ],
    )
