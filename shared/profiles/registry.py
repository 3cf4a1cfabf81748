"""The programmes this version knows."""

from pydantic import BaseModel

from shared.profiles.drowning import DROWNING
from shared.profiles.labels import COMMON_LABELS, label_at
from shared.profiles.profile import Profile
from shared.vocabulary import Term

PROFILES: dict[str, Profile] = {DROWNING.id: DROWNING}
DEFAULT = DROWNING
"""The programme of a register that names none."""


def profile_of(programme: str) -> Profile:
    """The profile with that id; the default one for an id of a later version."""
    return PROFILES.get(programme, DEFAULT)


def profile_with(model: type[BaseModel]) -> Profile:
    """The profile whose record `model` is; the default one for a record that every programme has."""
    return next((one for one in PROFILES.values() if model in (one.hazard, one.event)), DEFAULT)


def hazard_type(code: str) -> Term | None:
    """The type of a hazard, of whichever programme has one with that code."""
    return next((term for one in PROFILES.values() for term in one.types if term.value == code), None)


def field_label(path: str, language: str = "zh") -> str | None:
    """The label of the field that a problem's `path` points at, in whichever programme has it."""
    for profile in PROFILES.values():
        found = label_at(path, {**COMMON_LABELS, **profile.labels}, language)
        if found:
            return found
    return None
