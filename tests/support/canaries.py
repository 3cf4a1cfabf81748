"""Words planted in every protected field of a home visit, and the search for them."""

import base64
import json
from functools import cache
from typing import Any

from tests.support.home_visits import TeacherPhone, teacher, visit
from tests.support.server import Server

FREE = ("student_ref", "visitors", "met_with", "family_note", "content", "parent_feedback", "follow_up")
CANARIES = {name: f"金丝雀{number}号" for number, name in enumerate(("student_name", *FREE))}


@cache
def encodings(word: str) -> list[bytes]:
    """The ways in which a text may lie in a file."""
    plain = word.encode()
    escaped = json.dumps(word)[1:-1].encode()
    shifted = [base64.b64encode(b"x" * skip + plain)[4:-4] for skip in range(3)]
    return [
        plain,
        escaped,
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        plain.hex().encode(),
        *shifted,
    ]


def found_in(data: bytes) -> set[str]:
    """The fields whose words stand in `data`."""
    return {name for name, word in CANARIES.items() if any(form in data for form in encodings(word))}


def planted(server: Server) -> tuple[TeacherPhone, dict[str, Any]]:
    """The phone of a teacher and the visit that it has sent; another one is in quarantine."""
    phone, of = teacher(server), visit(**CANARIES)
    assert phone.statuses(phone.seal(of), phone.seal({**of, "record": visit()["record"]}, kid="lost")) == [
        "stored",
        "envelope_key_unknown",
    ]
    return phone, of
