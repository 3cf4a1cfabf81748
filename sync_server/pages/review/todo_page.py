"""待办: how much waits for a person, and where; each number opens its list."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from shared.permissions import Action
from shared.vocabulary import Status
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.database.timestamps import today
from sync_server.database.transactions import reading
from sync_server.deps import Decider, EngineDep, campaign_of
from sync_server.pages.rendering import ACCEPTANCE, page, words_for
from sync_server.queries import conflicts, hazards, quarantine, same_places
from sync_server.queries.filters import Filter
from sync_server.texts.review import review_texts

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work: its name in `ReviewTexts`, how much of it waits, and where its list is.

    `is_least`: there may be more.
    """

    name: str
    count: int
    href: str
    is_least: bool = False


@router.get("/review")
def todo_page(request: Request, access: Decider, engine: EngineDep) -> Response:
    """The work of those who decide, the most urgent first; what nobody waits for is left out."""
    words = review_texts(words_for(request).code)
    with reading(engine) as session:
        found = [one for one in _waiting(session, access, campaign_of(session, request)) if one.count]
    lines = [
        {
            "label": getattr(words, one.name),
            "hint": getattr(words, f"{one.name}_hint"),
            "count": words.at_least.format(count=one.count) if one.is_least else str(one.count),
            "href": one.href,
        }
        for one in found
    ]
    return page(request, "todo.html", access, w=words, lines=lines)


def _waiting(session: Session, access: Access, campaign: CampaignRow) -> Iterator[Waiting]:
    def of(asked: Filter, action: Action) -> int:
        return hazards.count(session, access, campaign.id, asked, today(), action)

    def listed(name: str, asked: Filter, action: Action) -> Waiting:
        return Waiting(name, of(asked, action), f"/ledger?{asked.query()}&sort=due")

    if access.can(Action.STEP_ACCEPT):
        waits = of(Filter(status=Status.PENDING_ACCEPTANCE), Action.STEP_ACCEPT)
        yield Waiting("to_accept", waits, ACCEPTANCE)
    yield listed("relapsed", Filter(status=Status.RELAPSED), Action.DECIDE)
    yield listed("overdue", Filter(overdue=True), Action.DECIDE)
    if access.can(Action.STEP_REGISTER):
        yield listed("to_register", Filter(status=Status.REPORTED), Action.STEP_REGISTER)
    yield listed("returned", Filter(status=Status.RETURNED), Action.DECIDE)
    alike = same_places.pairs(session, access, campaign.id, campaigns.profile_of(campaign))
    yield Waiting("same_place", len(alike), "/same-places", is_least=len(alike) >= hazards.PAGE)
    if access.can(Action.SETTLE_CONFLICTS):
        yield Waiting("conflicts", conflicts.count(session, access, campaign.id), "/conflicts")
    if access.can(Action.SETTLE_QUARANTINE):
        yield Waiting("quarantine", quarantine.count(session, access, campaign.id), "/quarantine")
