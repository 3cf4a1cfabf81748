"""What a person can do with visits of safety education, and what there is to show of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from mobile_app.device import photos as photo_work
from mobile_app.service_part import ServicePart
from mobile_app.store.database import journal, meta
from mobile_app.store.log import saving, visit_recording
from mobile_app.store.queries import drafts, visits
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.store.queries.visits import DayOfHouseholds, Only, VisitCard, VisitRow
from shared.permissions import Action
from shared.records.models import EducationVisit
from shared.vocabulary import EducationVisitType

if TYPE_CHECKING:
    from mobile_app.device.photos import PreparedPhoto
    from shared.vocabulary import PhotoRole


class Visits(ServicePart):
    """The part of the services for visits."""

    async def save(
        self,
        fields: Mapping[str, Any],
        photos: "Sequence[tuple[PreparedPhoto, PhotoRole]]" = (),
        visit: str | None = None,
        draft: str = "",
    ) -> str:
        """Save a new visit, or what is new in `fields` of a known one; its id. Durable when it returns.

        `fields` are those of `models.EducationVisit`. The kept `draft` of a new one, if any, is dropped.
        Problems: required_missing {fields}, invalid, not_found, device_storage_full, sign_in_required,
        role_forbidden.
        """
        self._access.require([Action.EDIT_RECORDS])
        given = saving.json_ready(EducationVisit, fields)
        moment, attachments = self._moment(), photo_work.attachments(photos, given, self._offset_ms())

        def work(session: Session) -> tuple[str, bytes]:
            if visit is None:
                done = draft
                saved, operations = visit_recording.add(session, given, attachments, moment)
            else:
                saved, done = visit, drafts.editing(visit)
                operations = visit_recording.edit(session, visit, given, attachments, moment)
            if done:
                drafts.drop(session, done)
            return saved, journal.saved(operations, draft_done=done)

        saved = await self._database.save(work)
        self._sync_loop.saved()
        return saved

    async def delete(self, visit: str) -> None:
        """Delete a visit, on all phones and at the office, which can bring it back. Durable when it returns.

        Problems: not_found, role_forbidden.
        """
        self._access.require([Action.DELETE_RECORDS])
        moment = self._moment()

        def work(session: Session) -> tuple[None, bytes]:
            operations = visit_recording.delete(session, visit, moment)
            drafts.drop(session, drafts.editing(visit))
            return None, journal.saved(operations, draft_done=drafts.editing(visit))

        await self._database.save(work)
        self._sync_loop.saved()

    def listed(self, text: str = "", only: Only = None, *, limit: int = 200) -> list[VisitRow]:
        """Visits that say all words of `text`, the last changed first."""
        rows = self._database.read(lambda session: visits.listed(session, text, only, limit=limit))
        return [self._as_it_goes(row) for row in rows]

    def count(self, text: str = "", only: Only = None) -> int:
        """How many visits `listed(text, only)` has in all."""
        return self._database.read(lambda session: visits.count(session, text, only))

    def card(self, visit: str) -> VisitCard:
        """All about one visit. Problem: not_found."""
        card = self._database.read(lambda session: visits.card(session, visit))
        return replace(card, row=self._as_it_goes(card.row))

    def last(self, kind: EducationVisitType | None = None) -> dict[str, Any]:
        """The values of the visit that this person recorded last, {} where there is none."""
        who = self._database.read(meta.identity)
        return self._database.read(lambda session: visits.last(session, who.person, kind)) if who else {}

    def door_to_door(self, day: str) -> DayOfHouseholds:
        """What this person did from door to door on a day (ISO)."""
        who = self._database.read(meta.identity)
        person = who.person if who else ""
        return self._database.read(lambda session: visits.door_to_door(session, person, day))

    def _as_it_goes(self, row: VisitRow) -> VisitRow:
        going = self._state.photo_progress
        return replace(row, upload=UploadState.UPLOADING) if going and going.owner == row.id else row
