"""docs/protocol.md is enough to write a client: its session and its numbers are tried."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.operations import GENESIS
from tests.support.server import Server

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
SESSION = PAGE.split("## A session\n")[1]
NUMBERS = re.findall(r"^\| `([-0-9.e]+)` \| `([-0-9.e]+)` \|$", PAGE, re.M)
_NAME = re.compile(r"<(\w+)>")


def exchanges() -> list[tuple[str, str]]:
    """The requests of the session, each with its answer."""
    blocks = re.findall(r"```http\n(.*?)```", SESSION, re.S)
    return list(zip(blocks[::2], blocks[1::2], strict=True))


def split(block: str) -> tuple[str, dict[str, str], str]:
    """The first line of a block, its headers and its body."""
    head, _, body = block.strip().partition("\n\n")
    first, *lines = head.splitlines()
    return first, dict(line.split(": ", 1) for line in lines), body


def compare(shown: Any, given: Any, known: dict[str, str], path: str) -> None:
    """Assert that an answer is what the page shows, and learn what it gives."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            filled = _NAME.sub(lambda name: known[name[1]], key)
            assert filled in given, f"{path}.{filled}"
            compare(value, given[filled], known, f"{path}.{filled}")
    elif isinstance(shown, list):
        assert len(shown) == len(given), path
        for at, (one, other) in enumerate(zip(shown, given, strict=True)):
            compare(one, other, known, f"{path}[{at}]")
    elif isinstance(shown, str) and (name := _NAME.fullmatch(shown)):
        assert known.setdefault(name[1], given) == given, path
    elif shown == "…":
        assert isinstance(given, str), path
    else:
        assert given == shown, path


@pytest.mark.sqlite("about what the page says, not about a database")
def test_the_session_of_the_page_happens_as_it_says(server: Server) -> None:
    known = {"code": server.code()}
    [encoded] = re.findall(r"^    (iVBOR\S+)$", SESSION, re.M)
    photo = base64.b64decode(encoded)
    assert hashlib.sha256(photo).hexdigest() in SESSION
    assert len(exchanges()) == 8
    for request, answer in exchanges():
        first, headers, body = split(_NAME.sub(lambda name: known[name[1]], request))
        method, path = first.split(" ")
        content = photo if body == "(the photo)" else body.encode()
        given = server.client.request(method, path, headers=headers, content=content)
        status, shown_headers, shown = split(answer)
        assert given.status_code == int(status), (first, given.text)
        for name, value in shown_headers.items():
            assert given.headers[name] == value, first
        if shown:
            compare(json.loads(shown), given.json(), known, first)


@pytest.mark.sqlite("about what the page says, not about a database")
def test_numbers_are_canonical_as_the_page_says_and_tips_follow_from_them(server: Server) -> None:
    assert len(NUMBERS) > 10
    phone = server.phone()
    ops = []
    for written, _ in NUMBERS:
        if not written.startswith("-"):
            ops.append(json.dumps(phone.op({"depth_m": "?", "remark": "塘\n"})).replace('"?"', written))
        else:
            place = {"lat": "?", "lon": 113.7}
            ops.append(json.dumps(phone.op({"position": place})).replace('"?"', written))
    body = f'{{"epoch": "{phone.epoch}", "ops": [{",".join(ops)}]}}'
    push = f"/api/v1/campaigns/{phone.campaign}/push"
    answer = server.client.post(push, content=body, headers=phone.headers).json()
    assert {result["status"] for result in answer["results"]} == {"stored"}
    pulled = server.client.get(push.replace("push", "pull"), headers=phone.headers)
    tip = GENESIS
    for (_, canonical), op in zip(
        NUMBERS, pulled.json(parse_float=as_written, parse_int=as_written)["ops"], strict=True
    ):
        fields = op["fields"]
        assert (fields.get("depth_m") or fields["position"]["lat"]) == f"#{canonical}#"
        known = {name: value for name, value in op.items() if name not in ("seq", "hlc_eff", "ledger_no")}
        text = json.dumps(known, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        tip = hashlib.blake2b((tip + re.sub(r'"#|#"', "", text)).encode(), digest_size=8).hexdigest()
    assert tip == answer["tip"]


def as_written(text: str) -> str:
    """A number as it is written, marked so that it can be written again."""
    return f"#{text}#"
