"""The texts of the risk score, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RiskTexts:
    """The texts of one language."""

    title: str
    rated: str
    unrated: str
    missing: str
    by_hand: str
    raised: str
    inherent: str
    residual: str
    explain: str
    exposure: str
    consequence: str
    control: str
    part: str
    part_missing: str
    note: str


ZH = RiskTexts(
    title="风险",
    rated="{level}，剩余风险 {score} 分",
    unrated="资料不全，还不能定级",
    missing="还缺：{fields}",
    by_hand="{level}，人工调整。理由：{reason}",
    raised="发生过溺亡又能随意进入，至少定为较大。",
    inherent="固有风险 {score} 分（不算防护）",
    residual="剩余风险 {score} 分（满分 100，缺的按最不利计）",
    explain="看分数怎么来的",
    exposure="接触水的可能",
    consequence="落水的后果",
    control="防护的缺口",
    part="{label}：{points}/{most}",
    part_missing="{label}：{points}/{most}（未填，按最不利计）",
    note="分数供参考，未经事故数据验证，不代替现场判断。",
)

EN = RiskTexts(
    title="Risk",
    rated="{level}, residual risk {score}",
    unrated="Incomplete, not rated yet",
    missing="Still missing: {fields}",
    by_hand="{level}, set by hand. Reason: {reason}",
    raised="Somebody drowned here and access is open: at least “larger”.",
    inherent="Inherent risk {score} (protection not counted)",
    residual="Residual risk {score} (of 100; what is missing counts as worst)",
    explain="How the score is made",
    exposure="How likely children are at the water",
    consequence="How bad a fall into it is",
    control="What protection lacks",
    part="{label}: {points}/{most}",
    part_missing="{label}: {points}/{most} (missing, counts as worst)",
    note="A suggestion, not checked against accidents. It does not replace judgement on the spot.",
)
