"""The key file: made once, private, and what happens when it is away, wrong, rotated or destroyed."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import Session

from shared.problems import Problem
from sync_server.database import timestamps
from sync_server.database.tables import HomeVisitKeyRow, HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.vault import key_file, keys, sealing
from tests.support.home_visits import teacher, visit
from tests.support.served import Served
from tests.support.served import run as anlan
from tests.support.server import Server

KEY = HomeVisitKeyRow.metadata.tables["home_visit_key"]
NEXT_YEAR = datetime(2027, 10, 1, tzinfo=UTC)


def code(problem: pytest.ExceptionInfo[Problem]) -> str:
    return f"{problem.value.code} {problem.value.details.get('why', '')}".strip()


def trouble(server: Server) -> str:
    with reading(server.engine) as session:
        return keys.trouble(session, server.campaign, server.settings.keys)


def opened(server: Server, record: str) -> str:
    with reading(server.engine) as session:
        row = session.get_one(HomeVisitRow, (server.campaign, record))
        return sealing.opened(str(row.sealed), key_file.read(server.settings.keys)).student_name


def test_what_a_phone_sealed_opens_with_the_key_file(server: Server) -> None:
    phone, of = teacher(server), visit(student_name="王大力")
    phone.send(phone.seal(of))
    assert opened(server, of["record"]) == "王大力"
    assert trouble(server) == ""


def test_no_envelope_opens_as_another(server: Server) -> None:
    phone, of = teacher(server), visit()
    phone.ask_keys()
    held = key_file.read(server.settings.keys)
    another = key_file.new_pair(next(iter(held.pairs.values())).year).public.model_dump()
    wrong = {
        "record": phone.seal(of, record=visit()["record"]),
        "school": phone.seal(of, school="别的学校"),
        "class": phone.seal(of, None, **{"class": "别的班"}),
        "key": phone.seal(of, another),
    }
    first, second = phone.seal(of).split("."), phone.seal(of).split(".")
    wrong["header"] = ".".join([first[0], *second[1:]])
    body = first[3]
    wrong["body"] = ".".join([*first[:3], ("A" if body[0] != "A" else "B") + body[1:], first[4]])
    for what, text in wrong.items():
        with pytest.raises(Problem) as caught:
            sealing.opened(text, held)
        assert caught.value.code == "envelope_sealed_wrong", what
        assert caught.value.__cause__ is None
    with pytest.raises(Problem) as caught:
        sealing.opened(phone.seal(visit(consent_at=None)), held)
    assert caught.value.code == "consent_missing"
    with pytest.raises(Problem) as caught:
        sealing.opened(phone.seal({**visit(), "religion": "x"}), held)
    assert caught.value.code == "envelope_sealed_wrong"


def test_trouble_with_the_file_is_named(server: Server) -> None:
    phone = teacher(server)
    phone.send(phone.seal())
    path = server.settings.keys
    content = path.read_text()
    path.chmod(0o640)
    assert trouble(server) == "readable_by_others"
    path.chmod(0o600)
    for damaged in ("", "{}", "[]", content[:-20], content.replace('"P-256"', '"P-384"'), "\udce4"):
        path.write_text(damaged, errors="surrogateescape")
        assert trouble(server) == "damaged", damaged[:20]
    others = key_file.new_pair(next(iter(_pairs(content, path).values())).year)
    key_file.write(path, key_file.NONE.with_pair(others))
    assert trouble(server) == "wrong"
    said = json.loads(content)
    said["keys"][0]["jwk"] = json.loads(others.private.export_private())
    path.write_text(json.dumps(said))
    assert trouble(server) == "wrong"
    path.unlink()
    assert trouble(server) == "missing"
    assert not path.exists(), "nothing is made in its place"
    path.write_text(content)
    path.chmod(0o600)
    assert trouble(server) == ""


def _pairs(content: str, path: Path) -> dict[str, key_file.KeyPair]:
    path.write_text(content)
    return dict(key_file.read(path).pairs)


def test_a_restored_database_learns_keys_and_destructions_from_the_file(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    kid = phone.keys[0]["kid"]
    monkeypatch.setattr(timestamps, "now", lambda: NEXT_YEAR)
    in_transaction(server.engine, lambda s: keys.ensure(s, server.campaign, server.settings.keys))
    in_transaction(server.engine, lambda s: keys.destroy(s, server.campaign, server.settings.keys, [kid]))

    def back(session: Session) -> None:
        session.execute(update(KEY).where(KEY.c.kid == kid).values(destroyed_at=None))
        session.execute(delete(KEY).where(KEY.c.kid != kid))

    in_transaction(server.engine, back)
    in_transaction(server.engine, lambda s: keys.ensure(s, server.campaign, server.settings.keys))
    with reading(server.engine) as session:
        known = {row.kid: row.destroyed_at for row in keys.known(session, server.campaign)}
    assert len(known) == 2
    assert [one for one, at in known.items() if at] == [kid]


def test_a_key_in_use_is_not_destroyed(server: Server) -> None:
    phone = teacher(server)
    phone.ask_keys()
    kid, path = phone.keys[0]["kid"], server.settings.keys
    with pytest.raises(Problem) as caught:
        in_transaction(server.engine, lambda s: keys.destroy(s, server.campaign, path, [kid]))
    assert code(caught) == "key_in_use"
    assert kid in key_file.read(path).pairs


def test_a_destroyed_key_leaves_nothing_that_opens(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    [envelope] = _sealed(server)
    kid, path = phone.keys[0]["kid"], server.settings.keys
    monkeypatch.setattr(timestamps, "now", lambda: NEXT_YEAR)
    assert in_transaction(server.engine, lambda s: keys.destroy(s, server.campaign, path, [kid])) == 1
    assert _sealed(server) == [None]
    assert kid not in path.read_text().split('"destroyed"')[0]
    with pytest.raises(Problem) as caught:
        sealing.opened(envelope or "", key_file.read(path))
    assert code(caught) == "envelope_key_destroyed"
    others = {"office-key.json"}  # opens files of unsent work, and no home visit
    assert {found.name for found in path.parent.iterdir()} - others == {path.name}


def _sealed(server: Server) -> list[str | None]:
    with reading(server.engine) as session:
        return [row.sealed for row in session.execute(select(HomeVisitRow)).scalars()]


def test_a_rotated_key_takes_over_and_the_old_one_still_opens(server: Server) -> None:
    phone, old, new = teacher(server), visit(student_name="旧"), visit(student_name="新")
    phone.send(phone.seal(old))
    before = phone.keys[0]["kid"]
    made = in_transaction(server.engine, lambda s: keys.rotate(s, server.campaign, server.settings.keys))
    assert phone.ask_keys()["keys"][0]["kid"] == made.kid != before
    phone.send(phone.seal(new))
    assert [opened(server, old["record"]), opened(server, new["record"])] == ["旧", "新"]


@pytest.mark.sqlite("about the command line")
def test_the_command_lists_rotates_and_destroys(data_dir: Path, free_port: int) -> None:
    served = Served(data_dir, free_port)
    served.start()
    served.kill()
    said = (data_dir / "serve.log").read_text()
    path = data_dir.with_name("var-keys") / "home-visits.json"
    assert str(path) in said
    assert path.stat().st_mode & 0o777 == 0o600
    [kid] = json.loads(path.read_text())["keys"][0]["kid"].split()
    assert kid in anlan("keys", "list", "--data", data_dir).stdout
    refused = anlan("keys", "destroy", kid, "--data", data_dir, "--confirm", kid)
    assert refused.returncode == 1
    assert "key_in_use" not in refused.stderr
    assert "Phones" in refused.stderr or "phones" in refused.stderr
    rotated = anlan("keys", "rotate", "--data", data_dir)
    assert rotated.returncode == 0, rotated.stderr
    assert len(json.loads(path.read_text())["keys"]) == 2
    path.chmod(0o644)
    (data_dir / "serve.log").unlink()
    served.start()
    served.kill()
    assert "chmod 600" in (data_dir / "serve.log").read_text()
    shutil.rmtree(path.parent)
    served.start()
    served.kill()
    assert "it is missing" in (data_dir / "serve.log").read_text()
    assert not path.exists()
