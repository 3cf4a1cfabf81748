"""A hazard or a visit that is not on this phone any more, with what was written about it and not saved."""

from collections.abc import Mapping
from typing import Any

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import part, screen
from mobile_app.screens.form.discarding import discard
from mobile_app.screens.hooks import use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.draft_card import DraftCard
from mobile_app.screens.records.open_record import HOMES
from mobile_app.screens.records.photo import Photo
from mobile_app.screens.records.values import value_words
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.queries import drafts
from mobile_app.widgets import bars, buttons, labels
from shared.forms.visits import VISIT_FORM
from shared.lifecycle import ALWAYS_OPEN
from shared.operations import RecordType
from shared.records.models import EducationVisit
from shared.vocabulary import EventType

_GOES_ON = frozenset(step.value for step in ALWAYS_OPEN)
_PHOTO = 84


@screen
def Gone(path: str, record: str, type: RecordType) -> ft.Control:
    """What can still be done with the drafts about `record`: copy, discard, or get the record back."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    use_part(app.open.sync, records_changed)
    kept = {name: form for name, form in app.open.drafts().items() if drafts.about(form) == record}
    visit = type is RecordType.EDUCATION_VISIT

    def dropped() -> None:
        if len(kept) == 1:
            page.navigate(HOMES[type])

    left = [keyed(name, KeptDraft)(name, form, dropped) for name, form in sorted(kept.items())]
    towns = buttons.tonal_button(
        texts.scope_choose, None, lambda _event: page.navigate("/me/towns"), key="gone-towns"
    )
    return ft.View(
        route=path,
        padding=0,
        appbar=bars.title_bar(
            texts.visit_details if visit else texts.details,
            back=(texts.back, lambda _event: page.navigate(HOMES[type])),
        ),
        controls=[
            ft.ListView(
                [
                    labels.card(
                        [
                            labels.trouble(texts.visit_gone if visit else texts.gone, key="gone"),
                            *([labels.quiet(texts.gone_kept)] if left else []),
                            *([towns] if app.open.towns() else []),
                        ]
                    ),
                    *left,
                ],
                expand=True,
                spacing=14,
                padding=14,
            )
        ],
    )


@part
def KeptDraft(name: str, kept: Mapping[str, Any], on_change: Any) -> ft.Control:
    """One draft as it was written, to be read, copied or discarded; a step that is always open goes on."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    lines = written(app, kept)
    step = kept.get("step")
    goes_on = step in _GOES_ON

    async def drop() -> None:
        await discard(app, name)
        on_change()

    def go_on() -> None:
        page.navigate(f"/hazards/{kept['hazard']}/{step}")

    photos: list[ft.Control] = [
        Photo(photo["sha256"], texts.photos, _PHOTO, _PHOTO, ft.BoxFit.COVER) for photo in kept["photos"]
    ]
    copy = buttons.tonal_button(
        texts.copy,
        ft.Icons.CONTENT_COPY,
        None,
        action=ft.CopyToClipboard("\n".join(f"{label}: {words}" for label, words in lines)),
        key=f"copy-{name}",
    )
    return ft.Column(
        [
            DraftCard(kept, drop, go_on if goes_on else None, name),
            labels.card(
                [
                    *(labels.fact(label, words) for label, words in lines),
                    *([ft.Row(photos, wrap=True, spacing=8)] if photos else []),
                    *([copy] if lines else []),
                ]
            ),
        ],
        spacing=8,
    )


def written(app: AppContext, kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, words) of what somebody wrote into a draft about a record, in the order of its form."""
    texts, profile = app.texts, app.profile
    step, fields = kept.get("step"), kept["fields"]
    form = profile.step_forms[EventType(step)] if step else profile.hazard_form
    model = profile.event if step else profile.hazard
    if kept.get("visit") or kept.get("type") == RecordType.EDUCATION_VISIT:
        form, model = VISIT_FORM, EducationVisit
    names = set(fields) if step else set(kept.get("touched") or fields)
    return [
        (field.label.of(texts.language), said)
        for field in form.with_kit(profile.kit).fields()
        if field.saved
        and field.name in names
        and (said := value_words(app, model, field.name, fields.get(field.name)))
    ]
