"""重新登记: a phone whose access ended becomes a device again, with everything it still has to send."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.enrol.enrol_fields import EnrolFields
from mobile_app.screens.error_boundary import handled, part, say
from mobile_app.screens.hooks import use_maybe
from mobile_app.state.sync import SyncState
from mobile_app.widgets import ask, buttons, labels
from shared import problems
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.store.database.meta import Enrolment


@part
def RenewalCard(sync: SyncState) -> ft.Control:
    """Asks before another person takes the phone: what the other person saved is then quarantined."""
    app = use_app()
    asking, set_asking = use_maybe()
    texts, who, renewal = app.texts, app.open.identity, app.open.renewal

    async def take(enrolment: "Enrolment") -> None:
        set_asking(None)
        await renewal.take(enrolment)
        say(texts.renewed)
        app.enrolled()

    async def enrol(code: str, device_name: str) -> None:
        found = await renewal.ask(code, device_name)
        if who and found.answer.person.id != who.person and sync.ops_waiting:
            set_asking(found)
        else:
            await take(found)

    async def agreed() -> None:
        await take(asking)

    ft.use_dialog(
        ask.question(
            texts.renew_other_title.format(person=asking.answer.person.name),
            plural(texts.renew_other, sync.ops_waiting, person=who.name),
            [
                buttons.quiet_button(texts.cancel, lambda _event: set_asking(None), key="renew-no"),
                buttons.quiet_button(texts.renew_yes, handled(texts, agreed), key="renew-yes"),
            ],
            lambda _event: set_asking(None),
        )
        if asking and who
        else None
    )
    if who is None or sync.last_problem is None or sync.last_problem.kind != problems.token_invalid:
        return ft.Container(visible=False)
    return labels.card(
        [
            labels.heading(texts.renew),
            labels.quiet(texts.renew_text, key="renew-text"),
            EnrolFields(enrol, who.device_name, texts.renew),
        ]
    )
