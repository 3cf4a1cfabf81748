"""What the phone says a file will take is about what it takes."""

import json
import secrets
import tracemalloc

import pytest
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from shared.sealed.jwe import read_header
from shared.sealed.unsent_file import MAX_LINE, UnsentHeader, sealed_size
from shared.sync.wire import MAX_PHOTO

KEY = JWK.generate(kty="EC", crv="P-256")


def line(content: bytes, parts: int) -> str:
    header = UnsentHeader(kid="a" * 16, file=secrets.token_hex(16), part=1, parts=parts).protected()
    made = JWE(content, json.dumps(header))
    made.add_recipient(KEY)
    text: str = made.serialize(compact=True)
    return text


@pytest.mark.parametrize("sizes", [(10,), (5000, 600_000, 1), (1000,) * 40])
def test_the_size_of_a_file_is_known_before_it_is_made(sizes: tuple[int, ...]) -> None:
    real = sum(len(line(bytes(size), len(sizes))) + 1 for size in sizes)
    assert abs(sealed_size(*sizes) - real) < 120 * len(sizes)


def test_the_largest_photo_fits_into_a_line() -> None:
    assert sealed_size(MAX_PHOTO) < MAX_LINE


def test_a_line_of_nothing_but_dots_costs_no_more_memory_than_itself() -> None:
    line = "." * 10_000_000
    tracemalloc.start()
    try:
        assert read_header(line, UnsentHeader) is None
        assert tracemalloc.get_traced_memory()[1] < 2 * len(line)
    finally:
        tracemalloc.stop()
