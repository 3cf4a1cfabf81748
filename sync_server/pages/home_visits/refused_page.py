"""Settling refused home visits: accepted as visits of the school, or discarded with a reason."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from sqlmodel import Session

from shared.records.values import Sha256
from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, HomeVisitReader, campaign_of
from sync_server.pages import saved
from sync_server.pages.forms import Given, text_in
from sync_server.vault import quarantine, visits

router = APIRouter()
Envelope = Annotated[Sha256, PathParameter()]


@router.post("/home-visits/refused/{envelope}/accept")
def accept(request: Request, access: HomeVisitReader, engine: EngineDep, envelope: Envelope) -> Response:
    """Make it a home visit of the school."""

    def work(session: Session) -> str:
        return quarantine.accept(session, access, campaign_of(session, request).id, envelope)

    return saved.go_to(f"/home-visits/{in_transaction(engine, work)}", "accepted")


@router.post("/home-visits/refused/{envelope}/discard")
def discard(
    request: Request, access: HomeVisitReader, engine: EngineDep, envelope: Envelope, given: Given
) -> Response:
    """Settle that it is none."""
    reason = text_in(given, "reason", visits.LONGEST_REASON)

    def work(session: Session) -> None:
        quarantine.discard(session, access, campaign_of(session, request).id, envelope, reason)

    in_transaction(engine, work)
    return saved.go_to("/home-visits", "discarded")
