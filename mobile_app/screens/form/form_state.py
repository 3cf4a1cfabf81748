"""What is being filled into a form before it is saved."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shared.forms import filling
from shared.forms.filling import FieldError
from shared.forms.form import Control, Form, FormField
from shared.forms.steps import AFTER_DOUBTFUL, SUBMIT
from shared.geo import nearest_town
from shared.hazards.kit import states_of
from shared.records.fix import found_there
from shared.records.models import Position
from shared.vocabulary import KitState, PhotoRole

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto
    from mobile_app.store.queries.same_place import SamePlace
    from shared.hazards.evidence import Closeness


def _nowhere(_state: "FormState") -> "Sequence[SamePlace]":
    return ()


def _nothing_close(_state: "FormState") -> "Closeness | None":
    return None


def _nothing(_fields: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


@dataclass
class FormState:
    """A form in the making.

    `fields`: what is filled in, as `shared.forms.filling` takes it. `editing`: a saved record is being
    changed; only what was `touched` here is saved then, so that nobody settles what they only looked at.
    `new_hazard`: one that comes without evidence is asked about. `locates`: the search for the position
    begins when the form opens. `suggested`: the fields that nobody has chosen one by one: the town that
    follows from the position, the kit that one tap filled in. `fallbacks`: from the fields, the texts that
    are saved where a field stays empty. `earlier_photos`: how many of the photos that the form asks for are
    there already. `known_photos`: the hazard's photos, the SHA-256 of the original → what it shows.
    `references`: the SHA-256 of those by which the camera is held, see `use_reference`. `closest`: how near
    and recent the best photo of the finished work is, None where this is not about any. `places_photos`: one
    without a place gets the position that was found then. `town_code` and `number`: those of the hazard
    that a step is about, for the stamp. `about`:
    what a kept draft says besides. `linking`: the route to a new hazard that this form is to be linked with,
    "" if none. `choices`: of a field whose options the form does not know, (value, word). `same_places`: what
    this may be instead of a new hazard; `joins`: the hazard to which it is to be added, "" for a record of
    its own.
    """

    form: Form
    fields: dict[str, Any] = field(default_factory=dict)
    photos: "list[PreparedPhoto]" = field(default_factory=list)
    editing: bool = False
    new_hazard: bool = False
    locates: bool = False
    suggested: set[str] = field(default_factory=set)
    fallbacks: Callable[[Mapping[str, Any]], Mapping[str, str]] = _nothing
    touched: set[str] = field(default_factory=set)
    earlier_photos: int = 0
    known_photos: Mapping[str, PhotoRole] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    closest: "Callable[[FormState], Closeness | None]" = _nothing_close
    places_photos: bool = False
    town_code: str | None = None
    number: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    linking: str = ""
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    same_places: "Callable[[FormState], Sequence[SamePlace]]" = _nowhere
    joins: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The fields, with the answers that follow from the rest."""
        found = self.closest(self) if self.fields.get(SUBMIT) else None
        return {**self.fields, AFTER_DOUBTFUL: True} if found and found.doubtful else self.fields

    def take_photos(self, photos: "Sequence[PreparedPhoto]") -> None:
        """Have these photos; one without a place was taken where the position was found about then."""
        found = self.fields.get("position") if self.places_photos else None
        place = Position.model_validate(found) if found else None
        self.photos = [
            replace(photo, position=place)
            if place and photo.position is None and found_there(place, photo.taken_at)
            else photo
            for photo in photos
        ]

    def text(self, name: str) -> str:
        """What a text field shows."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def write(self, name: str, value: Any) -> None:
        """Set a field; an emptied one is cleared, or left out where it never was saved."""
        self.touched.add(name)
        self.suggested.discard(name)
        if value not in ("", None, []):
            self.fields[name] = value
        elif self.editing:
            self.fields[name] = None
        else:
            self.fields.pop(name, None)

    def _suggest(self, name: str, value: Any) -> None:
        """Set a field, unless somebody has chosen its value."""
        if name in self.suggested or not self.fields.get(name):
            self.write(name, value)
            self.suggested.add(name)

    def write_position(self, position: dict[str, Any]) -> None:
        """Set the position, suggest the town where nobody has chosen one, and place the photos."""
        self.write("position", position)
        self.take_photos(self.photos)
        town = nearest_town(position["lat"], position["lon"])
        if town is not None and "town_code" in self.form.names():
            self._suggest("town_code", town.code)

    def fill_kit(self, found: KitState) -> None:
        """Set all kit items that stand together to `found` but those that somebody has chosen."""
        together = [section for section in self.form.sections if not section.folded]
        for item in (one for section in together for one in section.fields):
            if item.control is Control.KIT_ITEM and found in states_of(item.name):
                self._suggest(item.name, {"state": found.value})

    def is_filled(self, name: str) -> bool:
        """Whether a field has a value."""
        return self.fields.get(name) not in (None, "", [], {})

    def fallback(self, name: str) -> str:
        """What is saved for a text if it stays empty, "" for nothing."""
        return self.fallbacks(self.fields).get(name, "")

    def _filled(self) -> dict[str, Any]:
        """The fields, with the fallbacks of those that are empty."""
        fallbacks, values = self.fallbacks(self.fields), self.values
        return values | {name: text for name, text in fallbacks.items() if not self.text(name).strip()}

    def errors(self) -> dict[str, FieldError]:
        """Field → what is wrong with it, in the form's order."""
        return filling.errors(self.form, self._filled(), len(self.photos) + self.earlier_photos)

    def evidence_missing(self) -> list[FormField]:
        """Position and photos where a new hazard comes without."""
        if not self.new_hazard:
            return []
        return filling.evidence_missing(self.form, self.fields, len(self.photos))

    def same_photos(self) -> dict[int, PhotoRole]:
        """Place of a photo → what the hazard has the very same photo for, where that is something else."""
        shows = self.form.photos()
        roles = {
            place: self.known_photos.get(photo.original_sha256) for place, photo in enumerate(self.photos)
        }
        return {place: role for place, role in roles.items() if shows and role and role is not shows.shows}

    @property
    def distinct_from(self) -> list[str]:
        """The hazards of which the person said 不是同一处; drafts keep them."""
        return list(self.about.get("distinct_from") or ())

    def tell_apart(self, hazards: Collection[str]) -> None:
        """The person said that it is none of these."""
        if hazards:
            self.about["distinct_from"] = list(dict.fromkeys([*self.distinct_from, *hazards]))

    def to_save(self) -> dict[str, Any]:
        """The fields as they are saved."""
        saved = filling.record_fields(self.form, self._filled())
        if not self.editing:
            return saved
        outdated = filling.outdated(self.form, self.fields, self.touched)
        return {name: value for name, value in saved.items() if name in self.touched} | dict.fromkeys(
            outdated
        )
