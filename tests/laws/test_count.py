"""What counts toward the target is what an independent recount of the log finds, whatever clients send."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.counting import Rules
from shared.vocabulary import Role
from sync_server.access.policy import SYSTEM
from sync_server.database import campaigns
from sync_server.database.transactions import reading
from sync_server.log import recount
from sync_server.queries import progress
from sync_server.queries.numbers import breakdown
from tests.support.server import YEAR, Server, TestPhone, open_server

EVENTS = (
    *("register", "assign", "control", "rectify", "submit"),
    *("accept", "reject", "close", "reopen", "relapse", "recheck"),
)
OPENING = {"register", "assign", "control", "rectify", "submit", "reject", "reopen", "relapse"}
PAIRS = {"work": ("rectify", "after", "submit"), "decide": ("accept", "close")}
WITH_COMMENT = ("relapse", "reject", "reopen", "recheck")
INSPECTORS, REVIEWERS, ALL = (0, 1), (2, 3, 4), (0, 1, 2, 3, 4)
SEEN = ("all", "all", "all", "all", "nothing", "some", "made up")


@dataclass(frozen=True)
class World:
    """A server with two inspectors, two reviewers, and a second phone of the first reviewer."""

    server: Server
    phones: tuple[TestPhone, ...]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_server(tmp_path_factory.mktemp("count")) as server:
        people = [server.person(name, Role.REVIEWER).id for name in ("王审核", "赵审核")]
        yield World(server, tuple(server.phone(person=person) for person in (None, None, *people, people[0])))


def step(who: tuple[int, ...], *actions: str) -> st.SearchStrategy[tuple[int, str, str, int]]:
    """Whose phone, what it sends, what it says that it saw, and a number to choose by."""
    return st.tuples(
        st.sampled_from(who), st.sampled_from(actions), st.sampled_from(SEEN), st.integers(0, 1000)
    )


steps = st.lists(
    st.one_of(
        step(INSPECTORS, "work"),
        step(INSPECTORS, "submit", "after"),
        step(REVIEWERS, "decide"),
        step(REVIEWERS, "decide", "reopen"),
        step(ALL, *EVENTS, "after", "before", *PAIRS),
    ),
    min_size=2,
    max_size=8,
)


@given(steps)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_counts_is_what_a_recount_of_the_log_finds(
    world: World, history: list[tuple[int, str, str, int]]
) -> None:
    first = world.phones[0]
    hazard = first.op()
    begun = first.pull(since=first.seen)["next"]
    before = counted(world)
    first.push(hazard)
    for who, action, seen, chance in history:
        phone = world.phones[who]
        end = phone.pull(since=phone.seen)
        claim = {"all": end["next"], "nothing": 0, "some": begun + chance % (end["next"] - begun)}.get(seen)
        phone._tips[end["next"]] = end["tip"]
        phone.seen = end["next"] if claim is None else claim
        ops = [made(phone, str(hazard["record"]), one, chance) for one in PAIRS.get(action, (action,))]
        if claim is None:
            ops = [{**op, "base": phone.seen + chance, "tip": "f" * 16} for op in ops]
        phone.push(*ops)
        phone.seen = end["next"]
    log = first.pull(since=begun)["ops"]
    first.seen = begun
    assert counted(world) - before == recounted(log)
    assert by_the_log(world) == counted(world)


def counted(world: World) -> int:
    with reading(world.server.engine) as session:
        campaign = campaigns.get(session, world.server.campaign)
        return progress.of(session, SYSTEM, campaign, YEAR).net


def by_the_log(world: World) -> int:
    """The net number as `anlan progress --explain` counts it, and as /progress sums it up."""
    rules = Rules(YEAR)
    with reading(world.server.engine) as session:
        campaign = campaigns.get(session, world.server.campaign)
        told = [one.tally for one in recount.of_year(session, campaign, rules)]
        whole = breakdown.of(session, SYSTEM, campaign, rules).whole
    assert (whole.counted, whole.relapsed) == (len(told), sum(one.relapsed for one in told))
    return sum(one.net for one in told)


def made(phone: TestPhone, hazard: str, action: str, chance: int) -> dict[str, Any]:
    if action in ("after", "before"):
        return phone.photo(hazard, action, f"{chance:064x}")
    said = {"comment": "又坏了", "result": "normal"} if action in WITH_COMMENT else {}
    return phone.event(hazard, action, **said)


def recounted(log: list[dict[str, Any]]) -> int:
    """1 where the hazard of a log is closed and was, after work that shows, accepted by another person."""
    steps = [op for op in log if op["type"] == "hazard_event"]
    turning = [op for op in steps if kind(op) in OPENING | {"close"}]
    heads = [op for op in turning if not any(saw(other, op) for other in turning if other is not op)]
    if not heads or any(kind(op) != "close" for op in heads):
        return 0
    return int(any(counts(op, log) for op in steps if kind(op) == "close"))


def counts(closing: dict[str, Any], log: list[dict[str, Any]]) -> bool:
    if any(taken_back(closing, op, log) for op in log if kind(op) == "reopen"):
        return False
    past = sorted((op for op in log if saw(closing, op)), key=rank)
    last = max((place for place, op in enumerate(past) if kind(op) == "relapse"), default=-1)
    since = past[last + 1 :]
    for place, op in enumerate(since):
        workers = {one["author"] for one in since[:place] if kind(one) in ("rectify", "submit")}
        undoing = ("rectify", "submit", "reject", "reopen")
        undone = any(kind(one) in undoing for one in since[place + 1 :])
        if kind(op) == "accept" and op["author"] not in workers and not undone:
            return closing["author"] not in workers and shown_work(op, log)
    return False


def taken_back(closing: dict[str, Any], reopening: dict[str, Any], log: list[dict[str, Any]]) -> bool:
    """Whether somebody who had seen a closing took it back, and no relapse that they saw lay between."""
    relapses = [op for op in log if kind(op) == "relapse" and saw(reopening, op) and saw(op, closing)]
    return saw(reopening, closing) and not relapses


def shown_work(acceptance: dict[str, Any], log: list[dict[str, Any]]) -> bool:
    """Whether a rectification and a photo of it were on the log before the acceptance came."""
    earlier = [op for op in log if op["seq"] < acceptance["seq"]]
    closed = [op for op in earlier if kind(op) == "close"]
    relapses = [
        op
        for op in earlier
        if kind(op) == "relapse" and not any(not saw(op, one) and not saw(one, op) for one in closed)
    ]
    since = max((rank(op) for op in relapses), default=("", "", 0))
    later = [op for op in earlier if rank(op) > since]
    photos = [op for op in later if op["type"] == "photo" and op["fields"].get("role") == "after"]
    return bool(photos) and any(kind(op) == "rectify" for op in later)


def kind(op: dict[str, Any]) -> str:
    return str(op["fields"].get("event_type", "")) if op["type"] == "hazard_event" else ""


def rank(op: dict[str, Any]) -> tuple[str, str, int]:
    return (op.get("hlc_eff", op["hlc"]), op["device"], op["n"])


def saw(op: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the author of one operation had seen another."""
    same = other["device"] == op["device"] and other["n"] < op["n"]
    return bool(other["seq"] <= op.get("base_eff", op["base"]) or same)
