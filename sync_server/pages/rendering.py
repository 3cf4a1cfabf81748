"""Renders pages: templates, the reader's language, and what every page shows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from shared.permissions import Action
from shared.plural import plural
from shared.problems import Problem
from shared.towns import TOWNS, town_name
from shared.vocabulary import RiskLevel, Status, Term
from sync_server.access.policy import Access
from sync_server.database.timestamps import today
from sync_server.database.transactions import reading
from sync_server.deps import campaign_of
from sync_server.http.compression import page_answer
from sync_server.http.static_files import static
from sync_server.pages import saved
from sync_server.queries import conflicts, hazards
from sync_server.queries.filters import Filter
from sync_server.settings import Settings
from sync_server.texts.home_visits import home_visit_texts
from sync_server.texts.languages import label, texts
from sync_server.texts.numbers.progress import progress_texts
from sync_server.texts.review import review_texts
from sync_server.texts.same_places import same_place_texts
from sync_server.texts.words import Texts

HOME = Path(__file__).parents[1]
ACCEPTANCE = f"/ledger?status={Status.PENDING_ACCEPTANCE.value}&sort=due"
"""The list of what waits for acceptance, the most urgent first."""
LANGUAGE_COOKIE = "anlan_language"

TEMPLATES = Environment(
    loader=FileSystemLoader(HOME / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; `count` is shown beside it."""

    href: str
    label: str
    here: bool
    count: int


def words_for(request: Request) -> Texts:
    """The texts in the language that the person chose; Chinese by default."""
    return texts(request.cookies.get(LANGUAGE_COOKIE))


def local_path(path: str | None) -> str:
    """The path, if it is on this site; else "/"."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return "/"
    return path if path.isprintable() else "/"


def origin(request: Request, settings: Settings) -> str:
    """The server's public base URL, without a slash at its end."""
    return settings.origin(str(request.base_url))


def page(
    request: Request, template: str, access: Access | None, *, status: int = 200, **content: Any
) -> Response:
    """The page that a template makes of `content`, for somebody who is signed in or for nobody."""
    words = words_for(request)

    def said(term: Term) -> str:
        return label(term, words)

    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    text = TEMPLATES.get_template(template).render(
        t=words,
        label=said,
        counted=plural,
        static=static,
        town_name=town_name,
        all_towns=TOWNS,
        statuses=list(Status),
        risk_levels=list(RiskLevel),
        person=access.person if access else None,
        places=_places(request, access, words),
        here=here if request.method == "GET" else "/",
        **content,
    )
    headers = {"Cache-Control": "no-store", "Vary": "Cookie"}
    body = text.encode(errors="replace")  # what was refused is shown, lone surrogates too
    return saved.once(request, page_answer(request, body, "text/html; charset=utf-8", headers, status))


def _places(request: Request, access: Access | None, words: Texts) -> list[Place]:
    path, counts = request.url.path, {}
    sees_hazards = access is not None and access.can(Action.SEE_HAZARDS)
    found = [("/review", review_texts(words.code).title)] if access and access.can(Action.DECIDE) else []
    if sees_hazards:
        found += [("/", words.map), ("/ledger", words.ledger), ("/visits", words.visits)]
        found.append(("/progress", progress_texts(words.code).title))
    if access and access.can(Action.STEP_ACCEPT):
        found.append((ACCEPTANCE, label(Status.PENDING_ACCEPTANCE, words)))
        counts[ACCEPTANCE] = _counted(request, access, _for_acceptance)
    if access and (access.can(Action.SEE_HOME_VISITS) or access.can(Action.COUNT_HOME_VISITS)):
        found.append(("/home-visits", home_visit_texts(words.code).title))
    if sees_hazards:
        found.append(("/conflicts", words.conflicts))
    if access and access.can(Action.SETTLE_CONFLICTS):
        counts["/conflicts"] = _counted(request, access, conflicts.count)
    offered = (
        ("/same-places", same_place_texts(words.code).title, Action.DECIDE),
        ("/deleted", words.deleted_records, Action.CHANGE_OTHERS),
        ("/people", words.people, Action.MANAGE_PEOPLE),
        ("/devices", words.devices, Action.MANAGE_DEVICES),
        ("/quarantine", words.quarantine, Action.SETTLE_QUARANTINE),
        ("/audit", words.audit, Action.READ_AUDIT),
    )
    found += [(href, text) for href, text, action in offered if access and access.can(action)]
    here = f"/{path.split('/')[1]}"
    here = {"/hazards": "/ledger", "/schools": "/people"}.get(here, here)
    if here == "/ledger" and request.query_params.get("status") == Status.PENDING_ACCEPTANCE.value:
        here = ACCEPTANCE if ACCEPTANCE in counts else here
    return [Place(href, text, here == href, counts.get(href, 0)) for href, text in found]


def _for_acceptance(session: Session, access: Access, campaign: str) -> int:
    """How many hazards wait for acceptance in the towns where this person accepts."""
    asked = Filter(status=Status.PENDING_ACCEPTANCE)
    return hazards.count(session, access, campaign, asked, today(), Action.STEP_ACCEPT)


def _counted(request: Request, access: Access, count: Callable[[Session, Access, str], int]) -> int:
    """How many records wait for this person; 0 without a campaign."""
    with reading(request.app.state.engine) as session:
        try:
            campaign = campaign_of(session, request).id
        except Problem:  # the page that says so is still to be made
            return 0
        return count(session, access, campaign)
