"""The form of a home visit: purpose, legal basis and consent first, then the visit and what was talked about.

`record` and `consent_version` are not asked: the phone fills them in.
"""

from typing import Any

from shared.forms.form import Condition, Control, Form, FormField, section
from shared.forms.model_fields import form_field
from shared.home_visits.model import LONGEST, LONGEST_PASSAGE, HomeVisit
from shared.home_visits.vocabulary import LegalBasis
from shared.wording import Wording

PURPOSE = Wording(
    "家访记录用于防溺水等安全教育、关爱学生和家校沟通。只记与此有关的内容，不记身份证号、详细住址、收入、健康和宗教。"
    "家访的老师和本校管理员可以查看，每次查看都要写明理由并留下记录；镇街和市里只看人次。"
    "保存到下一学年结束，然后删除。监护人可以随时撤回同意，撤回后内容即删除。",
    "Home visits are recorded to teach safety, above all about water, to care for pupils and to keep in "
    "touch with families. Only what serves this is recorded: no ID numbers, full addresses, income, "
    "health or religion. The visiting teacher and the school's administrator can read it, each time with a "
    "reason that is kept; town and city see numbers only. It is kept until the end of the next school year, "
    "then deleted. The guardian can withdraw consent at any time; the content is then deleted.",
)
"""What the guardian is told, and consents to: `model.CONSENT_VERSION` counts its versions."""

LABELS: dict[str, Wording] = {
    "legal_basis": Wording("处理依据", "Legal basis"),
    "consent_version": Wording("告知书版本", "Version of the notice"),
    "consent_at": Wording("同意时间", "Time of consent"),
    "consent_how": Wording("同意方式", "How consent was given"),
    "school": Wording("学校", "School"),
    "class_name": Wording("班级", "Class"),
    "student_name": Wording("学生姓名", "Pupil's name"),
    "student_ref": Wording("学生代号", "Pupil's code"),
    "under_14": Wording("未满14周岁", "Under 14"),
    "visit_date": Wording("家访日期", "Date of the visit"),
    "mode": Wording("家访方式", "How"),
    "reason": Wording("家访原因", "Reason"),
    "visitors": Wording("家访人员", "Visitors"),
    "met_with": Wording("受访人", "Who was met"),
    "attention_tags": Wording("重点关注", "Needs attention"),
    "six_donts": Wording("“六不”已讲", "The six don'ts, talked about"),
    "four_knows": Wording("“四知道”已讲", "Parents' four knows, talked about"),
    "letter_issued": Wording("已发告家长书", "Letter to parents given"),
    "pledge_signed": Wording("承诺书", "Pledge"),
    "family_note": Wording("家庭情况", "The family"),
    "content": Wording("家访内容", "What was talked about"),
    "parent_feedback": Wording("家长意见", "What the parents said"),
    "follow_up": Wording("后续措施", "Follow-up"),
    "follow_up_due": Wording("完成期限", "Follow-up due"),
    "follow_up_done": Wording("已完成", "Follow-up done"),
    "hazard": Wording("相关水域隐患", "Water talked about"),
}
"""Field → what people call it; also on the pages of the office."""

_CONSENTED = Condition("legal_basis", (LegalBasis.GUARDIAN_CONSENT.value,))


def _field(name: str, **more: Any) -> FormField:
    return form_field(HomeVisit, name, LABELS[name], **more)


def _passage(name: str, **more: Any) -> FormField:
    return _field(name, control=Control.PASSAGE, longest=LONGEST_PASSAGE, **more)


FORM = Form(
    (
        section(
            _field("legal_basis", control=Control.SEGMENTS, required=True, carried_over=True),
            _field(
                "consent_how",
                control=Control.SEGMENTS,
                required_when=_CONSENTED,
                shown_when=_CONSENTED,
                error=Wording("请先征得监护人同意。", "Ask the guardian for consent first."),
            ),
            title=Wording("目的与同意", "Purpose and consent"),
            help=PURPOSE,
        ),
        section(
            _field("school", control=Control.CHOICE, required=True, longest=LONGEST, carried_over=True),
            _field("class_name", required=True, longest=LONGEST, carried_over=True),
            _field("student_name", required=True, longest=LONGEST),
            _field("student_ref"),
            _field("under_14", required=True),
            title=Wording("学生", "Pupil"),
        ),
        section(
            _field("visit_date", required=True),
            _field("mode", control=Control.SEGMENTS, required=True, carried_over=True),
            _field("reason", required=True, carried_over=True),
            _field("visitors", carried_over=True),
            _field("met_with"),
            _field("attention_tags"),
            title=Wording("家访", "Visit"),
        ),
        section(
            _field("six_donts"),
            _field("four_knows"),
            _field("letter_issued"),
            _field("pledge_signed", control=Control.SEGMENTS),
            title=Wording("安全谈话", "Safety talk"),
        ),
        section(
            _passage("family_note"),
            _passage("content"),
            _passage("parent_feedback"),
            title=Wording("谈话内容", "Notes"),
        ),
        section(
            _passage("follow_up"),
            _field("follow_up_due", quick_days=(7, 15, 30)),
            _field("follow_up_done"),
            _field("hazard", control=Control.IDS),
            title=Wording("后续", "Follow-up"),
        ),
    )
)
"""`consent_at` is the moment at which consent was chosen. The options of `school` are the person's places."""
