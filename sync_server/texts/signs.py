"""The texts about signs and patrols on the page of a hazard, in both languages, and what every sign says."""

from dataclasses import dataclass

from shared.wording import Wording


@dataclass(frozen=True, slots=True)
class SignTexts:
    """The texts of one language."""

    code: str
    a4: str
    a5: str
    counts: str
    rule: str
    next: str
    file: str


ZH = SignTexts(
    code="标牌编码",
    a4="打印标牌 A4",
    a5="打印标牌 A5",
    counts="有效巡查",
    rule="有效巡查：扫了本处标牌的码（或输入编码），或在本处 {metres} 米以内定位；"
    "同一人在同一处一天只计一次。",
    next="{season}每 {count} 天至少巡查一次，下次有效巡查不迟于 {day}。",
    file="标牌 {name}",
)

EN = SignTexts(
    code="Code of the sign",
    a4="Print the sign, A4",
    a5="Print the sign, A5",
    counts="Valid patrol",
    rule="A patrol is valid if the sign of the water was scanned (or its code typed), or a position was taken"
    " within {metres} m of it. For each person and water, one a day counts.",
    next="To be patrolled at least every 〔day|{count} days〕 in the {season}; the next valid patrol is due"
    " by {day}.",
    file="Sign {name}",
)


def sign_texts(language: str) -> SignTexts:
    """The texts of a language."""
    return EN if language == "en" else ZH


NUMBER = Wording("编号", "No.")
UNIT = Wording("责任单位", "Responsible")
FOR_PATROLS = Wording("巡查人员扫码", "Scan for patrols")
LINES = (
    ("119", Wording("消防救援", "Fire and rescue")),
    ("120", Wording("医疗急救", "Ambulance")),
    ("12345", Wording("反映隐患", "Report a hazard")),
)
"""The telephone lines on every sign."""
