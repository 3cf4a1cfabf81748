"""A row says the same whatever came in which batches: folded from the log again, it is what it was."""

import json
from random import Random
from typing import Any

import pytest
from sqlalchemy import Row, delete, select
from sqlmodel import Session

from shared.operations import Operation, Stamp
from shared.vocabulary import Role
from sync_server.access.policy import EVENT, HAZARD, OPERATION, PHOTO
from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import projection
from sync_server.log.log_entry import LogEntry
from tests.support.server import Server, TestPhone

TABLES = (HAZARD, EVENT, PHOTO)
APART = {"updated_seq"}  # when a batch last touched it


def rows(server: Server) -> dict[str, dict[str, Any]]:
    """Every row, by id."""
    with reading(server.engine) as session:
        found = [dict(row) for table in TABLES for row in session.execute(select(table)).mappings()]
    return {row["id"]: {name: value for name, value in row.items() if name not in APART} for row in found}


def folded_again(server: Server, at_once: int) -> dict[str, dict[str, Any]]:
    """The rows that the whole log makes of empty tables, so many operations at a time."""

    def work(session: Session) -> None:
        for table in TABLES:
            session.execute(delete(table))
        log = session.execute(select(OPERATION).order_by(OPERATION.c.seq)).all()
        campaign = campaigns.get(session, server.campaign)
        for start in range(0, len(log), at_once):
            entries = [entry(row) for row in log[start : start + at_once]]
            projection.fold(session, projection.load(session, campaign, entries), entries)

    in_transaction(server.engine, work)
    return rows(server)


def entry(row: Row[Any]) -> LogEntry:
    operation = Operation.model_validate(json.loads(row.wire))
    made = LogEntry.of(operation)
    made.given = Stamp(row.seq, row.hlc_eff or operation.hlc, row.ledger_no, row.base_eff)
    return made


@pytest.fixture
def hands(server: Server) -> list[TestPhone]:
    """Two inspectors' phones and a reviewer's."""
    return [server.phone(), server.phone(), server.phone(person=server.person("审核", Role.REVIEWER).id)]


def something(rng: Random, phone: TestPhone, hazards: list[str], photos: dict[str, str]) -> dict[str, Any]:
    """An operation of a phone that may have seen everything or nothing."""
    base = rng.choice((0, phone.seen))
    hazard = rng.choice(hazards)
    match rng.randrange(6):
        case 0:
            found_on = rng.choice((None, "2026-02-03", "2026-03-04"))
            return phone.op(
                {"found_on": found_on, "water_name": f"塘{rng.random()}"}, record=hazard, base=base
            )
        case 1:
            return phone.op({"description": rng.choice((None, "深", "浅"))}, record=hazard, base=base)
        case 2:
            return phone.op({}, record=hazard, kind=rng.choice(("delete", "restore")), base=base)
        case 3:
            made = phone.photo(hazard, rng.choice(("before", "after")), f"{rng.getrandbits(256):064x}")
            photos[made["record"]] = phone.device
            return made
        case 4 if photos:
            kind = rng.choice(("detach", "attach"))
            fields = phone.photo(hazard, "before", "ab" * 32)["fields"] if kind == "attach" else {}
            return phone.op(fields, record=rng.choice([*photos]), type="photo", kind=kind, base=base)
        case _:
            step = rng.choice(("rectify", "patrol", "control", "submit", "invalidate", "register", "close"))
            return phone.op(
                {**phone.event(hazard, step, comment="原因")["fields"]},
                type="hazard_event",
                kind="append",
                base=base,
            )


@pytest.mark.sqlite
@pytest.mark.parametrize("seed", range(4))
def test_rows_folded_again_from_the_log_are_the_same(
    server: Server, hands: list[TestPhone], seed: int
) -> None:
    rng, photos = Random(seed), dict[str, str]()
    made = [hands[0].op(), hands[1].op({"water_name": "塘", "found_on": "2026-01-05"})]
    for phone, op in zip(hands, made, strict=False):
        phone.push(op)
    hazards = [str(op["record"]) for op in made]
    for _ in range(14):
        phone = rng.choice(hands)
        phone.seen = phone.pull()["next"]
        phone.push(*(something(rng, phone, hazards, photos) for _ in range(rng.randint(1, 4))))
    kept = rows(server)
    assert len(kept) > 5
    for at_once in (1, 3, 1000):
        assert folded_again(server, at_once) == kept, at_once


def test_a_day_of_finding_that_was_taken_back_leaves_the_first_days(server: Server, phone: TestPhone) -> None:
    made = phone.op()
    phone.push(made)
    first = rows(server)[made["record"]]
    phone.push(phone.op({"found_on": "2025-02-03"}, record=made["record"]))
    said = rows(server)[made["record"]]
    assert (said["found_on"], said["year"]) == ("2025-02-03", 2025)
    phone.push(phone.op({"found_on": None}, record=made["record"]))
    phone.push(phone.op({"depth_m": 1.0}, record=made["record"]))
    now = rows(server)[made["record"]]
    assert (now["found_on"], now["year"]) == (first["found_on"], first["year"]) == ("2026-06-01", 2026)
