"""Operations that bring records to what a plan says, as an administrator's, under devices of their own."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from shared import clock, merge
from shared.operations import Kind, Operation, next_fingerprint
from shared.record_types import ATTACHMENT, RECORD_TYPES
from sync_server.access import devices
from sync_server.access.policy import Access
from sync_server.commands.undo_plan import Change, Presence
from sync_server.database import campaigns
from sync_server.database.timestamps import now_ms, text_of_ms
from sync_server.log import writer
from sync_server.log.canonical_json import canonical_json


class UndoWrites:
    """Operations that are appended together; those of different hands have not seen each other.

    `hands`: the devices that write, by number; more are made where a record needs them.
    """

    def __init__(
        self,
        session: Session,
        access: Access,
        campaign: str,
        end: campaigns.End,
        hands: Mapping[int, str],
    ) -> None:
        self._session, self._access, self._campaign = session, access, campaign
        self._before = self._reached = end
        self._received = now_ms()
        self.hands = dict(hands)
        self._numbers = defaultdict[str, int](
            int, {device: writer.last_n(session, campaign, device) for device in hands.values()}
        )
        self._made: list[Operation] = []

    def include(self, change: Change) -> None:
        """Make a record what it is to be.

        Values first; several ones by hands that have not seen each other. What deletes has seen all that is
        to be gone, but not what is to be disputed.
        """

        def add(kind: Kind, fields: dict[str, Any], **how: Any) -> None:
            self._add(change.record, change.type, kind, fields, **how)

        now, then = change.presence
        if RECORD_TYPES[change.type].operations == ATTACHMENT:
            if then is Presence.KEPT:
                add(Kind.ATTACH, {name: values[0] for name, (_, values) in change.registers.items()})
            else:
                add(Kind.DETACH, {})
            return
        contested = {name: values for name, values in change.contested.items() if name != merge.DELETED}
        wanted = {**{name: values for name, (_, values) in change.registers.items()}, **contested}
        if together := {name: values[0] for name, values in wanted.items()}:
            add(Kind.EDIT, together)
        for name, values in wanted.items():
            for hand, value in enumerate(values[1:], start=1):
                add(Kind.EDIT, {name: value}, hand=hand)
        if then is Presence.DELETED and (now is not then or wanted):
            add(Kind.DELETE, {}, having_seen_these=bool(wanted))
        elif then is Presence.KEPT and now is not then:
            add(Kind.RESTORE, {})
        elif then is Presence.DISPUTED and now is not then:
            if merge.DELETED in change.contested:
                add(Kind.RESTORE, {})
            add(Kind.DELETE, {}, hand=1)

    def append(self) -> int:
        """Put them on the log; how many they were."""
        row = campaigns.get(self._session, self._campaign)
        writer.append_operations(self._session, row, self._made, self._received)
        return len(self._made)

    def _add(
        self,
        record: str,
        type: str,
        kind: Kind,
        fields: dict[str, Any],
        *,
        hand: int = 0,
        having_seen_these: bool = False,
    ) -> None:
        """One more operation; with `having_seen_these` by somebody who saw those before it."""
        person = self._access.person.id
        if hand not in self.hands:
            self.hands[hand] = devices.of_undoing(self._session, self._campaign, person)
        device = self.hands[hand]
        self._numbers[device] += 1
        seen = self._reached if having_seen_these else self._before
        made = Operation(
            campaign=self._campaign,
            device=device,
            number=self._numbers[device],
            record=record,
            type=type,
            kind=kind,
            fields=fields,
            base=seen.seq,
            base_fingerprint=seen.fingerprint,
            hlc=clock.stamp(self._received, len(self._made) % 0x10000),
            made_at=text_of_ms(self._received),
            author=person,
        )
        self._made.append(made)
        fingerprint = next_fingerprint(self._reached.fingerprint, canonical_json(made))
        self._reached = campaigns.End(self._reached.seq + 1, fingerprint)
