"""What the store promises of its log on every database: order, numbers, keys, whoever races for them."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func
from sqlmodel import Session, select

from shared import problems
from shared.merge import from_json, shown
from shared.operations import GENESIS, Kind, Operation, RecordType, next_fingerprint
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import devices, links, people, policy, sessions
from sync_server.database import campaigns
from sync_server.database.tables import (
    CampaignCounterRow,
    CampaignRow,
    DeviceRow,
    HazardRow,
    LedgerCounterRow,
    PersonRow,
    WebSessionRow,
)
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import ingest, pages, validation, writer
from sync_server.log.validation import Sender
from tests.support.server import Server

Work = Callable[[Session], Any]
NOW_MS = 1_780_000_000_000
HARD = "塘%s:x %(a)s \\ ' \" {} 😀"
"""Text that a careless statement would stumble over."""


def operation(server: Server, device: str, n: int, **fields: Any) -> Operation:
    return Operation(
        campaign=server.campaign,
        device=device,
        number=n,
        record=str(uuid.uuid4()),
        type=RecordType.HAZARD,
        kind=Kind.EDIT,
        fields=fields or {"water_name": HARD, "town_code": "441900003"},
        base=0,
        base_fingerprint=GENESIS,
        hlc="019e807eadce-0000",
        made_at="2026-06-01T08:04:06+08:00",
        author="ab",
    )


def append(server: Server, *operations: Operation) -> list[int]:
    def work(session: Session) -> list[int]:
        campaign = campaigns.get(session, server.campaign)
        return [stamp.seq for stamp in writer.append_operations(session, campaign, operations, NOW_MS)]

    return in_transaction(server.engine, work)


def whole_log(engine: Engine, campaign: str, limit: int = 500) -> list[Any]:
    rows: list[Any] = []
    since, more = 0, True
    while more:
        with reading(engine) as session:
            page = pages.page(session, campaign, since, limit)
        rows += page.rows
        since, more = page.next, page.more
    return rows


def overtaking(engine: Engine, first: Work, second: Work) -> set[Any]:
    """What two transactions get, the second of which begins while the first has done all but commit.

    A Problem counts by its code. Which of the two was run again, if one was, is left open.
    """
    inside, go = threading.Event(), threading.Event()

    def held(session: Session) -> Any:
        result = first(session)
        session.flush()
        inside.set()
        go.wait(20)
        return result

    def run(work: Work) -> Any:
        try:
            return in_transaction(engine, work)
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run, held)
        inside.wait(20)
        other = pool.submit(run, second)
        threading.Event().wait(0.2)
        go.set()
        return {one.result(60), other.result(60)}


def test_seqs_count_up_by_one_and_pages_follow_them(server: Server) -> None:
    assert append(server, *(operation(server, "a" * 16, n) for n in range(1, 8))) == list(range(1, 8))
    assert append(server) == []
    assert append(server, operation(server, "b" * 16, 1)) == [8]
    rows = whole_log(server.engine, server.campaign, limit=3)
    assert [row.seq for row in rows] == list(range(1, 9))
    with reading(server.engine) as session:
        last = pages.page(session, server.campaign, 8, 3)
        assert (list(last.rows), last.next, last.more) == ([], 8, False)


def test_what_failed_takes_no_number(server: Server) -> None:
    def work(session: Session) -> None:
        campaign = campaigns.get(session, server.campaign)
        writer.append_operations(session, campaign, [operation(server, "a" * 16, 1)], NOW_MS)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(server.engine, work)
    assert append(server, operation(server, "a" * 16, 1)) == [1]


def test_what_is_kept_is_found_by_its_numbers_and_reads_as_it_was_written(server: Server) -> None:
    place = {"lat": 23.02100000000001, "lon": 113.75199999999999, "accuracy_m": 8.25, "source": "gnss"}
    said = {"water_name": HARD, "position": place, "depth_m": 0.1, "due_date": "2026-07-01"}
    ops = [operation(server, "a" * 16, n, **said) for n in range(1, 4)]
    append(server, *ops)
    with reading(server.engine) as session:
        found = writer.stored(session, server.campaign, "a" * 16, [*range(2, 5_000), 2**53 - 1])
        assert sorted(found) == [2, 3]
        assert writer.stored(session, server.campaign, "a" * 16, []) == {}
        assert writer.last_n(session, server.campaign, "a" * 16) == 3
        row = session.exec(select(HazardRow).where(HazardRow.id == ops[0].record)).one()
    assert (row.water_name, row.lat, row.lon) == (HARD, place["lat"], place["lon"])
    assert (row.deleted, row.concurrent_statuses, row.village, row.due_date) == (
        False,
        [],
        None,
        "2026-07-01",
    )
    assert shown(from_json(row.state))["water_name"] == HARD


def test_many_writers_leave_no_gap_and_give_no_number_twice(server: Server) -> None:
    def save(place: int) -> list[int]:
        device = f"{place:016x}"
        return [seq for n in range(1, 9) for seq in insist(operation(server, device, n))]

    def insist(one: Operation) -> list[int]:
        while True:  # as a phone does that is told to come again
            try:
                return append(server, one)
            except Problem as problem:
                if problem.kind is not problems.overloaded:
                    raise

    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(save, range(6)))
    assert sorted(seq for seqs in given for seq in seqs) == list(range(1, 49))
    assert all(seqs == sorted(seqs) for seqs in given)
    rows = whole_log(server.engine, server.campaign)
    assert [row.seq for row in rows] == list(range(1, 49))
    assert sorted(row.ledger_no[-5:] for row in rows) == [f"{number:05d}" for number in range(1, 49)]
    tip = GENESIS
    for row in rows:
        tip = next_fingerprint(tip, row.wire)
    with reading(server.engine) as session:
        assert campaigns.end(session, server.campaign) == campaigns.End(48, tip)
        assert session.exec(select(LedgerCounterRow.last)).all() == [48]


def test_two_retries_of_one_push_that_overlap_store_it_once(server: Server) -> None:
    phone = server.phone()
    with reading(server.engine) as session:
        sender = Sender(phone.campaign, phone.device, policy.of_person(session, phone.person))
    judged = [phone.op() for _ in range(5)]

    def take(session: Session) -> Any:
        campaign = campaigns.get(session, server.campaign)
        pushed = [validation.validate(raw, sender) for raw in judged]
        results, _ = ingest.ingest(session, campaign, sender, pushed, NOW_MS)
        [status] = {result["status"] for result in results}
        return status, tuple(result["seq"] for result in results)

    seqs = (1, 2, 3, 4, 5)
    assert overtaking(server.engine, take, take) == {("stored", seqs), ("duplicate", seqs)}


def test_a_code_makes_one_phone_however_many_come_with_it(server: Server) -> None:
    code = server.code(server.person("李巡查").id)

    def enrol(session: Session) -> str:
        devices.enrol(session, code, "手机", "test")
        return "enrolled"

    assert overtaking(server.engine, enrol, enrol) == {"enrolled", "code_invalid"}
    with reading(server.engine) as session:
        assert session.exec(select(func.count()).select_from(DeviceRow)).one() == 1


def test_a_link_sets_one_password_however_many_come_with_it(server: Server) -> None:
    person = server.person("王审核", Role.REVIEWER)
    link = in_transaction(server.engine, lambda s: links.make(s, person.id))
    told = overtaking(
        server.engine,
        lambda s: links.redeem(s, link, "first") and "first",
        lambda s: links.redeem(s, link, "second") and "second",
    )
    assert told in ({"first", "link_invalid"}, {"second", "link_invalid"})
    with reading(server.engine) as session:
        assert session.get_one(PersonRow, person.id).password_hash in told


def test_a_name_is_given_once(server: Server) -> None:
    def add(session: Session) -> str:
        return people.add(session, "张三", Role.INSPECTOR).name

    assert overtaking(server.engine, add, add) == {"张三", "name_taken"}

    def numbered(session: Session) -> str:
        return people.add_numbered(session, "100%", Role.INSPECTOR).name

    assert overtaking(server.engine, numbered, numbered) == {"100%", "100% 2"}


def test_the_register_is_made_once(server: Server) -> None:
    def forget(session: Session) -> None:
        session.execute(delete(CampaignCounterRow))
        session.execute(delete(CampaignRow))

    def ensure(session: Session) -> str:
        return campaigns.ensure(session).epoch

    in_transaction(server.engine, forget)

    assert len(overtaking(server.engine, ensure, ensure)) == 1


def test_a_persons_browser_counts_without_gap_though_two_tabs_decide(server: Server) -> None:
    person = server.person("王审核", Role.REVIEWER)

    def decide(session: Session) -> int:
        campaigns.locked_end(session, server.campaign)
        device = devices.browser_of(session, server.campaign, person.id)
        n = writer.last_n(session, server.campaign, device) + 1
        campaign = campaigns.get(session, server.campaign)
        writer.append_operations(session, campaign, [operation(server, device, n)], NOW_MS)
        return n

    assert overtaking(server.engine, decide, decide) == {1, 2}


def test_a_session_that_is_closed_stays_closed_though_it_is_renewed_meanwhile(server: Server) -> None:
    person = server.person("王审核", Role.REVIEWER)
    token = in_transaction(server.engine, lambda s: sessions.open_for(s, person))
    overtaking(server.engine, lambda s: sessions.close(s, token), lambda s: sessions.renew(s, token))
    with reading(server.engine) as session:
        assert session.exec(select(WebSessionRow)).all() == []
