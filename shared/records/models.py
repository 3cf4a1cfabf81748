"""The records inspectors keep: their fields, units and what values are possible.

Every field of a record is one register of the merge; `position` is one register because latitude without
its longitude is no place. All fields are optional here: operations carry only what was written, and what a
screen insists on is that screen's business (`Profile.required`).
"""

from typing import Annotated

from pydantic import Field, StrictBool

from shared.operations import Moment, RecordId
from shared.records.values import (
    Bytes,
    Count,
    Day,
    Latitude,
    Longitude,
    LongText,
    Many,
    Metres,
    PhoneNumber,
    Pixels,
    Sha256,
    ShortText,
    SignCode,
    StrictModel,
    TimeOfDay,
    TownCode,
    Year,
)
from shared.vocabulary import (
    Access,
    AfterPhotoReason,
    Bank,
    Bed,
    CoordSource,
    Datum,
    DefectType,
    DepthClass,
    EducationMethod,
    EducationVisitType,
    EventType,
    Flow,
    IncidentHistory,
    KitState,
    LeadDept,
    MeasureClass,
    ObservedUse,
    PatrolResult,
    PhotoRole,
    PhotoSource,
    RiskLevel,
    Role,
    Topic,
    WaterType,
)


class Position(StrictModel):
    """定位: WGS-84 degrees to 6 decimals, accuracy in metres; `raw` is what was given in another datum.

    `mock_location`: a program on the device made it up. `clock_skewed`: the device's clock was wrong by more
    than five minutes. `age_s`: how many seconds old it already was, if the device had nothing newer. None of
    these is written if there is no doubt.
    """

    lat: Latitude
    lon: Longitude
    accuracy_m: Metres | None = None
    source: CoordSource = CoordSource.GNSS
    fix_time: Moment | None = None
    raw: ShortText | None = None
    raw_datum: Datum | None = None
    mock_location: StrictBool | None = None
    clock_skewed: StrictBool | None = None
    age_s: Count | None = None


class KitCheck(StrictModel):
    """The state of one kit item and how many there are."""

    state: KitState
    count: Count | None = None


class Hazard(StrictModel):
    """水域隐患: one water in which a child could drown. Areas in m², lengths and depths in m.

    `distinct_from`: hazards that look like this one and of which somebody said 不是同一处.
    """

    year: Year | None = None
    town_code: TownCode | None = None
    village: ShortText | None = None
    water_name: ShortText | None = None
    water_type: WaterType | None = None
    address: ShortText | None = None
    position: Position | None = None
    area_m2: Metres | None = None
    length_m: Metres | None = None
    depth_m: Metres | None = None
    depth_class: DepthClass | None = None
    flow: Flow | None = None
    bank: Bank | None = None
    bed: Bed | None = None
    access: Access | None = None
    nearest_school: ShortText | None = None
    school_distance_m: Count | None = None
    on_route: StrictBool | None = None
    observed_use: Many[ObservedUse] | None = None
    incident_history: IncidentHistory | None = None
    owner_unit: ShortText | None = None
    responsible_unit: ShortText | None = None
    responsible_person: ShortText | None = None
    phone: PhoneNumber | None = None
    patroller: ShortText | None = None
    lead_dept: LeadDept | None = None
    defect_types: Many[DefectType] | None = None
    description: LongText | None = None
    kit_sign: KitCheck | None = None
    kit_ring: KitCheck | None = None
    kit_rope: KitCheck | None = None
    kit_pole: KitCheck | None = None
    kit_fence: KitCheck | None = None
    kit_camera_voice: KitCheck | None = None
    kit_patrol: KitCheck | None = None
    risk_override: RiskLevel | None = None
    risk_override_reason: LongText | None = None
    measure_class: Many[MeasureClass] | None = None
    measures: LongText | None = None
    due_date: Day | None = None
    found_on: Day | None = None
    distinct_from: Many[RecordId] | None = None
    remark: LongText | None = None


class HazardEvent(StrictModel):
    """巡查/整改记录: one thing that happened to a hazard. Written once, never changed.

    People in the water are counted, never named. `sign_code`: that of the sign which was scanned there, see
    `hazards.sign_code`; `sign_code_typed`: somebody typed it instead. Neither is written without a sign.
    报验 says of its best photo of the finished work how far from the hazard it was taken, in metres, and how
    many minutes before; `after_reason` where that is doubtful.
    """

    hazard: RecordId | None = None
    event_type: EventType | None = None
    at: Moment | None = None
    actor_role: Role | None = None
    position: Position | None = None
    kit_sign: KitCheck | None = None
    kit_ring: KitCheck | None = None
    kit_rope: KitCheck | None = None
    kit_pole: KitCheck | None = None
    kit_fence: KitCheck | None = None
    kit_camera_voice: KitCheck | None = None
    kit_patrol: KitCheck | None = None
    people_seen: Count | None = None
    dissuaded: Count | None = None
    result: PatrolResult | None = None
    assignee_unit: ShortText | None = None
    due_date: Day | None = None
    measures_done: LongText | None = None
    comment: LongText | None = None
    merged_into: RecordId | None = None
    sign_code: SignCode | None = None
    sign_code_typed: StrictBool | None = None
    after_distance_m: Count | None = None
    after_age_min: Count | None = None
    after_reason: AfterPhotoReason | None = None


class Photo(StrictModel):
    """照片: which bytes belong to which hazard or event. A hash shows integrity, not truth.

    `faces_unchecked`: the phone kept it without a program having looked for faces.
    """

    hazard: RecordId | None = None
    event: RecordId | None = None
    visit: RecordId | None = None
    role: PhotoRole | None = None
    sha256: Sha256 | None = None
    original_sha256: Sha256 | None = None
    mime: Annotated[str, Field(pattern=r"^image/(jpeg|png|webp)$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    bytes: Bytes | None = None
    taken_at: Moment | None = None
    source: PhotoSource | None = None
    position: Position | None = None
    clock_skewed: StrictBool | None = None
    mock_location: StrictBool | None = None
    faces_unchecked: StrictBool | None = None


class EducationVisit(StrictModel):
    """安全教育/安全宣传: one session, with numbers of people, households and leaflets.

    `position` is that of the place, such as a school or a village, never that of a family's home.
    """

    visit_type: EducationVisitType | None = None
    date: Day | None = None
    start: TimeOfDay | None = None
    end: TimeOfDay | None = None
    town_code: TownCode | None = None
    place: ShortText | None = None
    position: Position | None = None
    organiser: ShortText | None = None
    presenter: ShortText | None = None
    audience: ShortText | None = None
    grade_band: ShortText | None = None
    headcount: Count | None = None
    households: Count | None = None
    topics: Many[Topic] | None = None
    method: Many[EducationMethod] | None = None
    leaflets: Count | None = None
    letters_issued: Count | None = None
    receipts_returned: Count | None = None
    feedback: LongText | None = None
    follow_up: LongText | None = None
    hazards: Many[RecordId] | None = None


OF_PERSONS = ("responsible_person", "patroller", "phone")
"""The fields of a hazard with names of persons or their telephone numbers."""


def masked_name(name: str) -> str:
    """A masked name: the first character, the rest hidden (张*)."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def masked_phone(number: str) -> str:
    """A telephone number with its middle hidden (138****5678)."""
    return number[:3] + "****" + number[-4:] if len(number) >= 8 else "*" * len(number)
