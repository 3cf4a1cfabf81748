"""Approval of follow-up plans: whether the school asks for it, and each plan approved or returned."""

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, PlanApprover, RefusalsDep, SettingsDep, campaign_of
from sync_server.pages import saved
from sync_server.pages.forms import Given, text_in
from sync_server.pages.home_visits import not_own
from sync_server.pages.home_visits.home_visit_page import Visit
from sync_server.vault import plans, visits

router = APIRouter()


@router.post("/home-visits/plans")
def ask_for_approval(access: PlanApprover, engine: EngineDep, given: Given) -> Response:
    """Let the school approve plans, or no longer."""
    school, on = text_in(given, "school"), text_in(given, "on") == "1"
    in_transaction(engine, lambda session: plans.ask_for_approval(session, access, school, on=on))
    return saved.go_to("/home-visits", "plans_set")


@router.post("/home-visits/{visit}/plan")
def decide(
    request: Request,
    access: PlanApprover,
    engine: EngineDep,
    settings: SettingsDep,
    refusals: RefusalsDep,
    visit: Visit,
    given: Given,
) -> Response:
    """Approve the plan of one home visit, or return it with a reason."""
    not_own.require_own(request, access, engine, refusals, visit)
    reason = text_in(given, "reason", visits.LONGEST_REASON)
    approved = text_in(given, "approved") == "1"

    def work(session: Session) -> None:
        campaign = campaign_of(session, request).id
        plans.decide(session, access, campaign, visit, settings.keys, reason, approved=approved)

    in_transaction(engine, work)
    return saved.go_to("/home-visits", "plan_decided")
