"""A log that was put back to an older copy: noticed, said, refilled, and nothing hidden by what it forgot."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shared.operations import GENESIS, Operation, canonical, next_fingerprint
from shared.sync import wire
from sync_server.database.tables import AuditRow, DeviceRow
from sync_server.database.transactions import reading
from sync_server.maintenance import setup
from tests.support.server import Server, TestPhone, open_server


@pytest.fixture
def folder(data_dir: Path, empty_database: Path) -> Path:
    shutil.copy(empty_database, data_dir)
    return data_dir


@contextmanager
def opened(folder: Path, *phones: TestPhone) -> Iterator[Server]:
    """The server on a folder, and `phones` that speak to it from now on."""
    with open_server(folder) as server:
        for phone in phones:
            phone.client = server.client
        yield server


def copy(folder: Path, to: str) -> Path:
    return Path(shutil.copytree(folder, folder.parent / to))


def put_back(folder: Path, kept: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)


def _wire(op: dict[str, object]) -> str:
    return canonical(Operation.model_validate(op))


def look(
    phone: TestPhone, since: int, tip: str, receipt: str = "", epoch: str = ""
) -> tuple[int, dict[str, Any]]:
    """A pull as a phone makes it that knows the log up to `since`."""
    answer = phone.client.get(
        f"/api/v1/campaigns/{phone.campaign}/pull",
        params={"since": since, "tip": tip, "epoch": epoch or phone.epoch, "receipt": receipt},
        headers=phone.headers,
    )
    return answer.status_code, answer.json()


def test_the_tip_is_the_fingerprint_of_all_up_to_a_place(server: Server, phone: TestPhone) -> None:
    ops = [phone.op() for _ in range(5)]
    phone.push(*ops[:2])
    phone.push(*ops[2:])
    tip = GENESIS
    assert phone.pull()["tip"] != GENESIS
    for place, op in enumerate(ops, 1):
        tip = next_fingerprint(tip, _wire(op))
        assert phone.pull(limit=place)["tip"] == tip
    assert look(phone, 5, tip)[0] == 200
    assert look(phone, 0, GENESIS)[0] == 200


def test_a_phone_that_shows_a_receipt_for_what_is_lost_begins_a_new_epoch_once(folder: Path) -> None:
    with opened(folder) as server:
        first, second = server.phone(), server.phone()
        first.push(first.op())
    kept = copy(folder, "kept")
    with opened(folder, first, second):
        first.push(first.op(), first.op())
        seen = first.pull()
    put_back(folder, kept)
    with opened(folder, first, second) as server:
        status, said = look(first, seen["next"], seen["tip"], seen["receipt"])
        assert (status, said["code"]) == (409, "epoch_changed")
        epoch = said["details"]["epoch"]
        assert epoch != first.epoch
        assert look(second, seen["next"], seen["tip"])[1]["details"] == {"epoch": epoch}
        assert second.post(second.op()).json()["details"] == {"epoch": epoch}
        with reading(server.engine) as session:
            [audited] = session.exec(select(AuditRow).where(AuditRow.action == "log_put_back")).all()
        assert audited.details == {"seen": 3, "end": 1}
        # what proved the loss proves nothing more once it is known
        again = look(second, seen["next"], seen["tip"], seen["receipt"], epoch)
        assert again[1]["details"] == {"epoch": epoch}


def test_the_receipt_of_a_push_or_a_snapshot_proves_it_too(folder: Path) -> None:
    with opened(folder) as server:
        phone = server.phone()
        phone.push(phone.op())
    kept = copy(folder, "kept")
    with opened(folder, phone):
        pushed = phone.post(phone.op()).json()
        told = phone.snapshot()
    for receipt in (pushed["receipt"], told["receipt"]):
        put_back(folder, kept)
        with opened(folder, phone):
            assert look(phone, 0, GENESIS)[0] == 200  # all it says of the log is true
            assert look(phone, 0, GENESIS, receipt)[1]["details"]["epoch"] != phone.epoch
            answer = phone.client.get(
                f"/api/v1/campaigns/{phone.campaign}/snapshot",
                params={"receipt": receipt},
                headers=phone.headers,
            )
            assert answer.status_code == 200, "it holds for one epoch"


def test_no_receipt_is_given_for_a_place_that_the_log_never_had(server: Server, phone: TestPhone) -> None:
    phone.push(phone.op())
    page = phone.pull(since=4_000_000)
    assert page["next"] == 1
    assert look(phone, 0, GENESIS, page["receipt"])[0] == 200


@pytest.mark.parametrize("receipt", ["", "x", "1.ffffffffffffffff." + "0" * 32, "9" * 80])
def test_one_phones_word_disturbs_nobody_and_is_shown_and_limited(server: Server, receipt: str) -> None:
    liar, honest = server.phone(), server.phone()
    honest.push(honest.op())
    answers = [look(liar, 1, "f" * 16, receipt) for _ in range(12)]
    assert answers[0] == (409, {"code": "epoch_changed", "details": {"epoch": honest.epoch}})
    assert (answers[-1][0], answers[-1][1]["code"]) == (429, "too_many_attempts")
    assert look(honest, 1, honest.tip(1))[0] == 200
    with reading(server.engine) as session:
        row = session.get_one(DeviceRow, (liar.campaign, liar.device))
        assert row.claims == 10
        assert row.claimed_at
        assert not session.exec(select(AuditRow).where(AuditRow.action == "log_put_back")).all()


def test_a_good_receipt_of_this_log_proves_nothing(server: Server) -> None:
    liar, honest = server.phone(), server.phone()
    honest.push(honest.op())
    receipt = liar.pull()["receipt"]
    honest.push(honest.op())
    assert look(liar, 1, "f" * 16, receipt)[1]["details"] == {"epoch": honest.epoch}
    seq, tip, signature = receipt.split(".")
    for forged in (f"{int(seq) + 5}.{tip}.{signature}", f"{seq}.{'f' * 16}.{signature}"):
        assert look(liar, 1, "f" * 16, forged)[1]["details"] == {"epoch": honest.epoch}


def test_it_is_noticed_by_one_who_reads_the_records_anew(folder: Path) -> None:
    with opened(folder) as server:
        first, second = server.phone(), server.phone()
        first.push(first.op())
    kept = copy(folder, "kept")
    with opened(folder, first, second):
        first.push(first.op())
        heard: dict[str, str | int] = {"since": 2, "tip": first.tip(2)}
        assert first.snapshot(**heard)["seq"] == 2
    put_back(folder, kept)
    with opened(folder, first, second):
        second.push(second.op(), second.op())
        path = f"/api/v1/campaigns/{first.campaign}/snapshot"
        answer = first.client.get(path, params=heard, headers=first.headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "epoch_changed")
        assert answer.json()["details"]["epoch"] == first.epoch  # its word alone concerns itself alone


def test_it_is_noticed_after_others_filled_the_gap(folder: Path) -> None:
    with opened(folder) as server:
        first, second = server.phone(), server.phone()
        first.push(first.op())
    kept = copy(folder, "kept")
    with opened(folder, first, second):
        first.push(first.op(), first.op())
        seen = first.pull()
    put_back(folder, kept)
    with opened(folder, first, second):
        second.push(*(second.op() for _ in range(9)))
        assert look(first, seen["next"], seen["tip"])[0] == 409


def test_what_an_author_saw_of_a_lost_log_supersedes_nothing(folder: Path) -> None:
    with opened(folder) as server:
        first, second = server.phone(), server.phone()
        hazard = first.op({"depth_m": 1.0})
        first.push(hazard)
    kept = copy(folder, "kept")
    with opened(folder, first, second):
        second.push(second.op())
        second.seen = 2
        late = second.op({"depth_m": 2.0}, record=hazard["record"])
    put_back(folder, kept)
    with opened(folder, first, second):
        unseen = first.op({"depth_m": 3.0}, record=hazard["record"], base=1)
        first.push(unseen)  # takes the place, 2, of what `second` had seen
        [result] = second.push(late)
        assert result["base_eff"] == 0
        assert second.push(late)[0] == {**result, "status": "duplicate"}
        pulled = wire.PullAnswer.model_validate(first.pull()).ops[-1]
        assert pulled.stamp.base == 0
        snapshot = first.snapshot()
        values = {
            write[7]["depth_m"] for write in snapshot["records"][0]["state"]["live"] if "depth_m" in write[7]
        }
        assert values == {2.0, 3.0}  # both are there to see


def test_a_base_beyond_the_log_or_beyond_the_operation_itself_counts_as_nothing_seen(
    phone: TestPhone,
) -> None:
    ahead = phone.op(base=0) | {"base": 99}
    assert phone.push(ahead)[0]["base_eff"] == 0
    known = phone.pull()["tip"]
    own = phone.op() | {"base": 2}
    own["tip"] = next_fingerprint(known, _wire(own))  # the tip that the log will have with it
    assert phone.push(own)[0]["base_eff"] == 0
    honest = phone.op(base=2)
    assert "base_eff" not in phone.push(honest)[0]


def test_the_administrator_can_say_it(folder: Path) -> None:
    with opened(folder) as server:
        phone = server.phone()
        op = phone.op()
        phone.push(op)
        setup.restored(server.engine)
        answer = phone.post(op)
        assert answer.status_code == 409
        epoch = answer.json()["details"]["epoch"]
        assert phone.post(op, epoch=epoch).json()["results"][0]["status"] == "duplicate"
