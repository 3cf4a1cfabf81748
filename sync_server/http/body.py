"""Reads messages: size, encoding and nesting are limited before anything is parsed."""

import asyncio
import json
import math
import re
import zlib
from collections.abc import Iterator
from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared import problems, record_types
from shared.sync import wire
from sync_server.http.memory import Reservation

M = TypeVar("M", bound=BaseModel)

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_MARK = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_GZIP = 31
_PIECE = 256 * 1024
"""Bytes that are inflated at a time: about half a millisecond of the event loop."""
SECONDS = 120.0
"""Time limit for a whole message to arrive."""


async def read_bytes(
    request: Request, held: Reservation, most: int = wire.MAX_BODY, seconds: float = SECONDS
) -> bytes:
    """The uncompressed body, at most `most` bytes, counted into `held`.

    Inflates as the bytes arrive, a piece at a time with other work between, and stops at the limit. Raises
    Problem body_too_large, body_too_slow, overloaded, bad_encoding, unsupported_encoding.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise problems.unsupported_encoding(encoding=encoding[:40])
    inflate = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    parts: list[bytes] = []
    size = came = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                came += len(chunk)
                for part in [chunk] if inflate is None else _inflated(inflate, chunk):
                    size += len(part)
                    if size > most or came > most:
                        raise problems.body_too_large(limit=most)
                    held.grow(len(part))
                    parts.append(part)
                    if len(part) == _PIECE:
                        await asyncio.sleep(0)
    except TimeoutError:
        raise problems.body_too_slow(retry_after_s=1) from None
    if inflate is not None and not inflate.eof:
        raise problems.bad_encoding()
    return b"".join(parts)


def _inflated(inflate: Any, chunk: bytes) -> Iterator[bytes]:
    """What a chunk becomes, at most `_PIECE` at a time. Raises Problem bad_encoding."""
    while chunk:
        try:
            piece = inflate.decompress(chunk, _PIECE)
        except zlib.error:
            raise problems.bad_encoding() from None
        if inflate.unused_data:
            raise problems.bad_encoding()
        chunk = inflate.unconsumed_tail
        yield piece


def parse(body: bytes, model: type[M]) -> M:
    """The message in a body.

    Raises Problem too_deep, body_too_large, malformed_json, invalid, unknown_field.
    """
    if too_deep(body):
        raise problems.too_deep(limit=wire.MAX_DEPTH)
    if sum(map(body.count, (b",", b"[", b"{"))) > wire.MAX_VALUES:
        raise problems.body_too_large(limit=wire.MAX_VALUES)
    try:
        return model.model_validate(_loads(body))
    except ValidationError as error:
        raise record_types.problem_of(error) from None


def _loads(body: bytes) -> Any:
    """Parse a document, also one with lone surrogates or numbers beyond a double, which orjson refuses.

    No model accepts such values, so only the operation that has them is refused, not the whole push. Numbers
    become what orjson makes of them; those beyond a double infinite. Raises Problem malformed_json.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        refused = error
    try:
        return json.loads(body.decode(), parse_int=_integer, parse_constant=_no_constant)
    except ValueError:
        raise problems.malformed_json(at=refused.pos) from None


def _integer(text: str) -> int | float:
    number = float(text)
    if math.isinf(number) or abs(number) > 2**64:
        return number
    exact = int(text)
    return exact if -(2**63) <= exact < 2**64 else number


def _no_constant(text: str) -> float:
    raise ValueError(text)


def too_deep(body: bytes, most: int = wire.MAX_DEPTH) -> bool:
    """Whether brackets outside strings nest deeper than `most`; works on malformed text too."""
    unescaped = _ESCAPED.sub(b"", body) if b"\\" in body else body
    marks = unescaped.translate(_BRACKETS, _NO_MARK).replace(b'""', b"")  # most strings hold no bracket
    brackets = b"".join(marks.split(b'"')[::2])
    if b"[" * (most + 1) in brackets:
        return True
    for _ in range(most):
        fewer = brackets.replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return fewer.count(b"[") > most
        brackets = fewer
    return bool(brackets)
