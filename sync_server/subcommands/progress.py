"""The command `anlan progress`: a year's count toward the target, and how it comes about."""

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

import typer

from sync_server.subcommands.options import VAR, Data, settings_of
from sync_server.texts import console

if TYPE_CHECKING:
    from sqlmodel import Session

    from sync_server.database.tables import CampaignRow
    from sync_server.queries.progress import Progress


def progress_of_year(
    data: Data = VAR,
    year: Annotated[int | None, typer.Option(min=2000, max=2100, help="the present one by default")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="count anew from the log, and list each hazard that counts")
    ] = False,
) -> None:
    """Show how many hazards count in a year; with --explain, exit code 1 if the log says otherwise."""
    from sync_server.access.policy import SYSTEM
    from sync_server.database import campaigns
    from sync_server.database.timestamps import this_year
    from sync_server.database.transactions import reading
    from sync_server.maintenance import setup
    from sync_server.queries import progress as queries

    with reading(setup.open_existing(settings_of(data))) as session:
        campaign = campaigns.requested(session, None)
        found = queries.of(session, SYSTEM, campaign, year or this_year())
        agrees = not explain or _explain(session, campaign, found)
        print(
            console.PROGRESS.text(
                year=found.year, counted=found.counted, relapsed=found.relapsed, net=found.net
            )
        )
        print(f"{found.definition.zh}\n{found.definition.en}")
    if not agrees:
        print(console.RECOUNT_DIFFERS.text())
        raise SystemExit(1)


def _explain(session: "Session", campaign: "CampaignRow", found: "Progress") -> bool:
    """Print each hazard that counts by the log, and the sums of towns; whether the pages count the same."""
    from shared.towns import town_name
    from sync_server.access.policy import SYSTEM
    from sync_server.log import recount
    from sync_server.queries import progress as queries

    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    rules = queries.rules_of(session, SYSTEM, campaign, found.year, None)
    print(console.RECOUNT_HEAD.text())
    for one in recount.of_year(session, campaign, rules):
        counted, relapsed = one.tally.done + one.tally.controlled, one.tally.relapsed
        mark = f"+{counted}" + (f" -{relapsed}" if relapsed else "")
        status = f"{one.status.zh} {one.status.en}"
        print(mark, one.number or one.id, town_name(one.town_code), one.day or "", status, sep="\t")
        sums[one.town_code or ""][0] += counted
        sums[one.town_code or ""][1] += relapsed
    for town, (counted, relapsed) in sorted(sums.items()):
        zh, en = (town_name(town, language) or "–" for language in ("zh", "en"))
        print(
            console.PROGRESS_OF_TOWN.text(
                zh=zh, en=en, counted=counted, relapsed=relapsed, net=counted - relapsed
            )
        )
    counted, relapsed = (sum(one[place] for one in sums.values()) for place in (0, 1))
    return (counted, relapsed) == (found.counted, found.relapsed)
