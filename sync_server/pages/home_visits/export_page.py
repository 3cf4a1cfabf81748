"""Full exports of home visits: asked for, approved or refused by a second person, and taken for a day."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from sqlmodel import Session

from shared.home_visits.form import LABELS
from shared.home_visits.model import HomeVisit
from shared.operations import RecordId
from sync_server.access import schools
from sync_server.access.policy import Access
from sync_server.database.tables import HomeVisitExportRow, HomeVisitRow
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, HomeVisitReader, SettingsDep, campaign_of
from sync_server.exports import home_visit_book
from sync_server.exports.home_visit_book import BookWords
from sync_server.exports.workbook import MEDIA_TYPE
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, number_in, text_in
from sync_server.pages.rendering import words_for
from sync_server.pages.values import value_words
from sync_server.queries import people_lists
from sync_server.texts.home_visits import home_visit_texts
from sync_server.vault import full_export, visits

router = APIRouter()
Export = Annotated[RecordId, PathParameter()]


@router.post("/home-visits/exports")
def ask(request: Request, access: HomeVisitReader, engine: EngineDep, given: Given) -> Response:
    """Ask for a full export."""
    school, year = text_in(given, "school"), min(number_in(given, "year", 2000), 2100)
    reason = text_in(given, "reason", visits.LONGEST_REASON)

    def work(session: Session) -> str:
        return full_export.ask(session, access, campaign_of(session, request).id, school, year, reason)

    in_transaction(engine, work)
    return saved.go_to("/home-visits", "export_asked")


@router.post("/home-visits/exports/{export}/decide")
def decide(
    request: Request, access: HomeVisitReader, engine: EngineDep, export: Export, given: Given
) -> Response:
    """Approve a request of somebody else, or refuse it."""
    approved = text_in(given, "approved") == "1"

    def work(session: Session) -> None:
        full_export.decide(session, access, campaign_of(session, request).id, export, approved=approved)

    in_transaction(engine, work)
    return saved.go_to("/home-visits", "export_decided")


@router.get("/home-visits/exports/{export}")
def download(
    request: Request, access: HomeVisitReader, engine: EngineDep, settings: SettingsDep, export: Export
) -> Response:
    """The file, for who asked, once approved."""

    def work(
        session: Session,
    ) -> tuple[HomeVisitExportRow, list[tuple[HomeVisitRow, HomeVisit]], dict[str, str], dict[str, str]]:
        campaign = campaign_of(session, request).id
        row, found = full_export.download(session, access, campaign, export, settings.keys)
        session.flush()
        session.expunge_all()
        names = people_lists.people_names(session)
        return row, list(found), names, schools.school_names(session)

    row, found, names, school_names = in_transaction(engine, work)
    words = words_for(request)
    values, texts = value_words(words), home_visit_texts(words.code)
    mark = texts.export_mark.format(
        who=access.person.name,
        at=minute(now_text()),
        approved=names.get(row.decided_by or "", ""),
        reason=row.reason,
    )
    fields = [name for name in LABELS if name != "hazard"]
    said = [
        (one, content.model_copy(update={"school": school_names.get(content.school, content.school)}))
        for one, content in found
    ]
    lines = [
        [names.get(one.person, ""), *(values.read(name, getattr(content, name)) for name in fields)]
        for one, content in said
    ]
    headings = [texts.teacher, *(LABELS[name].of(words.code) for name in fields)]
    title = f"{texts.title} {school_names.get(row.school, row.school)}"
    book = BookWords(texts.title, texts.export_marked, texts.export_footer)
    file = home_visit_book.made(title, mark, headings, lines, book)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="home-visits.xlsx"',
    }
    return Response(file, media_type=MEDIA_TYPE, headers=headers)


def shown(
    access: Access, rows: list[HomeVisitExportRow], names: dict[str, str], school_names: dict[str, str]
) -> list[dict[str, Any]]:
    """The requests as the list of home visits shows them."""
    return [
        {
            "id": row.id,
            "school": school_names.get(row.school, row.school),
            "year": row.year[:4],
            "asked_by": names.get(row.asked_by, ""),
            "asked_at": minute(row.asked_at),
            "reason": row.reason,
            "own": row.asked_by == access.person.id,
            "approved": row.approved,
            "decided": row.decided_at is not None,
            "expires_at": minute(row.expires_at),
            "over": row.expires_at is not None and row.expires_at <= now_text(),
        }
        for row in rows
    ]
