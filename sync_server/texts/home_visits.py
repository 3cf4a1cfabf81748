"""Texts of the pages about home visits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeVisitTexts:
    """The texts of one language, in the notation of `shared.plural`."""

    title: str
    lead: str
    none: str
    sealed_at: str
    school: str
    class_name: str
    pupil: str
    teacher: str
    state: str
    kept: str
    does_not_open: str
    withdrawn: str
    expired: str
    key_destroyed: str
    open: str
    open_lead: str
    reason: str
    reasons: tuple[str, ...]
    other_reason: str
    opened: str
    opened_note: str
    not_opened: str
    back: str
    keep_until: str
    nothing_said: str


ZH = HomeVisitTexts(
    title="家访",
    lead="姓名已脱敏。打开一份家访记录要写明理由，每次打开都会记入审计日志。",
    none="还没有家访记录。",
    sealed_at="密封时间",
    school="学校",
    class_name="班级",
    pupil="学生",
    teacher="家访老师",
    state="状态",
    kept="已收到",
    does_not_open="打不开",
    withdrawn="已删除：撤回同意",
    expired="已删除：保存期满",
    key_destroyed="已删除：密钥已销毁",
    open="打开",
    open_lead="请写明为什么要看。您的姓名、时间和理由会记入审计日志。请不要在理由里写学生姓名。",
    reason="理由",
    reasons=("回访前查看", "落实后续措施", "核对记录", "处理家长申请"),
    other_reason="其他理由",
    opened="家访记录",
    opened_note="只显示这一次。理由：{reason}",
    not_opened="这份家访记录没有打开。",
    back="返回家访列表",
    keep_until="保存到",
    nothing_said="未填",
)
EN = HomeVisitTexts(
    title="Home visits",
    lead="Names are masked. Opening a home visit needs a reason, and each time is noted in the audit log.",
    none="There are no home visits yet.",
    sealed_at="Sealed",
    school="School",
    class_name="Class",
    pupil="Pupil",
    teacher="Teacher",
    state="State",
    kept="Received",
    does_not_open="Does not open",
    withdrawn="Deleted: consent withdrawn",
    expired="Deleted: end of retention",
    key_destroyed="Deleted: key destroyed",
    open="Open",
    open_lead="Say why you need to read it. Your name, the time and the reason are noted in the audit log. "
    "Do not name the pupil in the reason.",
    reason="Reason",
    reasons=("Before a follow-up visit", "To carry out follow-up", "To check the record", "A parent asked"),
    other_reason="Another reason",
    opened="Home visit",
    opened_note="Shown this once. Reason: {reason}",
    not_opened="This home visit was not opened.",
    back="Back to home visits",
    keep_until="Kept until",
    nothing_said="not filled in",
)


def home_visit_texts(code: str) -> HomeVisitTexts:
    """The texts in "zh" or "en"."""
    return EN if code == "en" else ZH
