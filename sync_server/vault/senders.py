"""Who may bring an envelope: what it says of its device and number is believed of that device alone.

Anybody with an enrolled phone can write a header that names another device. So an envelope is taken in from
the device that it names, or from one that followed it; and from anybody if the same bytes were taken in
before, as after a restore. What somebody else brings is refused. The school may still make a home visit of
it, of a phone that was handed on; but it takes no number, and the true envelope of that number is stored
whenever it comes.
"""

from collections.abc import Collection

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from shared import problems
from shared.home_visits.envelope import Header
from sync_server.database.tables import HomeVisitRow, SealedQuarantineRow

_VISIT = HomeVisitRow.metadata.tables["home_visit"].c


def is_own(header: Header, devices: Collection[str]) -> bool:
    """Whether one of the sender's devices sealed the envelope. `devices`: the sender's, and what it was."""
    return header.device in devices


def was_own(refused: SealedQuarantineRow) -> bool:
    """Whether a refused envelope came from the device that it names."""
    return refused.code != problems.device_mismatch.code


def in_its_place(session: Session, campaign: str, header: Header, *, own: bool) -> list[HomeVisitRow]:
    """The home visits that an envelope cannot stand beside: of the same record; and of the same number, if it
    takes one."""
    same = _VISIT.id == header.record
    if own:
        numbered = and_(_VISIT.proven, _VISIT.device == header.device, _VISIT.n == header.number)
        same = or_(same, numbered)
    return list(session.execute(select(HomeVisitRow).where(_VISIT.campaign == campaign, same)).scalars())
