"""A file that is cut, changed, of another server or made up by an enemy: nothing of it came in."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sqlmodel import select

from shared.sealed.unsent_file import MOST_PHOTOS
from shared.sync.wire import OfficeKey
from sync_server.database.tables import AuditRow, OperationRow, PhotoFileRow
from sync_server.database.transactions import reading
from sync_server.unsent.office_key import OfficeKeyFile
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone
from tests.support.unsent import as_file, contents, lines_of, office_key
from tests.sync_server.unsent.test_importing import hazard_with_photo, imported


@pytest.fixture
def lines(phone: TestPhone) -> list[str]:
    """The lines of a file with a hazard and two photos."""
    ops, data = hazard_with_photo(phone)
    photos = [data, drawn(320, 240, seed=9)]
    return lines_of(office_key(phone), contents(phone, ops, photos), photos)


def nothing_came(server: Server) -> bool:
    with reading(server.engine) as session:
        rows = [session.exec(select(table)).all() for table in (OperationRow, PhotoFileRow)]
        audited = session.exec(select(AuditRow).where(AuditRow.action == "unsent_imported")).all()
    return not any(rows) and not audited


def test_whole_it_comes_in(server: Server, lines: list[str]) -> None:
    assert "新收下 2" in imported(server.browser(), as_file(lines)).text
    assert not nothing_came(server)


def test_cut_anywhere_nothing_comes_in(server: Server, lines: list[str]) -> None:
    office, file = server.browser(), as_file(lines)
    ends = [0, 1, 100]
    reached = 0
    for line in lines:
        reached += len(line) + 1
        ends += [reached - len(line) // 2, reached - 2, reached]
    for end in ends[:-1]:  # the last one is the whole file
        answer = imported(office, file[:end])
        assert answer.status_code == 422, end
    assert nothing_came(server)


Change = Callable[[list[str]], Sequence[str]]


def _flipped(line: str, part: int, at: int) -> str:
    """A line in one of whose five parts one letter is another."""
    parts = line.split(".")
    letter = "A" if parts[part][at] != "A" else "B"
    parts[part] = parts[part][:at] + letter + parts[part][at + 1 :]
    return ".".join(parts)


CHANGES: dict[str, Change] = {
    "a letter of the records": lambda lines: [_flipped(lines[0], 3, 50), *lines[1:]],
    "a letter of a photo": lambda lines: [*lines[:2], _flipped(lines[2], 3, 500)],
    "a letter of a header": lambda lines: [lines[0], _flipped(lines[1], 0, 40), lines[2]],
    "a letter of a tag": lambda lines: [*lines[:2], _flipped(lines[2], 4, 3)],
    "a line is missing": lambda lines: [lines[0], lines[2]],
    "a line stands twice": lambda lines: [lines[0], lines[1], lines[1]],
    "the photos change places": lambda lines: [lines[0], lines[2], lines[1]],
    "a line more": lambda lines: [*lines, lines[2]],
    "an empty line": lambda lines: [lines[0], "", *lines[1:]],
    "no line": lambda _lines: [],
    "something else": lambda _lines: ["PK\x03\x04 a workbook"],
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_nothing_comes_in(server: Server, lines: list[str], change: str) -> None:
    answer = imported(server.browser(), as_file(CHANGES[change](lines)))
    assert answer.status_code == 422
    assert nothing_came(server)


def test_a_photo_of_another_file_does_not_fit(server: Server, phone: TestPhone, lines: list[str]) -> None:
    ops, data = hazard_with_photo(phone)
    other = lines_of(office_key(phone), contents(phone, ops, [data, data]), [data, data])
    assert imported(server.browser(), as_file([*lines[:2], other[2]])).status_code == 422
    assert nothing_came(server)


def _said(phone: TestPhone) -> dict[str, Any]:
    return contents(phone, [phone.op()])


def _off_the_curve(lines: list[str]) -> list[str]:
    head, *rest = lines[0].split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    header["epk"]["x"] = header["epk"]["y"] = "A" * 43
    changed = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return [".".join([changed, *rest]), *lines[1:]]


HOSTILE: dict[str, Callable[[TestPhone], list[str]]] = {
    "compressed": lambda phone: lines_of(office_key(phone), _said(phone), zip="DEF"),
    "of another kind": lambda phone: lines_of(office_key(phone), _said(phone), typ="anlan-home-visit"),
    "no part": lambda phone: lines_of(office_key(phone), _said(phone), part=0),
    "too many parts": lambda phone: lines_of(office_key(phone), _said(phone), parts=MOST_PHOTOS + 2),
    "photos that are not there": lambda phone: lines_of(
        office_key(phone), contents(phone, [phone.op()], [b"x"])
    ),
    "photos that nobody names": lambda phone: lines_of(office_key(phone), _said(phone), [b"x"]),
    "too deep": lambda phone: lines_of(
        office_key(phone), {**_said(phone), "ops": [json.loads("[" * 90 + "]" * 90)]}
    ),
    "no object": lambda phone: lines_of(office_key(phone), [1, 2]),
    "more than it may say": lambda phone: lines_of(office_key(phone), {**_said(phone), "more": 1}),
    "half a character": lambda phone: lines_of(office_key(phone), {**_said(phone), "token": "\ud800"}),
    "nothing but dots": lambda _phone: ["." * 2_000_000],
    "one endless line": lambda _phone: ["A" * 3_000_000],
    "a key off the curve": lambda phone: _off_the_curve(lines_of(office_key(phone), _said(phone))),
    "too many operations": lambda phone: lines_of(office_key(phone), {**_said(phone), "ops": [{}] * 2001}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_an_enemy_made_up_is_refused(server: Server, phone: TestPhone, what: str) -> None:
    assert imported(server.browser(), as_file(HOSTILE[what](phone))).status_code == 422
    assert nothing_came(server)


def test_a_file_for_another_server_is_told_apart(server: Server, phone: TestPhone, tmp_path: Path) -> None:
    other = OfficeKeyFile(tmp_path / "other" / "office-key.json").public()
    assert isinstance(other, OfficeKey)
    answer = imported(server.browser(), as_file(lines_of(other.model_dump(), _said(phone))))
    assert answer.status_code == 409
    assert "不是给本系统的" in answer.text
    assert nothing_came(server)
    campaign = contents(phone, [phone.op()], campaign="another")
    assert (
        imported(server.browser(name="李四"), as_file(lines_of(office_key(phone), campaign))).status_code
        == 409
    )


def test_the_key_is_nobody_elses_to_read(server: Server, phone: TestPhone) -> None:
    key = office_key(phone)
    path = server.settings.office_key
    assert path.stat().st_mode & 0o077 == 0
    assert not path.is_relative_to(server.settings.data)
    assert office_key(phone) == key
    path.chmod(0o644)
    office = server.browser()
    answer = imported(office, as_file(lines_of(key, _said(phone))))
    assert answer.status_code == 503
    assert "chmod 600" in answer.text


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", JWK.generate(kty="oct", size=256).export().encode()],
    ids=["empty", "no key", "another kind of key"],
)
def test_a_key_file_that_is_none_is_told(server: Server, phone: TestPhone, content: bytes) -> None:
    key = office_key(phone)
    server.settings.office_key.write_bytes(content)
    assert imported(server.browser(), as_file(lines_of(key, _said(phone)))).status_code == 503
    assert "office_key" not in phone.pull()


def test_a_lost_key_is_replaced_and_phones_hear_of_it(server: Server, phone: TestPhone) -> None:
    key = office_key(phone)
    file = as_file(lines_of(key, _said(phone)))
    server.settings.office_key.unlink()
    assert imported(server.browser(), file).status_code == 503
    new = office_key(phone)
    assert new["kid"] != key["kid"]
    assert imported(server.browser(name="李四"), file).status_code == 409
    assert "新收下 1" in imported(server.browser(name="王五"), as_file(lines_of(new, _said(phone)))).text


def test_a_phone_hears_of_the_key_when_it_is_enrolled(server: Server) -> None:
    said = {"code": server.code(), "device_name": "手机", "platform": "test"}
    answer = server.client.post("/api/v1/enrol", json=said).json()
    assert answer["office_key"] == server.state.office_key.public().model_dump()


ODD: list[Any] = [
    {},
    {"device": []},
    {"device": "\ud800", "n": 1},
    {"n": 10**30, "fields": {"a": "\ud800"}},
    {"n": -1, "type": {}, "kind": None},
    {"n": True, "fields": {"a": [[[[[[1e308]]]]]]}},
    {"type": "home_visit", "fields": {"child": "张"}},
]


def test_operations_that_are_none_wait_for_a_person(server: Server, phone: TestPhone) -> None:
    file = as_file(lines_of(office_key(phone), contents(phone, ODD)))
    answer = imported(server.browser(), file)
    assert answer.status_code == 200
    assert f"待核查 {len(ODD)}" in answer.text
    again = imported(server.browser(name="李四"), file)
    assert f"待核查 {len(ODD)}" in again.text


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n\r\n", b"\0" * 5000])
def test_a_form_that_is_none_is_refused(server: Server, body: bytes) -> None:
    office = server.browser()
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/json"):
        answer = office.post("/devices/import", content=body, headers={"Content-Type": kind})
        assert 400 <= answer.status_code < 500, (kind, body)
