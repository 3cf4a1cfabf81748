"""One hazard: facts, photos, kit, what happened, how far it has been uploaded, and what to do next."""

from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.formatting import (
    due_word,
    number_word,
    overdue,
    position_lines,
    step_word,
    upload_word,
)
from mobile_app.screens.hazards.came_back import came_back
from mobile_app.screens.hazards.conflicts import conflict_cards
from mobile_app.screens.hazards.hazard_history import history
from mobile_app.screens.hazards.risk_card import RiskCard
from mobile_app.screens.hooks import use_part
from mobile_app.screens.map.directions import way_to
from mobile_app.screens.records import draft_card
from mobile_app.screens.records.details_view import details_view
from mobile_app.screens.records.gone import Gone
from mobile_app.screens.records.notices import notices
from mobile_app.screens.records.photo_tiles import RecordPhotos
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.queries.access import PhoneAccess
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared.forms.value_words import ValueWords
from shared.hazards.kit import state_wording
from shared.lifecycle import OPEN, next_steps
from shared.operations import RecordType
from shared.permissions import Action, step_action
from shared.vocabulary import EventType, KitState, Status

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardCard

STEPS = (
    EventType.REPORT,
    EventType.REGISTER,
    EventType.REJECT,
    EventType.ASSIGN,
    EventType.RECTIFY,
    EventType.RELAPSE,
    EventType.RECHECK,
    EventType.PATROL,
    EventType.CONTROL,
    EventType.RETURN,
    EventType.TRANSFER,
    EventType.EXTEND,
    EventType.NOTE,
)
"""What one may do on the phone, the most wanted first. What rests on photos that the server has verified, and
what ends a hazard, is for the office."""

_ICONS = {
    EventType.REPORT: ft.Icons.SEND_OUTLINED,
    EventType.RECTIFY: ft.Icons.BUILD_OUTLINED,
    EventType.PATROL: ft.Icons.DIRECTIONS_WALK,
    EventType.RECHECK: ft.Icons.FACT_CHECK_OUTLINED,
    EventType.RELAPSE: ft.Icons.REPLAY,
    EventType.NOTE: ft.Icons.EDIT_NOTE,
    EventType.REGISTER: ft.Icons.APP_REGISTRATION,
    EventType.REJECT: ft.Icons.THUMB_DOWN_OUTLINED,
    EventType.ASSIGN: ft.Icons.ASSIGNMENT_IND_OUTLINED,
    EventType.TRANSFER: ft.Icons.FORWARD,
    EventType.EXTEND: ft.Icons.MORE_TIME,
    EventType.RETURN: ft.Icons.UNDO,
    EventType.CONTROL: ft.Icons.SHIELD_OUTLINED,
}
_KIT_COLOURS = {KitState.GOOD: "uploaded", KitState.DAMAGED: "waiting", KitState.MISSING: "failed"}


@screen
def HazardDetails() -> ft.Control:
    """Redrawn whenever hazards changed here."""
    path, app = ft.use_view_path(), use_app()
    hazard = ft.use_route_params()["hazard"]
    changed = use_part(app.open.sync, records_changed)
    card = ft.use_memo(lambda: app.find_hazard(hazard), [hazard, changed])
    access, texts = use_access(), app.texts
    if card is None:
        return Gone(path, hazard, RecordType.HAZARD)
    may_edit = access.may(Action.EDIT_RECORDS, card.row.town_code)
    parts = [
        _head(app, card),
        *came_back(texts, card),
        *notices(texts, card.quarantined),
        *conflict_cards(app, card, may_edit),
        *draft_card.cards(app, about=hazard),
        *_next(app, card, access),
        *([RecordPhotos(card)] if card.photos else []),
        _facts(app, card),
        _kit(app, card),
        RiskCard(card.hazard),
        history(app, card),
    ]
    return details_view(RecordType.HAZARD, hazard, texts.details, parts, may_edit)


