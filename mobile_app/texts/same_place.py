"""The texts of the question whether a new hazard is one that is there already, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SamePlaceTexts:
    """The texts of one language."""

    title: str
    text: str
    join: str
    apart: str
    back: str
    name: str
    metres: str
    kilometres: str
    no_distance: str
    joined: str
    entered: str


ZH = SamePlaceTexts(
    title="同一处？",
    text="附近已有隐患，或本镇街有名称相近的隐患，请看看是不是同一处：",
    join="同一处，加入这一处",
    apart="不是同一处",
    back="返回再看",
    name="同一处：{title}",
    metres="相距约 {metres} 米",
    kilometres="相距约 {kilometres} 公里",
    no_distance="名称相近，距离不明",
    joined="已加入“{title}”，已离线保存",
    entered="{label}：{value}",
)

EN = SamePlaceTexts(
    title="The same place?",
    text="There are hazards nearby, or with a similar name in this town. Is it one of these?",
    join="Same place: add to this one",
    apart="None of these",
    back="Go back",
    name="The same place: {title}",
    metres="About {metres} m away",
    kilometres="About {kilometres} km away",
    no_distance="Similar name, distance unknown",
    joined="Added to “{title}”, saved offline",
    entered="{label}: {value}",
)
