"""A row of the audit log in plain words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from shared.china_time import CHINA_TIME
from shared.forms.value_words import NO, YES
from shared.home_visits.vocabulary import ConsentHow
from shared.problem_texts import sentence
from shared.towns import town_name
from shared.vocabulary import Role
from sync_server.database.tables import AuditRow
from sync_server.queries.audit_log import KnownNames
from sync_server.texts.audit_words import ABOUT_SCHOOLS, ACTIONS, BY_STRANGERS, DETAILS, SCOPES, SEALED
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to whom and when; `details`: pairs of a heading and what was said.

    `subject_id`: what finds all rows about the subject where its words do not, else "".
    """

    number: int
    at: str
    who: str
    person: str
    """The name of who did it, "" where that is nobody with an account."""
    action: str
    subject: str
    subject_id: str
    device: str
    details: tuple[tuple[str, str], ...]
    hash: str


def line(row: AuditRow, known: KnownNames, words: Texts) -> AuditLine:
    """The row for people; times are China's, to the second."""
    device = row.device or ""
    person = known.people.get(row.person or "", row.person or "")
    return AuditLine(
        number=row.number,
        at=_moment(row.at),
        who=person or _nobody(row, words),
        person=person,
        action=action_words(row.action, words),
        subject=_subject(row, known, words),
        subject_id=row.subject if row.subject in known.sealed else "",
        device=known.devices.get(device) or device,
        details=tuple(_details(row.details, known, words)),
        hash=row.hash,
    )


def action_words(action: str, words: Texts) -> str:
    """What an action means; its code if nobody has said so."""
    return ACTIONS[action].of(words.code) if action in ACTIONS else action


def _subject(row: AuditRow, known: KnownNames, words: Texts) -> str:
    thing = known.sealed.get(row.subject)
    if thing is None:
        named = known.people.get(row.subject) or known.devices.get(row.subject)
        school = known.schools.get(row.subject) if row.action in ABOUT_SCHOOLS else None
        return named or school or town_name(row.subject, words.code)
    places = " → ".join(f"{known.schools.get(school, school)} {part}" for school, part in thing.places)
    parts = (
        SEALED[thing.kind].of(words.code),
        _moment(thing.at)[:16],
        places,
        known.people.get(thing.person),
    )
    return " · ".join(part for part in parts if part)


def _nobody(row: AuditRow, words: Texts) -> str:
    if row.action in BY_STRANGERS:
        return words.audit_unknown
    return "" if row.device else words.audit_terminal


def _details(details: dict[str, Any], known: KnownNames, words: Texts) -> Iterable[tuple[str, str]]:
    for name, value in details.items():
        shown = _value(name, value, known, words)
        if shown:
            yield DETAILS[name].of(words.code) if name in DETAILS else name, shown


def _value(name: str, value: Any, known: KnownNames, words: Texts) -> str:
    match name, value:
        case _, None | "" | [] | {}:
            return ""
        case _, bool():
            return (YES if value else NO).of(words.code)
        case "towns", list():
            return words.list_separator.join(town_name(str(one), words.code) for one in value)
        case _, list():
            return words.list_separator.join(map(str, value))
        case "school" | "to_school", str():
            return known.schools.get(value, value)
        case "holder", str():
            return known.people.get(value, value)
        case "consent", str() if value in {how.value for how in ConsentHow}:
            return label(ConsentHow(value), words)
        case "role", str() if value in {role.value for role in Role}:
            return label(Role(value), words)
        case "scope", str() if value in SCOPES:
            return SCOPES[value].of(words.code)
        case "code", str():
            return sentence(value, {}, words.code)
        case "year", str() if _DAY.fullmatch(value):  # the first day of a school year
            return f"{value[:4]}–{int(value[:4]) + 1}"
        case "query", str():
            return unquote_plus(value)
        case "since", str():
            return _moment(value)
    return str(value)


def _moment(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:  # somebody wrote it past the server
        return moment
