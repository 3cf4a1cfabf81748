"""What is being filled into a form before it is saved."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.forms import filling
from shared.forms.filling import FieldError
from shared.forms.form import Form
from shared.geo import nearest_town

if TYPE_CHECKING:
    from mobile_app.services import PreparedPhoto


@dataclass
class FormState:
    """A form in the making.

    `fields`: what is filled in, as `shared.forms.filling` takes it. `editing`: a saved record is being
    changed; only what was `touched` here is saved then, so that nobody settles what they only looked at.
    `suggested`: the town came from the position and nobody has confirmed it. `earlier_photos`: how many of
    the photos that the form asks for are there already. `about`: what a kept draft says besides.
    """

    form: Form
    fields: dict[str, Any] = field(default_factory=dict)
    photos: "list[PreparedPhoto]" = field(default_factory=list)
    editing: bool = False
    suggested: bool = False
    touched: set[str] = field(default_factory=set)
    earlier_photos: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What a text field shows."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def write(self, name: str, value: Any) -> None:
        """Set a field; an emptied one is cleared, or left out where it never was saved."""
        self.touched.add(name)
        if value not in ("", None, []):
            self.fields[name] = value
        elif self.editing:
            self.fields[name] = None
        else:
            self.fields.pop(name, None)

    def write_position(self, position: dict[str, Any]) -> None:
        """Set the position, and suggest the town where nobody has chosen one."""
        self.write("position", position)
        if "town_code" in self.form.names() and (self.suggested or not self.fields.get("town_code")):
            town = nearest_town(position["lat"], position["lon"])
            if town is not None:
                self.write("town_code", town.code)
                self.suggested = True

    def choose_town(self, code: str) -> None:
        """Set the town that the person chose."""
        self.write("town_code", code)
        self.suggested = False

    def errors(self) -> dict[str, FieldError]:
        """Field → what is wrong with it, in the form's order."""
        return filling.errors(self.form, self.fields, len(self.photos) + self.earlier_photos)

    def to_save(self) -> dict[str, Any]:
        """The fields as they are saved."""
        saved = filling.record_fields(self.form, self.fields)
        return {name: value for name, value in saved.items() if not self.editing or name in self.touched}
