"""The command: what others rely on it to print and to do."""

import socket
from pathlib import Path

import pyotp
import pytest
import requests

from shared.permissions import Grant, School, Towns
from shared.sync.wire import CODE_ALPHABET
from shared.vocabulary import EventType, Role
from sync_server.access import grants, people
from sync_server.access.sign_in import second_factor
from sync_server.access.sign_in.secret_box import SecretBox
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.served import Served
from tests.support.served import run as anlan
from tests.sync_server.deployment import Deployment


def test_the_code_is_the_last_line_and_works(data_dir: Path, free_port: int) -> None:
    printed = anlan("phone", "code", "--data", data_dir)
    assert printed.returncode == 0, printed.stderr
    *_, code = printed.stdout.splitlines()
    assert len(code) == 10
    assert set(code) <= set(CODE_ALPHABET)
    assert f"/app/?code={code}" in printed.stdout
    server = Served(data_dir, free_port)
    server.start()
    said = {"code": code, "device_name": "小米", "platform": ""}
    answer = requests.post(f"{server.url}/api/v1/enrol", json=said, timeout=30)
    server.kill()
    assert answer.status_code == 201


def test_starting_says_where_everything_is(data_dir: Path, free_port: int) -> None:
    server = Served(data_dir, free_port)
    server.start()
    server.kill()
    said = (data_dir / "serve.log").read_text()
    address = f"http://localhost:{free_port}"
    assert f"{address}/\n" in said
    assert f"{address}/welcome/" in said
    assert f"{address}/app/?code=" in said
    assert "█" in said
    anlan(
        "person",
        "add",
        "主任",
        "--role",
        "administrator",
        "--password-stdin",
        "--data",
        data_dir,
        stdin="鱼塘边的榕树下三头水牛",
    )
    (data_dir / "serve.log").unlink()
    server.start()
    server.kill()
    assert "/welcome/" not in (data_dir / "serve.log").read_text()


def test_people_are_added_with_a_password_or_a_link(data_dir: Path) -> None:
    words = ("person", "add", "王审核", "--role", "reviewer", "--data", data_dir)
    assert anlan(*words, "--password-stdin", stdin="long enough now\n").returncode == 0
    again = anlan(*words, "--password-stdin", stdin="long enough now\n")
    assert again.returncode == 1
    assert "This name is already taken" in again.stderr
    linked = anlan("person", "add", "李巡查", "--role", "inspector", "--data", data_dir)
    assert "/welcome/" in linked.stdout
    weak = anlan(
        "person", "add", "弱", "--role", "inspector", "--password-stdin", "--data", data_dir, stdin="x"
    )
    assert weak.returncode == 1
    assert "Traceback" not in weak.stderr
    assert anlan("person", "add", "谁", "--role", "king", "--data", data_dir).returncode == 2


def test_a_code_can_be_for_a_person(data_dir: Path) -> None:
    anlan("person", "add", "王审核", "--role", "reviewer", "--data", data_dir)
    assert anlan("phone", "code", "--person", "王审核", "--data", data_dir).returncode == 0
    assert anlan("phone", "code", "--person", "谁", "--data", data_dir).returncode == 1


@pytest.mark.parametrize("ending", ["xlsx", "csv", "geojson"])
def test_the_ledger_can_be_exported(data_dir: Path, ending: str) -> None:
    anlan("phone", "code", "--data", data_dir)
    out = data_dir / f"ledger.{ending}"
    done = anlan("export", out, "--data", data_dir)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 0
    assert anlan("export", data_dir / "ledger.doc", "--data", data_dir).returncode == 2