def _head(app: AppContext, card: "HazardCard") -> ft.Control:
    texts, row = app.texts, card.row
    today = app.today
    due = due_word(texts, row, today)
    return labels.card(
        [
            ft.Text(row.title or texts.unnamed, size=22, weight=ft.FontWeight.W_700, key="name"),
            labels.quiet(
                number_word(row)
                if row.number
                else f"{texts.temporary_prefix}{row.temporary} · {texts.temporary_number}",
                key="number",
            ),
            ft.Row(
                [
                    labels.badge(texts.of(row.status), theme.status_colours(row.status.value)),
                    labels.badge(upload_word(texts, row.upload), theme.upload_colours(row.upload.value)),
                ],
                wrap=True,
                spacing=8,
            ),
            *([ft.Text(due, size=16, color=theme.BAD if overdue(row, today) else theme.INK)] if due else []),
            *way_to(texts, row),
        ]
    )


def _next(app: AppContext, card: "HazardCard", access: PhoneAccess) -> list[ft.Control]:
    """Buttons for the steps that are open to this person now, if any."""
    texts, page, who = app.texts, ft.context.page, app.open.identity
    forms = app.profile.step_forms
    allowed = [step for step in STEPS if step in forms and access.may(step_action(step), card.row.town_code)]
    steps = next_steps(card.history, who.person, allowed) if who else []
    if card.row.status is not Status.RETURNED:
        steps = [step for step in steps if step is not EventType.REPORT]  # every hazard was reported once

    def button(step: EventType, first: bool) -> ft.Control:
        make = buttons.main_button if first else buttons.tonal_button
        return make(
            step_word(texts, step),
            _ICONS[step],
            lambda _event: page.navigate(f"/hazards/{card.row.id}/{step.value}"),
            key=f"step-{step.value}",
        )

    leading = card.row.status in OPEN - {Status.PENDING_ACCEPTANCE}
    shown = [button(step, leading and index == 0) for index, step in enumerate(steps)]
    accepts = access.may(step_action(EventType.ACCEPT), card.row.town_code)
    if accepts and card.row.status is Status.PENDING_ACCEPTANCE:
        shown.append(labels.quiet(texts.accept_in_office, key="accept-in-office"))
    return [labels.card([labels.heading(texts.steps), *shown])] if shown else []


def _facts(app: AppContext, card: "HazardCard") -> ft.Control:
    texts, hazard, profile = app.texts, card.hazard, app.profile
    kind = getattr(hazard, profile.type_field)
    none = texts.not_given
    position = hazard.position
    where = position_lines(texts, position) if position else none
    return labels.card(
        [
            labels.heading(texts.facts),
            labels.fact(texts.field("town_code"), texts.town(hazard.town_code) or none),
            labels.fact(profile.label(profile.type_field, texts.language), texts.of(kind) if kind else none),
            *_text(texts, hazard, "address"),
            labels.fact(texts.field("position"), where),
            *_text(texts, hazard, "description"),
            labels.fact(texts.field("due_date"), card.row.due_date or none),
            labels.fact(texts.field("found_on"), hazard.found_on.isoformat() if hazard.found_on else none),
            *_others(app, hazard),
        ]
    )


def _others(app: AppContext, hazard: Any) -> list[ft.Control]:
    """What is filled in of the form's folded sections."""
    sections = app.profile.hazard_form.with_kit(app.kit).sections
    folded = [field for section in sections if section.folded for field in section.fields]
    words = ValueWords(app.texts.language, lambda position: position_lines(app.texts, position))
    values = [(field, getattr(hazard, field.name)) for field in folded]
    return [
        labels.fact(field.label.of(app.texts.language), words.read(field.name, value))
        for field, value in values
        if value is not None
    ]


def _text(texts: Texts, hazard: Any, field: str) -> list[ft.Control]:
    """A text that not every programme asks for."""
    if field not in type(hazard).model_fields:
        return []
    return [labels.fact(texts.field(field), getattr(hazard, field) or texts.not_given)]


def _kit(app: AppContext, card: "HazardCard") -> ft.Control:
    texts = app.texts

    def line(name: str, word: str) -> ft.Control:
        field = f"kit_{name}"
        check = getattr(card.hazard, field, None)
        return ft.Row(
            [
                ft.Text(word, size=16),
                labels.badge(
                    state_wording(field, check.state).of(texts.language),
                    theme.upload_colours(_KIT_COLOURS.get(check.state, "")),
                )
                if check
                else labels.quiet(texts.not_given),
            ],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            wrap=True,
        )

    title = app.profile.kit_title.of(texts.language)
    return labels.card([labels.heading(title), *(line(item.value, texts.of(item)) for item in app.kit)])
