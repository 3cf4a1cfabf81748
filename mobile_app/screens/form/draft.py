"""A form as it is kept while nobody has saved it: JSON-ready, and back."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mobile_app.screens.form.model import HazardForm

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto


def to_draft(form: HazardForm, at: str) -> dict[str, Any]:
    """The form, and when (ISO 8601) it was written. The photos' bytes already lie on the shelf."""
    return {
        "at": at,
        "hazard": form.hazard,
        "suggested": form.suggested,
        "fields": form.fields,
        "photos": [_photo(photo) for photo in form.photos],
    }


def from_draft(kept: dict[str, Any]) -> HazardForm:
    """The form that `to_draft` kept."""
    return HazardForm(
        fields=dict(kept.get("fields") or {}),
        photos=[_prepared(photo) for photo in kept.get("photos") or []],
        hazard=kept.get("hazard"),
        suggested=bool(kept.get("suggested")),
    )


def _photo(photo: "PreparedPhoto") -> dict[str, Any]:
    position = photo.position.model_dump(mode="json", exclude_none=True) if photo.position else None
    values = {name: value for name, value in asdict(photo).items() if name not in ("preview", "position")}
    return {**values, "source": photo.source.value, "position": position}


def _prepared(kept: dict[str, Any]) -> "PreparedPhoto":
    from mobile_app.services import PreparedPhoto
    from shared.records import Position
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
