"""The journal of saves: lines that survive where the database file is stored only now and then.

One line per save, `\n{crc32 of the JSON as 8 hex digits} {JSON}\n`: it starts on a new line whatever an
earlier write left behind. A damaged line is skipped; those after it are still read.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from mobile_app.store.log import writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import drafts
from mobile_app.store.queries.upload_states import OperationState
from shared.operations import Operation, canonical


def saved(
    operations: Sequence[Operation],
    *,
    draft_done: str = "",
    draft_kept: tuple[str, dict[str, Any] | None] = ("", None),
) -> bytes:
    """The line of a save; `draft_done` names the draft that it also made obsolete, if any.

    `draft_kept`: the name and the form of a draft that it changed; no form where there is none.
    """
    wires = ",".join(canonical(operation) for operation in operations)
    changed: dict[str, Any] = {draft_done: None} if draft_done else {}
    if draft_kept[1] is not None:
        changed |= dict([draft_kept])
    forms = f',"drafts":{json.dumps(changed, ensure_ascii=False)}' if changed else ""
    return _line('{"ops":[' + wires + "]" + forms + "}")


def drafted(name: str, form: dict[str, Any] | None) -> bytes:
    """The line of a kept draft, or of a dropped one."""
    return _line(json.dumps({"drafts": {name: form}}, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many lines were intact, and how many that had been intact once are damaged.

    A damaged last line does not count: the app died while writing it, and nobody was told that it is saved.
    """

    whole: int = 0
    damaged: int = 0


def replay(session: Session, journal: bytes) -> Replayed:
    """Put every intact line into the store again; known ones change nothing."""
    whole = damaged = torn = 0
    for line in filter(None, journal.split(b"\n")):
        entry = _read(line)
        if entry is None:
            torn += 1
            continue
        damaged, torn = damaged + torn, 0
        operations = [Operation.model_validate(raw) for raw in entry.get("ops", [])]
        writer.append(session, [LogEntry(operation, None, OperationState.UNSENT) for operation in operations])
        for name, form in entry.get("drafts", {}).items():
            drafts.keep(session, name, form)
        whole += 1
    return Replayed(whole, damaged + max(0, torn - 1))


def _line(text: str) -> bytes:
    content = text.encode()
    return b"\n%08x %s\n" % (zlib.crc32(content), content)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        entry: dict[str, Any] = json.loads(line[9:])
    except (ValueError, ValidationError):
        return None
    return entry
