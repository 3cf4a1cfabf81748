"""Deleted records, for those who may bring them back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter

from shared import merge
from shared.merge import from_json
from shared.operations import RecordId
from sync_server.commands import decisions
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, Reviser, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import page, words_for
from sync_server.queries import deleted, people_lists
from sync_server.queries.deleted import Deleted

router = APIRouter(prefix="/deleted")
SHOWN = 50


@router.get("")
def deleted_page(
    request: Request,
    access: Reviser,
    engine: EngineDep,
    before: Annotated[int | None, Query(ge=0, lt=2**53)] = None,
) -> Response:
    """The latest deleted records, a page at a time."""
    words = words_for(request)
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        found = deleted.page(session, access, campaign, SHOWN + 1, before)
        people = people_lists.people_names(session)
        devices = people_lists.device_names(session, campaign)
    items = [
        {
            "type": words.record_types.get(one.kind, one.kind),
            "kind": one.kind,
            "id": one.row.id,
            "name": _name(one),
            "town": one.row.town_code,
            "person": people.get(one.author, one.author[:8]),
            "device": devices.get(one.device, one.device) or words.by_browser,
            "at": minute(one.at),
            "in_browser": devices.get(one.device) == "",
        }
        for one in found[:SHOWN]
    ]
    after = found[SHOWN - 1].row.updated_seq if len(found) > SHOWN else None
    said = words.brought_back if saved.what(request) == "restored" else ""
    return saved.once(request, page(request, "deleted.html", access, items=items, after=after, said=said))


@router.post("/{kind}/{record}")
def bring_back(
    request: Request,
    access: Reviser,
    engine: EngineDep,
    kind: Annotated[str, PathParameter(max_length=40)],
    record: Annotated[RecordId, PathParameter()],
) -> Response:
    """Restore one of them; doing so again changes nothing."""
    in_transaction(
        engine, lambda s: decisions.bring_back(s, access, campaign_of(s, request).id, kind, record)
    )
    return saved.go_to("/deleted", "restored")


def _name(one: Deleted) -> str:
    number, name = getattr(one.row, "ledger_no", None), getattr(one.row, "water_name", None)
    place = merge.shown(from_json(one.row.state)).get("place") if name is None else None
    return " · ".join(filter(None, (name or place, number))) or one.row.id
