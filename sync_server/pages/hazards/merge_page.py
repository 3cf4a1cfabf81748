"""合并: both hazards side by side, before one of them is merged into the other."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared import geo, problems
from sync_server.access.masking import mask_for
from sync_server.access.policy import Access
from sync_server.commands import decisions
from sync_server.database.transactions import reading
from sync_server.deps import campaign_of
from sync_server.pages.hazards import hazard_sources
from sync_server.pages.hazards.hazard_sources import Sources
from sync_server.pages.hazards.hazard_view import View
from sync_server.pages.rendering import page, words_for
from sync_server.queries import hazards
from sync_server.texts.words import Texts


def hazard_numbered(session: Session, access: Access, campaign: str, number: str) -> str:
    """The id of the hazard with that 编号. Raises Problem hazard_unknown."""
    other = hazards.by_number(session, access, campaign, number)
    if other is None:
        raise problems.hazard_unknown(number=number)
    return other.id


def comparison(
    request: Request,
    access: Access,
    engine: Engine,
    hazard: str,
    given: Mapping[str, str],
    *,
    base: int,
    event: str,
) -> Response:
    """The page that shows both and asks once more; it writes nothing.

    `given`: the form's `merged_into` (a 编号) and `comment`; `base` and `event` go on with the answer. Raises
    Problem hazard_unknown, and those of `decisions.merging_refusal`.
    """
    words = words_for(request)
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        other = hazard_numbered(session, access, campaign, given["merged_into"])
        refusal = decisions.merging_refusal(session, access, campaign, hazard, other)
        if refusal:
            raise refusal
        both = [hazard_sources.gather(session, request, access, one)[0] for one in (hazard, other)]
    gone, stays = (View(words, mask_for(access, one.row), one).file() for one in both)
    return page(
        request,
        "merge.html",
        access,
        gone=gone,
        stays=stays,
        rows=_rows(gone, stays),
        apart=_apart(both, words),
        hidden={
            "step": "merge",
            "base": base,
            "event": event,
            "merged_into": given["merged_into"],
            "comment": given["comment"],
        },
    )


def _rows(gone: Mapping[str, Any], stays: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Field by field what each says, in the order of the facts, "" where one says nothing."""
    left, right = ({fact["name"]: fact["value"] for fact in one["facts"]} for one in (gone, stays))
    return [
        {"name": name, "gone": left.get(name, ""), "stays": right.get(name, "")} for name in {**left, **right}
    ]


def _apart(both: list[Sources], words: Texts) -> str:
    points = [(one.row.lat, one.row.lon) for one in both]
    if any(lat is None or lon is None for lat, lon in points):
        return ""
    return words.merge_apart.format(metres=f"{geo.metres(*points):.0f}")  # type: ignore[arg-type]
