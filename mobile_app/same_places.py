"""Hazards that may be the one somebody is about to save, and 同一处: adding to one of them instead."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from mobile_app.device import photos as photo_work
from mobile_app.service_part import ServicePart
from mobile_app.store.database import journal, meta
from mobile_app.store.log import joining, saving
from mobile_app.store.queries import drafts, same_place
from mobile_app.store.queries.same_place import SamePlace
from shared.operations import RecordType
from shared.permissions import Action

if TYPE_CHECKING:
    from mobile_app.device.photos import PreparedPhoto
    from shared.vocabulary import PhotoRole


class SamePlaces(ServicePart):
    """The part of the services for hazards that may be the same."""

    def candidates(self, fields: Mapping[str, Any], distinct_from: Collection[str] = ()) -> list[SamePlace]:
        """The hazards here that may be the new one with these `fields`, the likeliest first, without those of
        `distinct_from` and those on which the person may record no 巡查."""
        found = self._database.read(lambda session: same_place.candidates(session, fields, distinct_from))
        return [one for one in found if self._access.may(Action.STEP_PATROL, one.row.town_code)]

    async def join(
        self,
        hazard: str,
        fields: Mapping[str, Any],
        said: Mapping[str, str],
        photos: "Sequence[tuple[PreparedPhoto, PhotoRole]]",
        draft: str = "",
        visit_draft: str = "",
    ) -> None:
        """Add what was entered as a new hazard to `hazard` (`joining.join`). Durable when it returns.

        The kept `draft`, if any, is dropped; the hazard is linked in `visit_draft`, as `save_hazard` does.
        Problems: hazard_unknown, invalid, device_storage_full, sign_in_required, role_forbidden.
        """
        self._access.require([Action.EDIT_RECORDS])
        model = self._database.read(meta.profile).model(RecordType.HAZARD)
        given = saving.json_ready(model, fields)
        moment, attachments = self._moment(), photo_work.attachments(photos, given, self._offset_ms())

        def work(session: Session) -> tuple[None, bytes]:
            saved = joining.join(session, hazard, given, said, attachments, moment)
            if draft:
                drafts.drop(session, draft)
            linked = drafts.link(session, visit_draft, hazard) if visit_draft else None
            return None, journal.saved(saved, draft_done=draft, draft_kept=(visit_draft, linked))

        await self._database.save(work)
        self._sync_loop.saved()
