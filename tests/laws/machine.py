"""The laws as a Hypothesis state machine over the real phone and the real server."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mobile_app.store.database import meta
from mobile_app.store.log import recording, snapshot
from mobile_app.store.log.saving import Change
from shared import merge
from shared.operations import Kind, RecordType
from shared.vocabulary import EventType, Role
from tests.laws import laws
from tests.laws.handset import Handset
from tests.laws.network import Fault
from tests.laws.world import DAY_MS, TOWNS, Prepared, World

MAX_PHONES = 4

phones = st.integers(0, MAX_PHONES - 1)
picks = st.integers(0, 7)
pictures = st.lists(st.integers(0, 3), max_size=2)
kills = st.one_of(st.just(0), st.integers(1, 6))
faults = st.lists(st.sampled_from(Fault), max_size=8)
some_fields = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["深", "浅", "满"]),
        "depth_m": st.integers(0, 3),
        "town_code": st.sampled_from(TOWNS),
        "position": st.builds(lambda lat: {"lat": lat, "lon": 113.7}, st.sampled_from([23.01, 23.02])),
    },
).filter(bool)
steps = st.sampled_from([EventType.PATROL, EventType.NOTE, EventType.RECTIFY])


class Machine(RuleBasedStateMachine):
    """Three or more phones with wrong clocks, a bad network, and a server that may be restored."""

    prepared: Prepared
    world: World | None = None

    @initialize(skews=st.lists(st.integers(-5 * DAY_MS, 5 * DAY_MS), min_size=3, max_size=3))
    def begin(self, skews: list[int]) -> None:
        self.world = World(self.prepared, skews)
        self.exact = self.alone = True  # alone: no phone was copied or revoked

    def phone(self, number: int) -> Handset:
        """One of the phones."""
        assert self.world
        self.world.figures["steps"] += 1
        return self.world.phones[number % len(self.world.phones)]

    def record(self, phone: Handset, kind: str, pick: int) -> str | None:
        """One of the phone's records of a kind, if it has any."""
        found = phone.rows("SELECT id FROM record WHERE type = ? ORDER BY id", kind)
        return found[pick % len(found)][0] if found else None

    @rule(i=phones, fields=some_fields, photos=pictures, kill=kills)
    def report(self, i: int, fields: dict[str, Any], photos: list[int], kill: int) -> None:
        assert self.world
        phone, moment = self.phone(i), self.phone(i).moment()
        given = {"water_name": "石井塘", "water_type": "pond", "town_code": TOWNS[0], **fields}
        attached = phone.photographed(photos)
        self.world.save(
            phone, lambda session: recording.add_hazard(session, given, attached, moment), kill=kill
        )
        laws.of_a_phone(self.world, phone)

    @rule(i=phones, pick=picks, fields=some_fields, photos=pictures, kill=kills)
    def edit(self, i: int, pick: int, fields: dict[str, Any], photos: list[int], kill: int) -> None:
        assert self.world
        phone, moment = self.phone(i), self.phone(i).moment()
        hazard, attached = self.record(phone, RecordType.HAZARD, pick), phone.photographed(photos)
        if hazard:
            self.world.save(
                phone, lambda s: recording.edit_hazard(s, hazard, fields, attached, moment), kill=kill
            )

    @rule(i=phones, pick=picks, fields=some_fields, faults=faults)
    def edit_and_sync(self, i: int, pick: int, fields: dict[str, Any], faults: list[Fault]) -> None:
        self.edit(i, pick, fields, [], 0)
        self.sync(i, faults, 0, 0)

    @rule(i=phones, pick=picks, kind=st.sampled_from([Kind.DELETE, Kind.RESTORE]))
    def delete_or_restore(self, i: int, pick: int, kind: Kind) -> None:
        assert self.world
        phone = self.phone(i)
        hazard = self.record(phone, RecordType.HAZARD, pick)
        if hazard:
            seen = phone.state(hazard).live
            [made] = self.world.change(phone, Change(RecordType.HAZARD, kind, hazard, {}))
            if all(write.seq is None or write.seq <= made.base for write in seen):
                assert merge.deleted(phone.state(hazard)) == (kind is Kind.DELETE)

    @rule(i=phones, pick=picks, step=steps, photos=pictures)
    def happen(self, i: int, pick: int, step: EventType, photos: list[int]) -> None:
        assert self.world
        phone, moment = self.phone(i), self.phone(i).moment()
        hazard, attached = self.record(phone, RecordType.HAZARD, pick), phone.photographed(photos)
        if hazard:
            self.world.save(
                phone, lambda session: recording.add_events(session, hazard, [step], {}, attached, moment)
            )

    @rule(i=phones, pick=picks)
    def detach(self, i: int, pick: int) -> None:
        assert self.world
        photo = self.record(self.phone(i), RecordType.PHOTO, pick)
        if photo:
            self.world.change(self.phone(i), Change(RecordType.PHOTO, Kind.DETACH, photo, {}))

    @rule(i=phones, pick=picks)
    def overstep(self, i: int, pick: int) -> None:
        """Something the server refuses: an inspector closes a hazard."""
        assert self.world
        phone = self.phone(i)
        who = phone.database.read(meta.identity)
        hazard, moment = self.record(phone, RecordType.HAZARD, pick), phone.moment()
        if hazard and who and who.role is Role.INSPECTOR:
            said = {"hazard": hazard, "event_type": "close", "at": moment.made_at}
            self.world.change(phone, Change(RecordType.HAZARD_EVENT, Kind.APPEND, moment.new_id(), said))

    @rule(i=phones, faults=faults, kill=st.one_of(st.just(0), st.integers(1, 40)), ms=st.integers(0, DAY_MS))
    def sync(self, i: int, faults: list[Fault], kill: int, ms: int) -> None:
        assert self.world
        self.world.t += ms
        self.world.sync(self.phone(i), faults, kill=kill)
        laws.of_a_phone(self.world, self.phone(i))
        if self.alone:
            if Fault.STALE in faults:  # an older answer may have refused a former token
                self.world.sync(self.phone(i), [])
            laws.has_a_token(self.phone(i))

    @rule(i=phones, faults=faults, again=faults, kill=kills)
    def lose_access(self, i: int, faults: list[Fault], again: list[Fault], kill: int) -> None:
        """The office revokes a phone, and it is enrolled again."""
        assert self.world
        phone, self.alone = self.phone(i), False
        self.world.revoke(phone)
        self.world.sync(phone, faults)
        self.world.enrol_again(phone, again, kill=kill)
        laws.of_a_phone(self.world, phone)

    @rule(i=phones)
    def settle(self, i: int) -> None:
        assert self.world
        self.world.play(self.phone(i).database.settle())

    @rule(i=phones)
    def die(self, i: int) -> None:
        assert self.world
        self.world.reopen(self.phone(i))
        laws.of_a_phone(self.world, self.phone(i))

    @rule()
    def back_up(self) -> None:
        assert self.world
        self.world.office.back_up()

    @rule(i=phones)
    def clone(self, i: int) -> None:
        """A phone is cloned; both clones continue."""
        assert self.world
        if len(self.world.phones) < MAX_PHONES:
            self.world.clone(self.phone(i))
            self.exact = self.alone = False

    @rule(i=phones, towns=st.sampled_from([[], [TOWNS[0]], [TOWNS[1]]]))
    def choose_towns(self, i: int, towns: list[str]) -> None:
        assert self.world
        phone = self.phone(i)
        self.world.play(phone.database.write(lambda session: snapshot.choose_towns(session, towns)))
        self.exact = False

    @rule(announced=st.booleans(), photos=st.booleans())
    def restore(self, announced: bool, photos: bool) -> None:
        """The server's disk dies, and a backup is restored."""
        assert self.world
        self.world.office.restore(announced=announced, photos=photos)
        self.exact = False

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            for phone in self.world.phones:
                self.world.reopen(phone)
            self.world.rest()
            laws.at_rest(self.world, exact=self.exact)
            end = len(self.world.office.log())
            for since, limit in ((0, 5), (end // 2, 2)):
                laws.cursor_gives_each_once(self.world, since, limit)
            # Last: a request with a token that was replaced is taken for a copy's, and the phone locked out.
            laws.replays_change_nothing(self.world)
            self.world.figures["replaced tokens"] += len(
                self.world.office.rows("SELECT 1 FROM replaced_token")
            )
        finally:
            self.world.close()
            self.world = None
