"""疑似同一处: hazards that two phones may have reported each, for those who decide on them."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from shared.operations import RecordId
from shared.vocabulary import Status
from sync_server.commands import decisions
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import Decider, EngineDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.rendering import page, words_for
from sync_server.queries import same_places
from sync_server.queries.same_places import Pair
from sync_server.texts.same_places import SamePlaceTexts, same_place_texts
from sync_server.texts.words import Texts

router = APIRouter(prefix="/same-places")


@router.get("")
def same_places_page(request: Request, access: Decider, engine: EngineDep) -> Response:
    """The pairs, those of the latest hazards first."""
    words = words_for(request)
    texts = same_place_texts(words.code)
    with reading(engine) as session:
        register = campaign_of(session, request)
        found = same_places.pairs(session, access, register.id, campaigns.profile_of(register))
        seq = campaigns.end(session, register.id).seq
    return page(
        request,
        "same_places.html",
        access,
        s=texts,
        pairs=[_line(pair, words, texts) for pair in found],
        seq=seq,
        said=texts.told if saved.what(request) == "apart" else "",
    )


@router.post("/apart")
def tell_apart(
    request: Request,
    access: Decider,
    engine: EngineDep,
    hazard: Annotated[RecordId, Form()],
    other: Annotated[RecordId, Form()],
) -> Response:
    """Record 不是同一处; doing so again changes nothing."""
    in_transaction(
        engine, lambda s: decisions.tell_apart(s, access, campaign_of(s, request).id, hazard, other)
    )
    return saved.go_to("/same-places", "apart")


def _line(pair: Pair, words: Texts, texts: SamePlaceTexts) -> dict[str, Any]:
    why = pair.why
    reasons = [
        texts.metres.format(metres=round(why.metres)) if why.metres is not None else "",
        texts.near if why.near else "",
        texts.similar if why.similar else "",
    ]
    return {
        "new": _hazard(pair.new),
        "other": _hazard(pair.other),
        "why": words.list_separator.join(filter(None, reasons)),
        "event": str(uuid.uuid4()),
    }


def _hazard(row: HazardRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.water_name or row.ledger_no or row.id,
        "number": row.ledger_no or "",
        "town": row.town_code,
        "found_on": row.found_on or "",
        "status": Status(row.status),
    }
