"""家访: one visit to a pupil's family. It is sealed when it is saved, and never enters the log."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, model_validator

from shared.home_visits.vocabulary import (
    AttentionTag,
    ConsentHow,
    FourKnows,
    LegalBasis,
    Pledge,
    SixDonts,
    VisitMode,
    VisitReason,
)
from shared.operations import Moment, RecordId
from shared.records.values import Day, Many, StrictModel

CONSENT_VERSION = "1"
"""The version of the words in `form.PURPOSE` to which a guardian consents."""
LONGEST = 60
"""Characters of a name."""
LONGEST_PASSAGE = 2000
"""Characters of a text of several lines: four of them fit into one envelope, whatever they hold."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or text != text.strip():
        raise ValueError("more than one line, or spaces around it")
    return _printable(text)


Name = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_one_line)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Passage = Annotated[str, Field(max_length=LONGEST_PASSAGE), AfterValidator(_printable)]


class HomeVisit(StrictModel):
    """One home visit. What is not needed is not collected: no ID number, address, income, health, religion.

    `student_ref`: what the school calls the pupil without naming them. `consent_at`: when the guardian
    consented; needed, with `consent_how`, where consent is the legal basis. `hazard`: the water that was
    talked about; the hazard does not refer back.
    """

    record: RecordId
    legal_basis: LegalBasis
    consent_version: Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] = CONSENT_VERSION
    consent_at: Moment | None = None
    consent_how: ConsentHow | None = None
    school: Name
    class_name: Name
    student_name: Name
    student_ref: Line | None = None
    under_14: StrictBool
    visit_date: Day
    mode: VisitMode
    reason: VisitReason
    visitors: Line | None = None
    met_with: Line | None = None
    attention_tags: Many[AttentionTag] | None = None
    six_donts: Many[SixDonts] | None = None
    four_knows: Many[FourKnows] | None = None
    letter_issued: StrictBool | None = None
    pledge_signed: Pledge | None = None
    family_note: Passage | None = None
    content: Passage | None = None
    parent_feedback: Passage | None = None
    follow_up: Passage | None = None
    follow_up_due: Day | None = None
    follow_up_done: StrictBool | None = None
    hazard: RecordId | None = None

    @model_validator(mode="after")
    def _has_consent(self) -> "HomeVisit":
        if self.legal_basis is LegalBasis.GUARDIAN_CONSENT and not (self.consent_at and self.consent_how):
            raise ValueError("consent")
        return self
