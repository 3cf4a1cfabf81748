"""The texts of a hazard that are searched; persons separately, as not everybody may see them."""

from collections.abc import Callable
from typing import Any

from shared.profiles.profile import Profile
from shared.records.models import OF_PERSONS
from shared.search.folding import indexed
from shared.towns import town_name

Read = Callable[[str], Any]
"""Returns the value of a hazard's field, None if it has none."""


def plain_text(profile: Profile, read: Read, *numbers: str | None) -> str:
    """The text that everybody who sees the hazard may search: its numbers, its place, its texts."""
    town = read("town_code")
    return indexed((*numbers, town_name(town) if town else None, *map(read, profile.searched)))


def persons_text(profile: Profile, read: Read) -> str:
    """The text that only those may search who see the names and telephone numbers of persons."""
    return indexed(read(name) for name in OF_PERSONS if name in profile.hazard.model_fields)
