"""Who may take which step, of what the server checks in operations that phones bring."""

from collections import defaultdict

from sqlalchemy import select
from sqlmodel import Session

from shared import lifecycle, problems
from shared.lifecycle import TimelineEvent
from shared.merge import write_of
from shared.operations import Operation, RecordType
from shared.problems import Problem
from shared.vocabulary import EventType
from sync_server.access.policy import Access
from sync_server.database.tables import HazardEventRow
from sync_server.log import town_check
from sync_server.log.log_entry import LogEntry
from sync_server.log.projectors import hazard_event_rows

_EVENT = HazardEventRow.metadata.tables["hazard_event"]
_JUDGEMENTS = (EventType.ACCEPT, EventType.CLOSE)


def check_role(operation: Operation, access: Access) -> None:
    """Raise Problem role_forbidden where the author may do that nowhere."""
    if not access.can(town_check.action_of(operation)):
        step = {"step": operation.fields["event_type"]} if operation.type == RecordType.HAZARD_EVENT else {}
        raise problems.role_forbidden(**step, role=access.person.role.value)


class Acceptance:
    """Nobody accepts their own rectification: judged by the log and by what the same push says before."""

    def __init__(self, session: Session, campaign: str) -> None:
        self._session = session
        self._campaign = campaign
        self._earlier: dict[str, list[TimelineEvent]] = defaultdict(list)

    def refusal(self, entry: LogEntry) -> Problem | None:
        """Why an event cannot be taken, or None. To be asked in the order of the push."""
        operation, event = entry.operation, entry.record
        if event.event_type in _JUDGEMENTS:
            known = self._known(event.hazard) + self._earlier[event.hazard]
            if operation.author in lifecycle.fold(known).rectifiers:
                return problems.acceptor_is_rectifier(step=event.event_type.value)
        self._earlier[event.hazard].append(lifecycle.timeline_event(operation.record, write_of(operation)))
        return None

    def _known(self, hazard: str) -> list[TimelineEvent]:
        rows = self._session.execute(
            select(_EVENT).where(_EVENT.c.campaign == self._campaign, _EVENT.c.hazard == hazard)
        ).mappings()
        return [hazard_event_rows.timeline_event(dict(row)) for row in rows]
