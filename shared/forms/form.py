"""A form as data: sections of fields, each with its control and its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from shared.vocabulary import PhotoRole, Term
from shared.wording import Wording


class Control(StrEnum):
    """How a field is entered."""

    TEXT = "text"
    PASSAGE = "passage"  # text of several lines
    COUNT = "count"  # a whole number
    NUMBER = "number"
    DAY = "day"
    TIME = "time"  # of a day
    CHOICE = "choice"  # one of a long list
    TILES = "tiles"  # one of a list that is shown whole
    SEGMENTS = "segments"  # one of two to four
    SEVERAL = "several"  # any number of a list
    IDS = "ids"  # other records, by their ids
    YES_NO = "yes_no"
    SWITCH = "switch"
    TOWN = "town"
    POSITION = "position"
    KIT = "kit"  # where all kit items go: `Form.with_kit`
    KIT_ALL = "kit_all"  # all kit items at once
    KIT_ITEM = "kit_item"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class Condition:
    """True while the field `name` has one of `values`."""

    name: str
    values: tuple[Any, ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true for these values."""
        return values.get(self.name) in self.values


@dataclass(frozen=True, slots=True)
class FormField:
    """One field.

    `name`: the record's field. `options`: of a list. `longest`: characters of a text. `quick_days`: days from
    today that one tap chooses. `shows`: what photos show. `error`: the message if it is missing, instead of
    the usual one. `carried_over`: a new form starts with the value last saved. `saved`: False for an answer
    about saving itself, which no record keeps.
    """

    name: str
    label: Wording
    control: Control
    required: bool = False
    required_when: Condition | None = None
    shown_when: Condition | None = None
    options: tuple[Term, ...] = ()
    longest: int = 200
    unit: Wording | None = None
    help: Wording | None = None
    error: Wording | None = None
    quick_days: tuple[int, ...] = ()
    shows: PhotoRole = PhotoRole.SITE
    initial: Any = None
    carried_over: bool = False
    saved: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """Fields shown together, under a title if it has one.

    `folded`: none of them is needed, and they are out of sight until somebody asks for them by the title.
    """

    fields: tuple[FormField, ...]
    title: Wording | None = None
    help: Wording | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One form."""

    sections: tuple[Section, ...]

    def fields(self) -> list[FormField]:
        """All fields, in order."""
        return [field for section in self.sections for field in section.fields]

    def names(self) -> frozenset[str]:
        """The names of all fields."""
        return frozenset(field.name for field in self.fields())

    def photos(self) -> FormField | None:
        """The field for photos, None if the form has none."""
        return next((field for field in self.fields() if field.control is Control.PHOTOS), None)

    def with_kit(self, items: Iterable[Term]) -> "Form":
        """The form with a field for each of these kit items in place of the placeholder, and one for all.

        An item that has a field elsewhere as well keeps only this one.
        """
        rows = tuple(
            FormField(f"kit_{item.value}", Wording(item.zh, item.en), Control.KIT_ITEM) for item in items
        )

        def kit(place: FormField) -> tuple[FormField, ...]:
            whole = FormField("kit_all", place.label, Control.KIT_ALL, saved=False)
            return (whole, *rows) if len(rows) > 1 else rows

        def expanded(fields: Iterable[FormField]) -> tuple[FormField, ...]:
            kept = [field for field in fields if field.name not in named]
            parts = [kit(field) if field.control is Control.KIT else (field,) for field in kept]
            return tuple(field for part in parts for field in part)

        named = {row.name for row in rows}
        sections = (replace(section, fields=expanded(section.fields)) for section in self.sections)
        return Form(tuple(section for section in sections if section.fields))


def section(*fields: FormField, title: Wording | None = None, help: Wording | None = None) -> Section:
    """A section of `fields`."""
    return Section(fields, title, help)


def folded(title: Wording, *fields: FormField, help: Wording | None = None) -> Section:
    """A section of `fields` that need not be filled in."""
    return Section(fields, title, help, folded=True)


def kit_section(title: Wording, help: Wording) -> Section:
    """The section in which each kit item gets a field."""
    return Section((FormField("kit", title, Control.KIT),), title, help)


def photos(shows: PhotoRole, **more: Any) -> FormField:
    """The field of photos that show `shows`."""
    return FormField("photos", Wording("照片", "Photos"), Control.PHOTOS, shows=shows, **more)
