"""A form as it is kept while nobody has saved it: JSON-ready, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mobile_app.screens.form.form_state import FormState

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto


def to_draft(state: FormState) -> dict[str, Any]:
    """What is filled in. The photos' bytes are stored already."""
    return {
        **state.about,
        "fields": dict(state.fields),
        "suggested": sorted(state.suggested),
        "touched": sorted(state.touched),
        "photos": [_kept_photo(photo) for photo in state.photos],
    }


def restore(state: FormState, kept: Mapping[str, Any]) -> FormState:
    """`state` with what `to_draft` kept filled in."""
    state.fields = dict(kept["fields"])
    state.photos = [_restored_photo(photo) for photo in kept["photos"]]
    suggested = kept.get("suggested")  # True in a draft of 0.1: the town
    state.suggested = {"town_code"} if suggested is True else set(suggested or ())
    state.touched = set(kept.get("touched") or kept["fields"])
    return state


def _kept_photo(photo: "PreparedPhoto") -> dict[str, Any]:
    position = photo.position.model_dump(mode="json", exclude_none=True) if photo.position else None
    values = {name: value for name, value in asdict(photo).items() if name not in ("preview", "position")}
    return {**values, "source": photo.source.value, "position": position}


def _restored_photo(kept: dict[str, Any]) -> "PreparedPhoto":
    from mobile_app.services import PreparedPhoto
    from shared.records.models import Position
    from shared.vocabulary import PhotoSource

    position = kept.get("position")
    return PreparedPhoto(
        **{
            **kept,
            "source": PhotoSource(kept["source"]),
            "position": Position.model_validate(position) if position else None,
            "preview": b"",
        }
    )
