"""What nobody's phone or browser would send, and what it gets: a coded 4xx, never a 500."""

import base64
import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import links, people, sessions
from sync_server.access.policy import SYSTEM
from sync_server.access.sign_in import passwords
from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction, reading
from sync_server.http.form_limit import MOST_BYTES
from sync_server.queries import hazards
from sync_server.queries.filters import Filter
from tests.support.server import Server, TestPhone

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("kind", [[], {}, [[]], {"a": []}, 7, True, None, "home_visit"])
def test_a_type_of_any_shape_is_set_aside_and_the_rest_of_the_push_stored(
    phone: TestPhone, kind: Any
) -> None:
    odd, good = phone.op(type=kind), phone.op()
    statuses = [result["status"] for result in phone.push(odd, good)]
    assert statuses == ["quarantined", "stored"]
    assert [result["status"] for result in phone.push(odd, good)] == ["quarantined", "duplicate"]


@pytest.mark.parametrize("value", [b"\xe9", b"sha256 \xff\xfe", b"sha256 !"])
def test_headers_of_uploads_that_are_no_base64(phone: TestPhone, value: bytes) -> None:
    headers: dict[str, Any] = {**phone.headers, "Tus-Resumable": "1.0.0", "Upload-Length": "9"}
    answer = phone.client.post("/api/v1/photos", headers=headers | {"Upload-Metadata": value})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("origin", ["http://[", "http://a]b", "null", "::"])
def test_an_origin_that_is_no_address_is_another_site(server: Server, origin: str) -> None:
    answer = server.client.post("/sign-out", headers=JSON | {"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize("cursor", [["\ud800", "x"], ["x", "\udfff"], [1.5, "x"], [None, None], [2**70, "x"]])
def test_a_cursor_that_is_none_of_ours(server: Server, cursor: list[Any]) -> None:
    text = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
    with reading(server.engine) as session, pytest.raises(Problem, match="invalid"):
        hazards.page(session, SYSTEM, server.campaign, Filter(), "2026-06-01", after=text)


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "Multipart/form-data; boundary=x"])
def test_a_form_is_measured_before_it_is_read(server: Server, form: str) -> None:
    too_large = {"Content-Type": form, "Content-Length": str(MOST_BYTES + 1)}
    answer = server.client.post("/sign-in", headers=JSON | too_large, content=iter([b"x"]))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    answer = server.client.post("/sign-in", headers=JSON | {"Content-Type": form}, content=iter([b"x"]))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_the_answer_to_a_bug_carries_the_policy_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("bug")

    phone = server.phone()
    monkeypatch.setattr(campaigns, "get", broken)
    client = TestClient(server.client.app, raise_server_exceptions=False)
    answer = client.get(f"/api/v1/campaigns/{phone.campaign}/pull", headers=phone.headers)
    assert answer.status_code == 500
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("wanted", ["bytes=abc", "bytes=5-2", "bytes=999999-", "x", "bytes=0-,0-,0-"])
def test_a_part_of_a_file_is_answered_with_the_whole(server: Server, wanted: str) -> None:
    server.settings.phone_web.mkdir(parents=True)
    (server.settings.phone_web / "index.html").write_text("<!doctype html>")
    answer = server.client.get("/app/", headers={"Range": wanted})
    assert (answer.status_code, answer.text) == (200, "<!doctype html>")


def test_a_new_password_ends_what_the_old_one_opened(server: Server) -> None:
    person = server.person("审核员", Role.REVIEWER, "long enough for a password")
    first, second = (in_transaction(server.engine, lambda s: links.make(s, person.id)) for _ in range(2))
    open_one = in_transaction(server.engine, lambda s: sessions.open_for(s, person))
    password_hash = passwords.hash_new("another long password")
    in_transaction(server.engine, lambda s: links.redeem(s, first, password_hash))
    with reading(server.engine) as session:
        assert sessions.access_of(session, open_one) is None
        with pytest.raises(Problem, match="link_invalid"):
            links.person_of(session, second)


def test_one_time_codes_and_links_work_once_for_many_at_once(server: Server) -> None:
    code, link = server.code(), in_transaction(server.engine, lambda s: _link(s, server))
    password_hash = passwords.hash_new("another long password")
    gate = threading.Barrier(8)

    def enrol(_: int) -> int:
        gate.wait()
        said = {"code": code, "device_name": "x"}
        return int(server.client.post("/api/v1/enrol", json=said).status_code)

    def redeem(_: int) -> bool:
        gate.wait()
        try:
            in_transaction(server.engine, lambda s: links.redeem(s, link, password_hash))
        except Problem:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(enrol, range(8))) == [201] + [403] * 7
        assert sum(pool.map(redeem, range(8))) == 1


def _link(session: Any, server: Server) -> str:
    return links.make(session, people.add(session, "管理员", Role.ADMINISTRATOR).id)


def test_a_name_without_an_account_takes_as_long_as_one_with(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    class Counting:
        def hash(self, _: str) -> str:
            counted.append("hash")
            return ""

        def verify(self, *_: str) -> bool:
            counted.append("verify")
            return False

    passwords._nobodys()
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    for password_hash in ("$argon2id$v=19$x", None):
        assert not passwords.fits(password_hash, "guess")
        assert counted == ["verify"]
        counted.clear()


def test_a_crowd_of_guessers_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_SEATS", threading.BoundedSemaphore(1))
    with passwords._turn(), pytest.raises(Problem, match="overloaded"):
        passwords.fits(None, "guess")


def test_data_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    from tests.support.served import Served

    (tmp_path / "log").mkdir()
    served = Served(tmp_path / "log", 0)
    served.data = tmp_path / "data"
    served.command("phone", "code")
    kept = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert kept[1:]
    assert not [path for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077]


def _form(charset: str, content: bytes) -> dict[str, Any]:
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + content + b"\r\n--x--\r\n"
    return {
        "content": body,
        "headers": JSON | {"Content-Type": f"multipart/form-data; boundary=x; {charset}"},
    }


@pytest.mark.parametrize(
    "charset",
    [
        *(
            "charset=undefined",
            "charset=idna",
            "charset=punycode",
            "charset=utf-7",
            'Charset = "Unicode_Escape"',
        ),
        *("charset*=utf-8''punycode", "charset*0=puny; charset*1=code", "charset=utf-8; charset=idna"),
    ],
)
def test_a_form_in_a_codec_of_python_is_refused(server: Server, charset: str) -> None:
    """Punycode takes 1.4 s for 240 kB and four times as long for twice as much, in the one event loop."""
    for browser in (server.client, server.browser(name="张三")):
        answer = browser.post("/sign-in", **_form(charset, b"a" * 9000 + b"-" + b"9" * 3000))
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_encoding")


@pytest.mark.parametrize("charset", ["", "charset=utf-8", 'Charset="UTF-8"'])
def test_a_form_in_utf_8_is_read(server: Server, charset: str) -> None:
    answer = server.client.post("/sign-in", **_form(charset, "谁".encode()))
    assert answer.status_code in (401, 422)
