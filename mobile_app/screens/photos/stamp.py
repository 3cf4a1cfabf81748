"""水印: when, where and by whom, written over the foot of photos taken in the app."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.formatting import position_words
from mobile_app.widgets import labels
from mobile_app.widgets.toggle import toggle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mobile_app.screens.form.form_state import FormState
    from shared.records.models import Position


def stamp_lines(app: AppContext, state: "FormState", place: "Position | None") -> "Sequence[str]":
    """The stamp of a photo that is taken now for `state` at `place`; () where the person wants none."""
    if not app.open.sending.choices.stamp:
        return ()
    texts, who = app.texts, app.open.identity
    title = state.text(app.profile.title_field) or state.text("place") or str(state.about.get("title") or "")
    when = app.open.clock.wall().strftime("%Y-%m-%d %H:%M:%S")
    town = texts.town(state.fields.get("town_code") or state.town_code)
    accuracy = "" if place is None or place.accuracy_m is None else f"±{round(place.accuracy_m)} m"
    where = position_words(place.model_dump()) if place else texts.photo.no_position
    lines = (
        [when, town, title],
        [where, accuracy, who.name if who else "", state.number],
    )
    return tuple("  ".join(filter(None, parts)) for parts in lines)


@part
def StampChoice() -> ft.Control:
    """Whether photos taken in the app get a stamp."""
    app = use_app()
    texts = app.texts
    stamp, set_stamp = ft.use_state(app.open.sending.choices.stamp)

    def choose(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.control.value)
        set_stamp(chosen)

        async def keep() -> None:
            await app.open.sending.choose_stamp(chosen)

        ft.context.page.run_task(handled(texts, keep))

    return labels.card(
        [
            toggle(ft.Switch(value=stamp, on_change=choose, key="stamp"), texts.photo.stamp),
            labels.quiet(texts.photo.stamp_hint),
        ]
    )
