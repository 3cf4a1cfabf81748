"""家访: what is kept of a visit to a family. Restricted: it never travels on the ordinary log."""

from pydantic import StrictBool

from shared.operations import Moment, RecordId
from shared.values import Day, Line, Part, Passage, Several
from shared.vocabulary import Answered, AttentionTag, HomeVisitMode, HomeVisitReason, LegalBasis


class HomeVisit(Part):
    """家访: restricted. Never on the ordinary log: see `operations` of restricted types in the protocol.

    Not collected: ID number, full address, income, health, religion. Hazards never refer to a student.
    """

    school: Line | None = None
    class_name: Line | None = None
    student_ref: Line | None = None
    student_name: Line | None = None
    under_14: StrictBool | None = None
    visit_date: Day | None = None
    mode: HomeVisitMode | None = None
    visitors: Line | None = None
    met_with: Line | None = None
    reason: HomeVisitReason | None = None
    attention_tags: Several[AttentionTag] | None = None
    family_note: Passage | None = None
    content: Passage | None = None
    parent_feedback: Passage | None = None
    follow_up: Passage | None = None
    follow_up_due: Day | None = None
    follow_up_done: StrictBool | None = None
    safety_talk: StrictBool | None = None
    letter_issued: Answered | None = None
    pledge_signed: Answered | None = None
    hazard: RecordId | None = None
    legal_basis: LegalBasis | None = None
    consent_version: Line | None = None
    consent_at: Moment | None = None
    consent_how: Line | None = None
    consent_withdrawn: StrictBool | None = None
    retention_until: Day | None = None
