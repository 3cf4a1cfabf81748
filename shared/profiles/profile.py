"""What makes a programme: its records, words, forms, kit, risk and ledger, as one value.

The rest of the product knows hazards, their history, positions and photos; what kind of thing a hazard of
this programme is, it reads here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel

from shared.forms.form import Form, FormField
from shared.forms.model_fields import form_field
from shared.hazards.patrol_plan import PatrolPlan
from shared.operations import RecordType
from shared.profiles.labels import COMMON_LABELS
from shared.profiles.risk import Risk, settled_level
from shared.profiles.sign import SignWords
from shared.record_types import kind_of, read
from shared.towns import town_name
from shared.vocabulary import EventType, RiskLevel, Term
from shared.wording import Wording

_OTHER = "other"
"""The type of what fits no other."""
CellStyle = Literal["text", "number", "degrees", "date", "wrapped", "picture"]


class LedgerFact(StrEnum):
    """What a ledger can show of a hazard of any programme, besides the fields of its record."""

    NUMBER = "number"
    TOWN = "town"
    LON = "lon"
    LAT = "lat"
    GCJ_LON = "gcj_lon"
    GCJ_LAT = "gcj_lat"
    ACCURACY = "accuracy"
    RISK = "risk"
    ASSIGNED_ON = "assigned_on"
    DUE_ON = "due_on"
    STATUS = "status"
    RECTIFIED_ON = "rectified_on"
    ACCEPTOR = "acceptor"
    CLOSED_ON = "closed_on"
    RECHECK = "recheck"
    RELAPSED = "relapsed"
    BEFORE_PHOTO = "before_photo"
    AFTER_PHOTO = "after_photo"
    INSPECTOR = "inspector"


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column of the 台账: its heading, its width in characters, how cells are set, and what it shows.

    `source`: a fact, the name of a field of the record, or what is worked out from the record.
    """

    title: str
    width: float
    style: CellStyle
    source: LedgerFact | str | Callable[[Any], str | float | date | None]


EVERY_HAZARD = ("year", "town_code", "village", "position", "due_date", "found_on", "distinct_from")
"""The fields that hazards of every programme have: map, counts and ledger numbers rely on them."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One programme.

    `hazard` and `event`: the models of its records. `title_field`, `type_field`: the field that names a
    hazard, and the one that says what type it is, a Term. `kit`: the items that its records know (field
    `kit_<code>`); `usual_kit`: those that are looked at unless a deployment chose others. `searched`: the
    fields that a search looks through, besides numbers, town and persons. `near_m`: two hazards so near, in
    metres, may be the same one; `generic_names`: the words that do not tell two names apart. `labels`:
    what its own fields are called. `patrol_m`: somebody whose position is so near a hazard, in metres, was
    there (`hazards.patrols`). `sign`: what its signs say, None for a programme without signs. `patrol_plan`:
    how often its hazards are patrolled, None where nobody is asked to.
    """

    id: str
    things: Wording
    unnamed: Wording
    hazard: type[BaseModel]
    event: type[BaseModel]
    title_field: str
    type_field: str
    types: type[Term]
    searched: tuple[str, ...]
    near_m: float
    generic_names: tuple[str, ...]
    kit: tuple[Term, ...]
    usual_kit: tuple[Term, ...]
    kit_title: Wording
    number_prefix: str
    ledger_title: str
    ledger: tuple[LedgerColumn, ...]
    hazard_form: Form
    step_forms: Mapping[EventType, Form]
    assess: Callable[[Any], Risk | None]
    labels: Mapping[str, Wording] = field(default_factory=dict)
    patrol_m: float = 100
    sign: SignWords | None = None
    patrol_plan: PatrolPlan | None = None

    def label(self, name: str, language: str) -> str:
        """What people call a field; its name where it has no other."""
        known = self.labels.get(name) or COMMON_LABELS.get(name)
        return known.of(language) if known else name

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that a hazard must have before it is saved as more than a draft."""
        return tuple(field.name for field in self.hazard_form.fields() if field.required)

    @property
    def essential(self) -> frozenset[str]:
        """The fields without which a hazard cannot be found again."""
        return frozenset({*self.required, "position"})

    def __post_init__(self) -> None:
        missing = {*EVERY_HAZARD, self.title_field, self.type_field} - self.hazard.model_fields.keys()
        if missing:
            raise ValueError(f"{self.hazard.__name__} lacks {sorted(missing)}")

    def suggested_title(self, values: Mapping[str, Any]) -> str:
        """A name for a hazard that has none: its town and type, such as 石碣镇池塘.

        "" until `values` has both.
        """
        town, code = values.get("town_code"), values.get(self.type_field)
        words = [self._type_title(term) for term in self.types if term.value == code]
        return f"{town_name(town)}{words[0]}" if town and words else ""

    def bare_title(self, title: str, town_code: str | None) -> str:
        """A name without its town; "" where only the type is left, as in `suggested_title`."""
        rest = title.strip().removeprefix(town_name(town_code))
        return "" if rest in map(self._type_title, self.types) else rest

    def _type_title(self, term: Term) -> str:
        return self.unnamed.zh if term.value == _OTHER else term.zh

    def model(self, kind: str) -> type[BaseModel]:
        """The model of the records of `kind` in this programme. Problems: those of `kind_of`."""
        own: dict[str, type[BaseModel]] = {
            RecordType.HAZARD: self.hazard,
            RecordType.HAZARD_EVENT: self.event,
        }
        return own.get(kind) or kind_of(kind).model

    def risk_level(self, hazard: Any) -> RiskLevel | None:
        """The 风险等级 that counts; None while data are missing, or where this programme has none."""
        assessed = self.assess(hazard)
        return settled_level(hazard, assessed)[0] if assessed else None

    def read_hazard(self, values: dict[str, Any]) -> Any:
        """The hazard that shown register values make."""
        return read(RecordType.HAZARD, values, self.hazard)

    def form_field(self, model: type[BaseModel], name: str) -> FormField:
        """The field `name` of a record: as in the hazard's form, or else as its type says."""
        in_form = (field for field in self.hazard_form.fields() if field.name == name)
        found = next(in_form, None) if model is self.hazard else None
        label = Wording(self.label(name, "zh"), self.label(name, "en"))
        return found or form_field(model, name, label)

    def kit_items(self, codes: Iterable[str]) -> tuple[Term, ...]:
        """The kit items with these codes, in their order; the usual ones where there are none."""
        known = {item.value: item for item in self.kit}
        return tuple(known[code] for code in codes if code in known) or self.usual_kit

    def title(self, record: Any) -> str:
        """The name of a hazard, "" if it has none."""
        return str(getattr(record, self.title_field) or "")


def kit_field(item: Term) -> str:
    """The field of a kit item's check."""
    return f"kit_{item.value}"
