"""Words planted in every protected field of a home visit: no byte of them is kept.

That no route tells them to anybody else is tested in `access/test_every_route.py`.
"""

import base64
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shared.forms.model_fields import inner_type
from shared.home_visits.model import HomeVisit
from shared.permissions import School
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.database.tables import HomeVisitRow
from sync_server.database.transactions import reading
from sync_server.pages.home_visits import home_visit_page
from sync_server.vault import key_file, sealing
from tests.support.canaries import CANARIES, found_in, planted
from tests.support.home_visits import (
    OTHER_SCHOOL,
    SCHOOL,
    browser,
    school_person,
)
from tests.support.server import Server, open_server


def files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def test_every_text_of_a_visit_has_its_canary() -> None:
    apart = {"record", "hazard", "consent_version", "consent_at", "school", "class_name"}
    texts = {name for name in HomeVisit.model_fields if "str" in str(inner_type(HomeVisit, name))}
    assert texts - apart == set(CANARIES)


def test_the_search_finds_what_is_there() -> None:
    word = CANARIES["content"]
    for text in (word.encode(), json.dumps({"x": word}).encode(), base64.b64encode(f"abc{word}xyz".encode())):
        assert found_in(text) == {"content"}


def test_nothing_is_on_the_disk_nor_in_logs_even_after_a_crash(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    caplog.set_level(logging.DEBUG)
    phone, of = planted(server)
    address = f"/home-visits/{of['record']}"
    web = browser(server, phone.person)
    assert found_in(web.post(address, data={"reason": "回访"}).text.encode()) == set(CANARIES)
    admin = browser(server, school_person(server, "校管", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)))
    assert found_in(admin.get("/home-visits").text.encode()) == set()
    assert found_in(admin.post(f"{address}/withdraw").text.encode()) == set()
    browser(server, server.person("督导", Role.SUPERVISOR)).get("/home-visits")

    def crash(content: HomeVisit, _: Any) -> Any:
        raise RuntimeError(f"a bug while {content.record} is shown")

    monkeypatch.setattr(home_visit_page, "_sections", crash)
    answer = web.post(address, data={"reason": "回访"})
    assert answer.status_code == 500
    assert found_in(answer.content) == set()
    phone.phone.client.post(
        "/api/v1/home-visits", content=json.dumps({"envelopes": [of]}), headers=phone.phone.headers
    )
    assert found_in(caplog.text.encode()) == set()
    backup = tmp_path / "backup"
    shutil.copytree(server.settings.data, backup)
    looked_at = list(files(server.settings.data, server.settings.keys.parent, backup, scratch))
    assert any(path.name.endswith("-wal") for path in looked_at) or server.settings.database_url
    assert {path.name: found_in(path.read_bytes()) for path in looked_at if found_in(path.read_bytes())} == {}


@pytest.mark.sqlite("its files")
def test_a_stolen_data_folder_opens_nothing_and_the_key_file_alone_says_nothing(
    data_dir: Path, tmp_path: Path
) -> None:
    stolen = tmp_path / "stolen"
    with open_server(data_dir) as server:
        phone, of = planted(server)
        shutil.copytree(data_dir, stolen)
        keys_alone = server.settings.keys.read_text()
        right = key_file.read(server.settings.keys)
    with open_server(stolen) as thief:
        assert not thief.settings.keys.exists()
        web = browser(thief, school_person(thief, "贼", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)))
        answer = web.post(f"/home-visits/{of['record']}", data={"reason": "x"})
        assert answer.status_code == 503
        assert found_in(answer.content) == set()
        with reading(thief.engine) as session:
            [sealed] = session.execute(select(HomeVisitRow.sealed)).scalars()  # type: ignore[call-overload]
    [pair] = right.pairs.values()
    made_up = key_file.new_pair(pair.year)
    pretended = key_file.Keys({pair.kid: key_file.KeyPair(pair.kid, pair.year, "", made_up.private)}, {})
    with pytest.raises(Problem) as caught:
        sealing.opened(sealed, pretended)
    assert caught.value.code == "envelope_sealed_wrong"
    assert sealing.opened(sealed, right).student_name == CANARIES["student_name"]
    told = {of["record"], SCHOOL, OTHER_SCHOOL, phone.person.id, phone.person.name, phone.phone.device}
    assert not any(one in keys_alone for one in told)
