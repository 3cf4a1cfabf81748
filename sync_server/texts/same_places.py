"""The texts about hazards that may be the same water, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SamePlaceTexts:
    """The texts of one language."""

    title: str
    lead: str
    none: str
    new: str
    other: str
    why: str
    metres: str
    near: str
    similar: str
    compare: str
    apart: str
    told: str


ZH = SamePlaceTexts(
    title="疑似同一处",
    lead="待登记的隐患中，位置相近或名称相近的。两部手机都没有网络时，可能各报了一次。"
    "是同一处的，核对后合并；不是的，点“不是同一处”，以后不再列出。",
    none="没有疑似同一处的隐患。",
    new="待登记",
    other="可能同一处",
    why="原因",
    metres="相距 {metres} 米",
    near="位置相近",
    similar="名称相近",
    compare="核对两处",
    apart="不是同一处",
    told="已记下：不是同一处。",
)

EN = SamePlaceTexts(
    title="Possibly the same",
    lead="Hazards that wait to be registered and lie near another, or have a similar name. Two phones "
    "without a network may both have reported it. If it is the same place, compare and merge; if not, say "
    "so, and the two are not listed again.",
    none="No hazards that may be the same.",
    new="To be registered",
    other="May be the same as",
    why="Why",
    metres="{metres} m apart",
    near="close by",
    similar="similar name",
    compare="Compare both",
    apart="Not the same",
    told="Noted: not the same place.",
)


def same_place_texts(language: str) -> SamePlaceTexts:
    """The texts of a language."""
    return EN if language == "en" else ZH
