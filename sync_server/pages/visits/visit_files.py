"""Visits of safety education to take away, as XLSX and CSV: the same query and masking as on the screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared.towns import town_name
from sync_server.access import audit
from sync_server.access.masking import mask_for
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, Exporter, LanesDep
from sync_server.exports import csv_table, visit_columns, workbook
from sync_server.exports.table import Table
from sync_server.exports.visit_columns import VisitLine
from sync_server.pages.export_answer import export
from sync_server.pages.visits.visits_page import VisitsAsked
from sync_server.queries import hazard_details, hazards, visits
from sync_server.queries.filters import NOWHERE
from sync_server.queries.visits import VisitFilter

router = APIRouter(prefix="/exports")


@dataclass(frozen=True, slots=True)
class VisitTask:
    """What one person takes away of a campaign's visits (None: the deployment's own)."""

    engine: Engine
    access: Access
    asked: VisitFilter
    campaign: str | None

    def note(self, name: str) -> tuple[str, Table]:
        """Write down that this leaves the house; its title, and the table it is made of."""

        def work(session: Session) -> Table:
            campaign = campaigns.requested(session, self.campaign)
            totals = visits.sums(session, self.access, campaign.id, self.asked, "town_code")
            audit.note(
                session,
                "export",
                person=self.access.person.id,
                subject=name,
                query=self.asked.query(),
                visits=sum(one.visits for one in totals.values()),
                masked=mask_for(self.access).on,
            )
            unit = town_name(self.asked.town) if self.asked.town not in (None, NOWHERE) else ""
            span = (self.asked.first, self.asked.last)
            return visit_columns.table(unit, span, self.access.person.name, today())

        table = in_transaction(self.engine, work)
        return table.title, table

    def entries(self) -> Iterator[VisitLine]:
        """Every visit of the filter, from one consistent reading; one batch in memory."""
        with reading(self.engine) as session:
            campaign = campaigns.requested(session, self.campaign).id
            for rows in visits.each(session, self.access, campaign, self.asked):
                records = {row.id: visits.record(row) for row in rows}
                photos = hazard_details.photos_of(session, self.access, campaign, list(records), "visit")
                linked = {hazard for visit in records.values() for hazard in visit.hazards or ()}
                numbers = {
                    one.id: one.ledger_no or ""
                    for one in hazards.several(session, self.access, campaign, sorted(linked))
                }
                for row in rows:
                    visit, mask = records[row.id], mask_for(self.access, row)
                    shown = visit.model_copy(update={"presenter": mask.name(visit.presenter) or None})
                    named = [numbers[hazard] for hazard in visit.hazards or () if hazard in numbers]
                    yield VisitLine(row.id, shown, "、".join(filter(None, named)), len(photos[row.id]))


def _task(request: Request, access: Exporter, engine: EngineDep, asked: VisitsAsked) -> VisitTask:
    return VisitTask(engine, access, asked, request.query_params.get("campaign"))


TaskDep = Annotated[VisitTask, Depends(_task)]


@router.get("/visits.xlsx")
async def visits_xlsx(task: TaskDep, lanes: LanesDep) -> Response:
    """The visits as a workbook, set for printing on A3."""

    def write(path: Path, table: Table) -> None:
        workbook.write(path, table, lanes.pushes.let_pass(task.entries()))

    name = "visits.xlsx"
    return await export(
        lanes, task.access.person.id, lambda: task.note(name), write, name, workbook.MEDIA_TYPE
    )


@router.get("/visits.csv")
async def visits_csv(task: TaskDep, lanes: LanesDep) -> Response:
    """The visits as CSV."""

    def write(path: Path, table: Table) -> None:
        with path.open("wb") as stream:
            stream.writelines(csv_table.lines(table, lanes.pushes.let_pass(task.entries())))

    name = "visits.csv"
    return await export(
        lanes, task.access.person.id, lambda: task.note(name), write, name, csv_table.MEDIA_TYPE
    )
