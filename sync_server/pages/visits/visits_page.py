"""The visits of safety education: filter, sums, page by page, and the way to the exports."""

from collections import defaultdict
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from shared.permissions import Action
from shared.towns import town_name
from shared.vocabulary import EducationVisitType
from sync_server.access.masking import mask_for
from sync_server.access.policy import Access
from sync_server.database.tables import EducationVisitRow
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SignedIn, campaign_of
from sync_server.pages.rendering import page, words_for
from sync_server.queries import visits
from sync_server.queries.visits import Sums, VisitFilter
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

router = APIRouter()

By = Literal["town", "place", "kind", "week"]
_COLUMNS: dict[By, str] = {"town": "town_code", "place": "place", "kind": "visit_type", "week": "date"}
MOST_LINES = 100
"""Lines of a table of sums; those of the most visits where there are more."""


def _asked(request: Request) -> VisitFilter:
    return visits.parse(request.query_params)


VisitsAsked = Annotated[VisitFilter, Depends(_asked)]


@router.get("/visits")
def visits_page(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    asked: VisitsAsked,
    by: By | None = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """What a filter means in numbers, and one page of its visits."""
    words, opened, by = words_for(request), by is not None, by or "town"
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        found = visits.sums(session, access, campaign, asked, _COLUMNS[by])
        rows, more = visits.page(session, access, campaign, asked, after or None)
        lines = [_line(row, access, words) for row in rows]
    named = _named(found, by, words)
    return page(
        request,
        "visits.html",
        access,
        asked=asked,
        kinds=list(EducationVisitType),
        total=sum(found.values(), Sums()),
        sums=named[:MOST_LINES],
        left_out=max(0, len(named) - MOST_LINES),
        by=by,
        opened=opened,
        ways=[(way, said, _address(asked, by=way)) for way, said in _ways(words)],
        rows=lines,
        next=_address(asked, **({"by": by} if opened else {}), after=more) if more else None,
        may_export=access.can(Action.EXPORT),
        masked=mask_for(access).on,
    )


def _ways(words: Texts) -> list[tuple[By, str]]:
    return [
        ("town", words.town),
        ("kind", words.visit_kind),
        ("place", words.visit_place),
        ("week", words.week),
    ]


def _named(found: dict[str, Sums], by: By, words: Texts) -> list[tuple[str, Sums]]:
    """The lines of the table of sums: weeks the latest first, everything else by its number of visits."""
    if by == "week":
        weeks: defaultdict[str, Sums] = defaultdict(Sums)
        for day, one in found.items():
            weeks[_week(day)] += one
        return [(week or words.no_date, weeks[week]) for week in sorted(weeks, reverse=True)]
    kinds = {kind.value: label(kind, words) for kind in EducationVisitType}

    def name(key: str) -> str:
        if by == "town":
            return town_name(key, words.code) if key else words.no_town
        return (kinds.get(key, key) if by == "kind" else key) or words.not_said

    lines = sorted(found.items(), key=lambda item: (-item[1].visits, item[0]))
    return [(name(key), one) for key, one in lines]


def _week(day: str) -> str:
    """The first and last day of the week of an ISO day, "" for none."""
    if not day:
        return ""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{date.fromisocalendar(year, week, 1)} – {date.fromisocalendar(year, week, 7)}"


def _line(row: EducationVisitRow, access: Access, words: Texts) -> dict[str, Any]:
    visit = visits.record(row)
    return {
        "id": row.id,
        "title": row.place or words.not_said,
        "kind": label(visit.visit_type, words) if visit.visit_type else words.not_said,
        "date": row.date or words.no_date,
        "town": town_name(row.town_code, words.code) if row.town_code else words.no_town,
        "presenter": mask_for(access, row).name(visit.presenter),
        "headcount": visit.headcount,
        "households": visit.households,
        "leaflets": visit.leaflets,
        "letters": visit.letters_issued,
        "receipts": visit.receipts_returned,
        "conflicts": row.conflicts,
    }


def _address(asked: VisitFilter, **more: str) -> str:
    return f"/visits?{'&'.join(filter(None, (asked.query(), urlencode(more))))}"
