"""The audit log to take away, as XLSX and CSV: the same filter as on the screen; that is noted, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import AuditReader, EngineDep, LanesDep
from sync_server.exports import audit_columns, csv_table, workbook
from sync_server.exports.audit_columns import AuditEntry
from sync_server.exports.table import Table
from sync_server.pages.audit.audit_line import line
from sync_server.pages.audit.audit_page import AuditAsked
from sync_server.pages.export_answer import export
from sync_server.queries import audit_log
from sync_server.queries.audit_log import AuditEnd, AuditFilter
from sync_server.texts.languages import texts

router = APIRouter(prefix="/exports")
_WORDS = texts("zh")


@dataclass(frozen=True, slots=True)
class AuditTask:
    """What one person takes away of the audit log."""

    engine: Engine
    access: Access
    asked: AuditFilter

    def note(self, name: str, most: int | None = None) -> tuple[str, tuple[Table, AuditEnd]]:
        """Note that this leaves the house; its title, the table it is made of, and up to which row.

        Raises Problem export_too_long where there are more than `most` rows.
        """

        def work(session: Session) -> tuple[Table, AuditEnd]:
            end = audit_log.end(session, self.access)
            rows = audit_log.count(session, self.access, self.asked, end)
            if most is not None and rows > most:
                raise problems.export_too_long(rows=rows, limit=most)
            person = self.access.person
            audit.note(session, "export", person=person.id, subject=name, query=self.asked.query(), rows=rows)
            span = (self.asked.first, self.asked.last)
            return audit_columns.table(str(end), span, person.name, today()), end

        prepared = in_transaction(self.engine, work)
        return prepared[0].title, prepared

    def entries(self, until: AuditEnd) -> Iterator[AuditEntry]:
        """Every row of the filter, from one consistent reading; one batch in memory."""
        with reading(self.engine) as session:
            for rows in audit_log.each(session, self.access, self.asked, until):
                known = audit_log.known(session, self.access, rows)
                for row in rows:
                    one = line(row, known, _WORDS)
                    details = "；".join(f"{heading}：{value}" for heading, value in one.details)
                    subject = " ".join(filter(None, (one.subject, one.subject_id)))
                    yield AuditEntry(
                        one.number, one.at, one.who, one.action, subject, one.device, details, one.hash
                    )


def _task(access: AuditReader, engine: EngineDep, asked: AuditAsked) -> AuditTask:
    return AuditTask(engine, access, asked)


TaskDep = Annotated[AuditTask, Depends(_task)]


@router.get("/audit.xlsx")
async def audit_xlsx(task: TaskDep, lanes: LanesDep) -> Response:
    """The audit log as a workbook, set for printing on A3."""

    def write(path: Path, prepared: tuple[Table, AuditEnd]) -> None:
        table, end = prepared
        workbook.write(path, table, lanes.pushes.let_pass(task.entries(end)))

    name = "audit.xlsx"
    return await export(
        lanes,
        task.access.person.id,
        lambda: task.note(name, workbook.MOST_ROWS),
        write,
        name,
        workbook.MEDIA_TYPE,
    )


@router.get("/audit.csv")
async def audit_csv(task: TaskDep, lanes: LanesDep) -> Response:
    """The audit log as CSV."""

    def write(path: Path, prepared: tuple[Table, AuditEnd]) -> None:
        table, end = prepared
        with path.open("wb") as stream:
            stream.writelines(csv_table.lines(table, lanes.pushes.let_pass(task.entries(end))))

    name = "audit.csv"
    return await export(
        lanes, task.access.person.id, lambda: task.note(name), write, name, csv_table.MEDIA_TYPE
    )
