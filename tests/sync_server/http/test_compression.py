"""What an Accept-Encoding header allows (RFC 9110, 12.5.3)."""

import pytest
from fastapi import Request

from sync_server.http.compression import accepts


def asked(header: str | None) -> Request:
    headers = [] if header is None else [(b"accept-encoding", header.encode())]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (None, set()),
        ("", set()),
        ("identity", set()),
        ("gzip", {"gzip"}),
        ("GZIP, deflate", {"gzip"}),
        ("gzip, deflate, br", {"gzip", "br"}),
        ("gzip;q=0", set()),
        ("gzip; q=0.0, br", {"br"}),
        ("gzip ; q=0.05", {"gzip"}),
        ("gzip;q=no number", set()),
        ("*", {"gzip", "br"}),
        ("*;q=0", set()),
        ("br;q=0, *", {"gzip"}),
        ("gzip;q=1.0;x=y", {"gzip"}),
    ],
)
def test_a_coding_is_sent_only_where_it_is_taken(header: str | None, taken: set[str]) -> None:
    assert {coding for coding in ("gzip", "br") if accepts(asked(header), coding)} == taken
