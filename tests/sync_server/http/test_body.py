"""What is no message: refused with a code before it costs memory, never a 500."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from sqlmodel import select

from shared.vocabulary import Role
from sync_server.access import sessions
from sync_server.database.tables import QuarantineRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from sync_server.http import body
from sync_server.http.body import too_deep
from tests.support.server import Server, TestPhone


def send(phone: TestPhone, body: bytes, **headers: str) -> tuple[int, str]:
    answer = phone.client.post(
        f"/api/v1/campaigns/{phone.campaign}/push",
        content=body,
        headers={**phone.headers, "Content-Type": "application/json", **headers},
    )
    return answer.status_code, answer.json()["code"]


WHOLE = json.dumps({"epoch": "x", "ops": []}).encode()
PACKED = gzip.compress(WHOLE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        WHOLE[:-1],
        WHOLE[:7],
        b"\xff\xfe",
        b"nul",
        b"NaN",
        b'{"epoch": NaN}',
        b"]" * 50,
    ],
)
def test_truncated_or_malformed_json(phone: TestPhone, body: bytes) -> None:
    assert send(phone, body) == (400, "malformed_json")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[]", "invalid"),
        (b"7", "invalid"),
        (b"null", "invalid"),
        (b'"\\ud800"', "invalid"),
        (b'{"epoch": "\\ud800", "ops": []}', "invalid"),
        (b'{"epoch": "x", "ops": [], "since": 1e400}', "invalid"),
        (b'{"epoch": 7, "ops": []}', "invalid"),
        (b'{"epoch": "x", "ops": {}}', "invalid"),
        (b'{"epoch": "x", "ops": ["op"]}', "invalid"),
        (b'{"epoch": "x", "ops": [], "more": 1}', "unknown_field"),
    ],
)
def test_wrong_types_and_unknown_fields(phone: TestPhone, body: bytes, code: str) -> None:
    assert send(phone, body) == (422, code)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 5_000_000,
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 1_000_000,
        b'{"epoch":"x","ops":[{"fields":' + b'{"a":[' * 20 + b"]}" * 20 + b"}]}",
        b'{"a":"]]]]",' * 40 + b"}" * 40,
    ],
)
def test_nested_brackets(phone: TestPhone, body: bytes) -> None:
    assert send(phone, body) == (400, "too_deep")


def test_brackets_in_strings_do_not_nest() -> None:
    assert not too_deep(json.dumps({"a": "[" * 100, "b": '\\"[[[' * 20, "c": "{" * 99}).encode())
    assert not too_deep(b"[" * 32 + b"]" * 32)
    assert too_deep(b"[" * 33 + b"]" * 33)
    assert too_deep(b'["[\\"]",' * 33 + b"1" + b"]" * 33)


def test_ten_megabytes_are_too_large(phone: TestPhone) -> None:
    assert send(phone, b"[" * 10_000_000) == (413, "body_too_large")


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A gibibyte of zeros, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(bytes(2**20)) for _ in range(1024)]) + packer.flush()


def test_a_gzip_bomb_costs_no_memory(phone: TestPhone, bomb: bytes) -> None:
    assert len(bomb) < 1_100_000
    tracemalloc.start()
    assert send(phone, bomb, **{"Content-Encoding": "gzip"}) == (413, "body_too_large")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 2**20


@pytest.mark.parametrize(
    "body",
    [b"not gzip", PACKED[:-9], PACKED + b"more", b"", PACKED[:5]],
    ids=["no gzip", "cut", "more after it", "empty", "hardly begun"],
)
def test_broken_gzip(phone: TestPhone, body: bytes) -> None:
    assert send(phone, body, **{"Content-Encoding": "gzip"}) == (400, "bad_encoding")


@pytest.mark.parametrize("pieces", [1, 2, 5])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_what_is_inflated_in_pieces_arrives_whole(phone: TestPhone, pieces: int, more: int) -> None:
    message = json.dumps({"epoch": phone.epoch, "ops": [phone.op()]}).encode()
    answer = phone.client.post(
        f"/api/v1/campaigns/{phone.campaign}/push",
        content=gzip.compress(message[:-1].ljust(pieces * body._PIECE + more - 1) + b"}"),
        headers={**phone.headers, "Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert [result["status"] for result in answer.json()["results"]] == ["stored"]


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x" * 1000])
def test_other_encodings(phone: TestPhone, encoding: str) -> None:
    assert send(phone, WHOLE, **{"Content-Encoding": encoding}) == (415, "unsupported_encoding")


HALF = r"\ud800"
NO_FIELD_HOLDS: list[dict[str, str]] = [
    {"fields": f'{{"water_name": "{HALF}"}}'},
    {"fields": f'{{"{HALF}": 1}}'},
    {"fields": '{"depth_m": 1e400, "remark": null}'},
    {"fields": '{"depth_m": -1e400}'},
    {HALF: "1"},
    {"record": f'"{HALF}"'},
    {"device": f'"{HALF}"'},
    {"type": f'"{HALF}"'},
    {"schema": "1e400"},
    {"schema": "9" * 400},
    {"n": "9" * 30},
]


def test_what_no_field_can_hold_refuses_its_operation_alone(server: Server) -> None:
    phone = server.phone()
    bad = []
    for changed in NO_FIELD_HOLDS:
        written = {key: json.dumps(value) for key, value in phone.op().items()} | changed
        bad.append(",".join(f'"{key}": {value}' for key, value in written.items()))
    ops = ",".join([*(f"{{{op}}}" for op in bad), json.dumps(phone.op())])
    for last in ("stored", "duplicate"):
        answer = phone.client.post(
            f"/api/v1/campaigns/{phone.campaign}/push",
            content=f'{{"epoch": "{phone.epoch}", "ops": [{ops}]}}',
            headers=phone.headers,
        )
        statuses = [result["status"] for result in answer.json()["results"]]
        assert statuses == ["quarantined"] * len(bad) + [last]
    administrator = server.person("管理员", Role.ADMINISTRATOR)
    cookie = in_transaction(server.engine, lambda session: sessions.open_for(session, administrator))
    with reading(server.engine) as session:
        kept = [f"/quarantine/{row.device}/{row.n}" for row in session.exec(select(QuarantineRow))]
    assert len(kept) == len(bad)
    for page in ["/quarantine", *kept]:
        shown = server.client.get(page, headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
        assert shown.status_code == 200
