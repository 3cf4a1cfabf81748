"""What a search for hazards looks through; persons stand apart, as not everybody may see them."""

from collections.abc import Callable
from typing import Any

from shared.profiles.profile import Profile
from shared.records.models import OF_PERSONS
from shared.search.folding import indexed
from shared.towns import town_name

Read = Callable[[str], Any]
"""The value of a hazard's field, None where there is none."""


def plain_text(profile: Profile, read: Read, *numbers: str | None) -> str:
    """What everybody may find a hazard by who sees it: its numbers, its place, its texts."""
    town = read("town_code")
    return indexed((*numbers, town_name(town) if town else None, *map(read, profile.searched)))


def persons_text(profile: Profile, read: Read) -> str:
    """What only those may find a hazard by who see the names and telephone numbers of persons."""
    return indexed(read(name) for name in OF_PERSONS if name in profile.hazard.model_fields)
