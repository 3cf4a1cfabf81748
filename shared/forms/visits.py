"""The form of a visit of safety education: only what the chosen kind of visit needs is asked."""

from collections.abc import Mapping
from typing import Any

from shared.forms.form import Condition, Control, Form, FormField, photos, section
from shared.forms.model_fields import form_field
from shared.profiles.labels import COMMON_LABELS
from shared.records.models import EducationVisit
from shared.vocabulary import EducationMethod, EducationVisitType, PhotoRole, Topic
from shared.wording import Wording

KIND = "visit_type"
_SCHOOL, _FAMILY, _VILLAGE, _CUSTODY, _ONLINE = EducationVisitType


def _when(*kinds: EducationVisitType) -> Condition:
    return Condition(KIND, tuple(kind.value for kind in kinds))


def _field(name: str, **more: Any) -> FormField:
    return form_field(EducationVisit, name, COMMON_LABELS[name], **more)


VISIT_FORM = Form(
    (
        section(_field(KIND, control=Control.SEGMENTS, required=True)),
        section(photos(PhotoRole.SITE)),
        section(
            _field("town_code", required=True, carried_over=True),
            _field(
                "place",
                required=True,
                carried_over=True,
                help=Wording(
                    "学校、村(社区)、机构或平台的名称，不写门牌号",
                    "The school, village, centre or platform; no house number",
                ),
            ),
            _field("presenter", carried_over=True),
            _field("organiser", carried_over=True),
            title=Wording("地点和人员", "Place and people"),
        ),
        section(
            _field("households", required_when=_when(_FAMILY), shown_when=_when(_FAMILY, _VILLAGE)),
            _field(
                "headcount",
                required_when=_when(_SCHOOL, _CUSTODY),
                shown_when=_when(_SCHOOL, _VILLAGE, _CUSTODY, _ONLINE),
            ),
            _field("grade_band", shown_when=_when(_SCHOOL, _CUSTODY)),
            _field("audience", shown_when=_when(_VILLAGE, _ONLINE)),
            _field("leaflets", shown_when=_when(_SCHOOL, _FAMILY, _VILLAGE, _CUSTODY)),
            _field("letters_issued", shown_when=_when(_SCHOOL, _FAMILY, _CUSTODY)),
            _field("receipts_returned", shown_when=_when(_SCHOOL, _FAMILY, _CUSTODY)),
            title=Wording("数量", "Numbers"),
        ),
        section(
            _field("topics", required=True, carried_over=True, initial=[Topic.DROWNING.value]),
            _field("method", carried_over=True),
            title=Wording("内容", "Contents"),
        ),
        section(_field("date", required=True)),
        section(
            _field("start", control=Control.TIME, shown_when=_when(_SCHOOL, _VILLAGE, _CUSTODY, _ONLINE)),
            _field("end", control=Control.TIME, shown_when=_when(_SCHOOL, _VILLAGE, _CUSTODY, _ONLINE)),
        ),
        section(
            _field(
                "position",
                shown_when=_when(_SCHOOL, _FAMILY, _VILLAGE, _CUSTODY),
                help=Wording(
                    "在学校、村口等处定位。入户时不在住户门口定位。",
                    "Take it at the school or the entrance of the village, not at a family's door.",
                ),
            )
        ),
        section(_field("hazards"), title=COMMON_LABELS["hazards"]),
        section(_field("feedback"), _field("follow_up")),
    )
)

PASSED_ON = ("town_code", "place", "position", "presenter", "organiser", "topics", "method", "leaflets")
"""What the next household of an evening has in common with the one before, until somebody changes it."""


def next_household(before: Mapping[str, Any]) -> dict[str, Any]:
    """The values with which the form of the next household starts; `before`: the visit saved last.

    The position is that of the place, a village or an estate, and so the same.
    """
    passed = {name: before[name] for name in PASSED_ON if before.get(name) is not None}
    return {
        "topics": [Topic.DROWNING.value],
        "method": [EducationMethod.DOOR_TO_DOOR.value],
        "leaflets": 1,
        **passed,
        KIND: EducationVisitType.FAMILY.value,
        "households": 1,
    }
