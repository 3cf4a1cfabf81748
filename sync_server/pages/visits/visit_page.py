"""One visit of safety education: what was said of it, its photos, and the hazards that it is about."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from shared.operations import RecordId
from shared.permissions import Action
from shared.records.models import EducationVisit
from sync_server.access.masking import mask_for
from sync_server.database import campaigns
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SignedIn, campaign_of
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import page, words_for
from sync_server.pages.values import value_words
from sync_server.queries import hazard_details, hazards, photo_files, visits

router = APIRouter()


@router.get("/visits/{visit}")
def visit_page(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    visit: Annotated[RecordId, PathParameter()],
) -> Response:
    """The page of a visit, of a deleted one too."""
    words = words_for(request)
    with reading(engine) as session:
        register = campaign_of(session, request)
        profile = campaigns.profile_of(register)
        row = visits.get(session, access, register.id, visit)
        record = visits.record(row)
        kept = hazard_details.photos_of(session, access, register.id, [visit], "visit")[visit]
        here = photo_files.here(session, register.id, [(visit, one.photo.sha256) for one in kept], "visit")
        linked = hazards.several(session, access, register.id, record.hazards or ())
    mask, say = mask_for(access, row), value_words(words)
    facts: list[dict[str, Any]] = []
    for name in EducationVisit.model_fields:
        value = getattr(record, name)
        said = say.read(name, mask.name(value) if name == "presenter" else value)
        if said and name != "hazards":
            facts.append({"name": profile.label(name, words.code), "value": said})
    return page(
        request,
        "visit.html",
        access,
        row=row,
        facts=facts,
        photos=[
            {
                "sha256": one.photo.sha256,
                "here": (visit, one.photo.sha256) in here,
                "taken": minute(one.photo.taken_at),
                "faces_unchecked": one.photo.faces_unchecked,
            }
            for one in kept
        ],
        hazards=[
            {"id": one.id, "name": one.water_name or profile.unnamed.of(words.code), "number": one.ledger_no}
            for one in linked
        ],
        hidden=len(record.hazards or ()) - len(linked),
        masked=mask.on,
        may_settle=bool(row.conflicts) and access.can(Action.SETTLE_CONFLICTS, row),
    )
