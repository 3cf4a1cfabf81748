"""One visit of safety education: what was done, its photos and hazards, and how far it has been uploaded."""

from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part, say, screen
from mobile_app.screens.hooks import use_part
from mobile_app.screens.records import draft_card
from mobile_app.screens.records.conflicts import disputed_fields
from mobile_app.screens.records.details_view import details_view
from mobile_app.screens.records.gone import Gone
from mobile_app.screens.records.notices import notices
from mobile_app.screens.records.open_record import OpenRecord, address_of, visit_address
from mobile_app.screens.records.photo_tiles import RecordPhotos
from mobile_app.screens.records.state_badges import state_badges
from mobile_app.screens.records.values import hazard_name, value_words
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.screens.visits.visit_list import next_household
from mobile_app.screens.visits.visit_words import title_words
from mobile_app.widgets import ask, buttons, labels
from shared.forms.visits import VISIT_FORM
from shared.operations import RecordType
from shared.permissions import Action
from shared.records.models import EducationVisit
from shared.vocabulary import EducationVisitType

if TYPE_CHECKING:
    from mobile_app.store.queries.visits import VisitCard

_LISTED_APART = ("photos", "hazards")


@screen
def VisitDetails() -> ft.Control:
    """Redrawn whenever visits changed here."""
    path, app = ft.use_view_path(), use_app()
    visit = ft.use_route_params()["visit"]
    changed = use_part(app.open.sync, records_changed)
    card = ft.use_memo(lambda: app.find_visit(visit), [visit, changed])
    access, texts = use_access(), app.texts
    if card is None:
        return Gone(path, visit, RecordType.EDUCATION_VISIT)
    may_edit = access.may(Action.EDIT_RECORDS, card.row.town_code)
    may_delete = access.may(Action.DELETE_RECORDS, card.row.town_code)
    family = card.visit.visit_type is EducationVisitType.FAMILY
    parts = [
        _head(app, card),
        *notices(texts, card.quarantined),
        *disputed_fields(_as_open(app, card, may_edit)),
        *draft_card.cards(app, about=visit),
        *([labels.card([next_household(app)])] if family and may_edit else []),
        *([RecordPhotos(card)] if card.photos else []),
        _facts(app, card),
        *([_hazards(app, card)] if card.visit.hazards else []),
        *([Deletion(visit)] if may_delete else []),
    ]
    return details_view(RecordType.EDUCATION_VISIT, visit, texts.visit_details, parts, may_edit)


@part
def Deletion(visit: str) -> ft.Control:
    """删除, after being asked once more."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    asking, set_asking = ft.use_state(False)

    def let_be(_event: object = None) -> None:
        set_asking(False)

    async def delete() -> None:
        set_asking(False)
        await app.open.visits.delete(visit)
        say(texts.visit_deleted)
        page.navigate("/visits")

    answers: list[ft.Control] = [
        buttons.quiet_button(texts.cancel, let_be, key="delete-no"),
        buttons.quiet_button(texts.delete_it, handled(texts, delete), key="delete-yes", alarm=True),
    ]
    ft.use_dialog(
        ask.question(texts.visit_delete, texts.visit_delete_ask, answers, let_be) if asking else None
    )
    return buttons.quiet_button(texts.visit_delete, lambda _event: set_asking(True), key="delete", alarm=True)


def _as_open(app: AppContext, card: "VisitCard", may_edit: bool) -> OpenRecord:
    return OpenRecord(
        title=title_words(app.texts, card.row),
        model=EducationVisit,
        fields=VISIT_FORM.names(),
        address=visit_address(card.row.id),
        conflicts=card.conflicts,
        writers=card.writers,
        save=(lambda fields: app.open.visits.save(fields, [], card.row.id)) if may_edit else None,
    )


def _head(app: AppContext, card: "VisitCard") -> ft.Control:
    texts, row = app.texts, card.row
    return labels.card(
        [
            ft.Text(title_words(texts, row), size=22, weight=ft.FontWeight.W_700, key="name"),
            ft.Row(state_badges(texts, row.upload, row.conflicts), wrap=True, spacing=8),
        ]
    )


def _facts(app: AppContext, card: "VisitCard") -> ft.Control:
    """What was filled in, in the order of the form."""
    texts, values = app.texts, card.visit.model_dump(mode="json")
    fields = [field for field in VISIT_FORM.fields() if field.name not in _LISTED_APART]
    filled_in = [
        (field, value_words(app, EducationVisit, field.name, values[field.name])) for field in fields
    ]
    lines = [labels.fact(field.label.of(texts.language), words) for field, words in filled_in if words]
    return labels.card([labels.heading(texts.facts), *lines])


def _hazards(app: AppContext, card: "VisitCard") -> ft.Control:
    """The linked hazards; those on this phone can be opened."""
    texts, page = app.texts, ft.context.page

    def line(hazard: str) -> ft.Control:
        here, name = app.open.sending.titled(hazard), hazard_name(app, hazard)
        if here is None:
            return ft.Text(name, size=16)
        return buttons.tonal_button(
            name,
            ft.Icons.WATER_OUTLINED,
            partial(_go, page, address_of(here.type, here.id)),
            key=f"open-hazard-{hazard}",
        )

    return labels.card([labels.heading(texts.field("hazards")), *map(line, card.visit.hazards or ())])


def _go(page: ft.Page, route: str, _event: object = None) -> None:
    page.navigate(route)
