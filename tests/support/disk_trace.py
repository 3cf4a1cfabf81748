"""What a process did to its disk, and to whom it spoke between, read from a trace of strace."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tools import strace

_CALLS = "read,recvfrom,write,writev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2"
_LINE = re.compile(r"(?P<thread>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\()(?P<rest>.*)")
_PLACE = re.compile(r"\d+<(?P<place>\w+:\[[^]]*\]|[^>]*)>")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Event:
    """`heard` and `said`: the beginning of what came from, went to `place`, a connection or a file. `synced`:
    the file or folder `place` is on the disk. `renamed`: from `text` to `place`."""

    kind: Literal["heard", "said", "synced", "renamed"]
    place: str
    text: str = ""


def command(trace: Path) -> list[str]:
    """What to put before a command, so that the process it starts is the one that is traced to `trace`."""
    program = strace.find()
    if program is None:
        pytest.fail(strace.ADVICE, pytrace=False)
    return [str(program), "-D", "-f", "-yy", "-q", "-s", "80", "-e", f"trace={_CALLS}", "-o", str(trace)]


def complete(trace: Path) -> str:
    """The trace, once the tracer has written that the traced process, which begins it, has ended."""
    while True:
        text = trace.read_text()
        if re.search(rf"^{text.partition(' ')[0]} +\+\+\+ ", text, re.MULTILINE):
            return text
        time.sleep(0.02)


def events(trace: str) -> Iterator[Event]:
    """What happened, in its order: a call that another thread interrupted counts when it returned, but what
    is said counts when it began."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        thread, call, rest = found["thread"], found["call"], found["rest"]
        if found["resumed"]:
            begun_with = begun.pop(thread, "")
            if not begun_with or _is_saying(found["resumed"]):
                continue
            call, rest = found["resumed"], begun_with + rest
        elif rest.endswith("<unfinished ...>"):
            begun[thread] = rest.removesuffix("<unfinished ...>")
            if not _is_saying(call):
                continue
        event = _event(call, rest)
        if event is not None:
            yield event


def _is_saying(call: str) -> bool:
    return call in ("write", "writev", "sendto", "sendmsg")


def _event(call: str, rest: str) -> Event | None:
    texts = _TEXT.findall(rest)
    if call.startswith("rename"):
        return Event("renamed", texts[1], texts[0]) if rest.endswith("= 0") else None
    place = _PLACE.match(rest)
    if place is None:
        return None
    if call in ("fsync", "fdatasync"):
        return Event("synced", place["place"]) if rest.endswith("= 0") else None
    return Event("said" if _is_saying(call) else "heard", place["place"], texts[0] if texts else "")
