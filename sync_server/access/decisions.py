"""What people decide in the browser is an operation like any other, written by the browser's own device."""

from typing import Any

from sqlmodel import Session

from shared import clock, records
from shared.operations import Kind, Operation, RecordType, Stamp
from sync_server.access import devices
from sync_server.access.people import Person
from sync_server.store import campaigns, log
from sync_server.store.moments import now_ms, text_of_ms


def write(
    session: Session,
    campaign: str,
    person: Person,
    record: str,
    kind: tuple[RecordType, Kind],
    fields: dict[str, Any],
    base: int,
) -> Stamp:
    """Put one decision on the log. `base`: the head of the log that the person's page was made from.

    Whether the step is open to the person is for the caller to ask (`lifecycle.why_not`). Raises the
    Problems of `records.check_fields`.
    """
    device = devices.browser_of(session, campaign, person.id)
    last = log.last_of(session, campaign, device)
    received = now_ms()
    operation = Operation(
        campaign=campaign,
        device=device,
        n=last.n + 1 if last else 1,
        record=record,
        type=kind[0],
        kind=kind[1],
        fields=fields,
        base=min(base, campaigns.head(session, campaign)),
        hlc=clock.tick(last.hlc if last else clock.ZERO, received),
        made_at=text_of_ms(received),
        author=person.id,
    )
    records.check_fields(operation)
    return log.append(session, campaigns.get(session, campaign), [operation], received)[0]
