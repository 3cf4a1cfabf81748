"""家访: what is kept of a visit to a family. Restricted: it never travels on the ordinary log."""

from pydantic import StrictBool

from shared.operations import Moment, RecordId
from shared.records.values import Day, LongText, Many, ShortText, StrictModel
from shared.vocabulary import Answered, AttentionTag, HomeVisitMode, HomeVisitReason, LegalBasis


class HomeVisit(StrictModel):
    """家访: restricted. Never on the ordinary log: see `operations` of restricted types in the protocol.

    Not collected: ID number, full address, income, health, religion. Hazards never refer to a student.
    """

    school: ShortText | None = None
    class_name: ShortText | None = None
    student_ref: ShortText | None = None
    student_name: ShortText | None = None
    under_14: StrictBool | None = None
    visit_date: Day | None = None
    mode: HomeVisitMode | None = None
    visitors: ShortText | None = None
    met_with: ShortText | None = None
    reason: HomeVisitReason | None = None
    attention_tags: Many[AttentionTag] | None = None
    family_note: LongText | None = None
    content: LongText | None = None
    parent_feedback: LongText | None = None
    follow_up: LongText | None = None
    follow_up_due: Day | None = None
    follow_up_done: StrictBool | None = None
    safety_talk: StrictBool | None = None
    letter_issued: Answered | None = None
    pledge_signed: Answered | None = None
    hazard: RecordId | None = None
    legal_basis: LegalBasis | None = None
    consent_version: ShortText | None = None
    consent_at: Moment | None = None
    consent_how: ShortText | None = None
    consent_withdrawn: StrictBool | None = None
    retention_until: Day | None = None
