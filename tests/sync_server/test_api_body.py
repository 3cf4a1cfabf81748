"""What is no message: refused with a code before it costs memory, never a 500."""

import gzip
import json
import tracemalloc
import zlib

import pytest

from sync_server.http.body import too_deep
from tests.support.server import TestPhone


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
        b'"\\ud800"',
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


def test_a_gzip_bomb_costs_no_memory(phone: TestPhone) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([packer.compress(bytes(2**20)) for _ in range(1024)]) + packer.flush()
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


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x" * 1000])
def test_other_encodings(phone: TestPhone, encoding: str) -> None:
    assert send(phone, WHOLE, **{"Content-Encoding": encoding}) == (415, "unsupported_encoding")
