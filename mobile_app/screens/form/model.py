"""What is being written about a hazard, before it is saved."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from shared.geo import degrees_text, nearest_town
from shared.records import REQUIRED_TO_SAVE
from shared.vocabulary import CoordSource, Datum

if TYPE_CHECKING:
    from mobile_app.services import Fix, PreparedPhoto

QUICK_DAYS = (7, 15, 30)


@dataclass
class HazardForm:
    """A form in the making: `fields` are wire values, `hazard` is set when a saved hazard is being edited.

    `suggested`: the town came from the position and nobody has confirmed it. `touched`: what was changed
    here; of a saved hazard only that is saved, so that nobody settles what they only looked at.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    photos: "list[PreparedPhoto]" = field(default_factory=list)
    hazard: str | None = None
    suggested: bool = False
    touched: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        """What a text field shows."""
        return str(self.fields.get(name) or "")

    def write(self, name: str, value: Any) -> None:
        """Set a field; an emptied one is cleared, or left out where it never was saved."""
        self.touched.add(name)
        if value not in ("", None):
            self.fields[name] = value
        elif self.hazard:
            self.fields[name] = None
        else:
            self.fields.pop(name, None)

    def place(self, position: dict[str, Any]) -> None:
        """Take a position, and suggest the town where nobody has chosen one."""
        self.fields["position"] = position
        self.touched.add("position")
        if self.suggested or not self.fields.get("town_code"):
            town = nearest_town(position["lat"], position["lon"])
            if town is not None:
                self.fields["town_code"], self.suggested = town.code, True
                self.touched.add("town_code")

    def choose_town(self, code: str) -> None:
        """The person's own choice."""
        self.fields["town_code"], self.suggested = code, False
        self.touched.add("town_code")

    def kit(self, name: str) -> str | None:
        """The state of a kit item, None where nobody looked."""
        return (self.fields.get(name) or {}).get("state")

    def missing(self) -> list[str]:
        """The required fields that are not filled in; their order on the screen is that of the alphabet."""
        return [name for name in sorted(REQUIRED_TO_SAVE) if not self.text(name).strip()]

    def to_save(self) -> dict[str, Any]:
        """The fields as they are saved: no blanks around what was typed."""
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in self.fields.items()
            if not self.hazard or name in self.touched
        }


def position_of(fix: "Fix") -> dict[str, Any]:
    """A fix of the phone as a position register."""
    return fix.position.model_dump(mode="json", exclude_none=True)


def typed_position(lat: str, lon: str, datum: Datum) -> dict[str, Any] | None:
    """A position typed in `datum`, as WGS-84, with what was typed; None where it is no position."""
    try:
        point = (float(lat.strip()), float(lon.strip()))
    except ValueError:
        return None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        return None
    if datum in (Datum.GCJ02, Datum.BD09):
        from shared.geo import to_wgs

        wgs = to_wgs(point, datum)
        return {
            "lat": round(wgs[0], 6),
            "lon": round(wgs[1], 6),
            "source": CoordSource.TYPED.value,
            "raw": f"{lat.strip()},{lon.strip()}",
            "raw_datum": datum.value,
        }
    return {"lat": round(point[0], 6), "lon": round(point[1], 6), "source": CoordSource.TYPED.value}


def position_words(position: dict[str, Any]) -> str:
    """23.021000, 113.752000."""
    return f"{degrees_text(position['lat'])}, {degrees_text(position['lon'])}"


def day_after(day: date, days: int) -> str:
    """The ISO day that many days later."""
    return (day + timedelta(days=days)).isoformat()