def test_a_port_that_is_taken_is_said(data_dir: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        refused = anlan("serve", "--data", data_dir, "--port", holder.getsockname()[1])
    assert refused.returncode != 0
    assert "address already in use" in refused.stderr
    assert "/app/?code=" not in refused.stdout


def test_the_packager_is_a_subcommand() -> None:
    assert "apk" in anlan("phone", "build", "--help").stdout


def test_putting_the_database_back_is_said_with_a_command(data_dir: Path) -> None:
    assert anlan("phone", "code", "--data", data_dir).returncode == 0
    done = anlan("restored", "--data", data_dir)
    assert (done.returncode, "从备份恢复" in done.stdout) == (0, True)


def test_people_are_added_and_changed_for_some_towns(data_dir: Path) -> None:
    add = ("person", "add", "王审核", "--role", "reviewer", "--town", "441900003", "--town", "441900101")
    assert anlan(*add, "--data", data_dir).returncode == 0
    change = ("person", "change", "王审核", "--role", "inspector", "--town", "441900003")
    assert anlan(*change, "--data", data_dir).returncode == 0
    for wrong in (("--role", "teacher"), ("--role", "inspector", "--town", "1")):
        assert anlan("person", "change", "王审核", *wrong, "--data", data_dir).returncode == 1
    engine = setup.open_database(Settings(data_dir))
    with reading(engine) as session:
        person = people.by_name(session, "王审核")
        assert person is not None
        [grant] = grants.of(session, person.id)
    engine.dispose()
    assert grant == Grant(Role.INSPECTOR, Towns(frozenset({"441900003"})))


def test_a_second_factor_is_reset_in_the_terminal(data_dir: Path) -> None:
    assert anlan("person", "add", "主任", "--role", "administrator", "--data", data_dir).returncode == 0
    engine = setup.open_database(Settings(data_dir))
    with reading(engine) as session:
        known = people.by_name(session, "主任")
    assert known
    box = SecretBox(Settings(data_dir).second_factor_key)
    in_transaction(engine, lambda s: second_factor.begin(s, box, known.id))
    with reading(engine) as session:
        secret = second_factor.unconfirmed(session, box, known.id)
    assert secret
    in_transaction(engine, lambda s: second_factor.confirm(s, box, known.id, pyotp.TOTP(secret).now()))
    done = anlan("person", "reset-second-factor", "主任", "--data", data_dir)
    assert (done.returncode, "主任" in done.stdout) == (0, True)
    with reading(engine) as session:
        assert second_factor.since(session, known.id) is None
    engine.dispose()
    assert anlan("person", "reset-second-factor", "谁", "--data", data_dir).returncode == 1


def test_roles_are_given_and_withdrawn_one_by_one(data_dir: Path) -> None:
    def person(*words: str) -> int:
        return anlan("person", *words, "--data", data_dir).returncode

    def of_teacher() -> set[Grant]:
        engine = setup.open_database(Settings(data_dir))
        with reading(engine) as session:
            known = people.by_name(session, "陈老师")
            found = set(grants.of(session, known.id)) if known else set()
        engine.dispose()
        return found

    assert person("add", "陈老师", "--role", "teacher", "--school", "东城小学", "--class", "三(1)班") == 0
    first = Grant(Role.TEACHER, School("东城小学", frozenset({"三(1)班"})))
    town = Grant(Role.INSPECTOR, Towns(frozenset({"441900003"})))
    second = Grant(Role.TEACHER, School("西城小学"))
    assert person("grant", "陈老师", "--role", "inspector", "--town", "441900003") == 0
    assert person("grant", "陈老师", "--role", "teacher", "--school", "西城小学") == 0
    assert of_teacher() == {first, town, second}
    assert person("grant", "陈老师", "--role", "teacher") == 1
    assert person("grant", "谁", "--role", "auditor") == 1
    assert person("withdraw", "陈老师", "--role", "teacher", "--school", "西城小学") == 0
    assert person("withdraw", "陈老师", "--role", "teacher", "--school", "西城小学") == 1
    assert of_teacher() == {first, town}
    assert person("withdraw", "陈老师", "--role", "teacher") == 0
    assert of_teacher() == {town}
    assert person("add", "主任", "--role", "administrator") == 0
    assert (person("deactivate", "陈老师"), of_teacher()) == (0, set())
    assert (person("activate", "陈老师"), of_teacher()) == (0, {town})
    last = anlan("person", "deactivate", "主任", "--data", data_dir)
    assert (last.returncode, "last administrator" in last.stderr) == (1, True)


def test_the_numbers_of_a_year_are_said_and_explained(data_dir: Path) -> None:
    setup.open_database(Settings(data_dir)).dispose()
    office = Deployment(data_dir)
    hazard = office.rectified(water_name="石井塘")
    for step in (EventType.ACCEPT, EventType.CLOSE):
        office.happen(hazard, step, office.reviewer)
    office.happen(hazard, EventType.RELAPSE, comment="又倒了")
    office.report()
    office.engine.dispose()
    said = anlan("progress", "--year", "2026", "--data", data_dir)
    assert said.returncode == 0, said.stderr
    assert "首次销号 1 处，其中反弹 1 处，净完成 0 处" in said.stdout
    explained = anlan("progress", "--year", "2026", "--explain", "--data", data_dir)
    assert explained.returncode == 0, explained.stderr
    [line] = [line for line in explained.stdout.splitlines() if line.startswith("+1 -1\t")]
    assert "石碣镇" in line
    engine = setup.open_database(Settings(data_dir))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE hazard SET first_closed_on = NULL")
    engine.dispose()
    differs = anlan("progress", "--year", "2026", "--explain", "--data", data_dir)
    assert differs.returncode == 1
    assert "count otherwise than the log" in differs.stdout
