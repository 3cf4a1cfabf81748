"""The hazard form as it is kept while nobody has saved it: JSON-ready, and back."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mobile_app.screens.form.model import HazardForm

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto


def to_draft(form: HazardForm) -> dict[str, Any]:
    """The form. The photos' bytes already lie on the shelf."""
    return {
        "hazard": form.hazard,
        "suggested": form.suggested,
        "fields": form.fields,
        "touched": sorted(form.touched),
        "photos": [kept_photo(photo) for photo in form.photos],
    }


def from_draft(kept: dict[str, Any]) -> HazardForm:
    """The form that `to_draft` kept."""
    return HazardForm(
        fields=dict(kept.get("fields") or {}),
        photos=[photo_again(photo) for photo in kept.get("photos") or []],
        hazard=kept.get("hazard"),
        suggested=bool(kept.get("suggested")),
        touched=set(kept.get("touched") or kept.get("fields") or ()),
    )


def kept_photo(photo: "PreparedPhoto") -> dict[str, Any]:
    """A prepared photo in a draft."""
    position = photo.position.model_dump(mode="json", exclude_none=True) if photo.position else None
    values = {name: value for name, value in asdict(photo).items() if name not in ("preview", "position")}
    return {**values, "source": photo.source.value, "position": position}


def photo_again(kept: dict[str, Any]) -> "PreparedPhoto":
    """The photo that `kept_photo` kept."""
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
