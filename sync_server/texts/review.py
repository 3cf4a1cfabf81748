"""The texts of 待办, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewTexts:
    """The texts of one language; `count` is in each line's number, not in its words."""

    title: str
    lead: str
    nothing: str
    open_list: str
    at_least: str
    to_accept: str
    to_accept_hint: str
    to_register: str
    to_register_hint: str
    overdue: str
    overdue_hint: str
    relapsed: str
    relapsed_hint: str
    returned: str
    returned_hint: str
    same_place: str
    same_place_hint: str
    conflicts: str
    conflicts_hint: str
    quarantine: str
    quarantine_hint: str


ZH = ReviewTexts(
    title="待办",
    lead="等您处理的，点数字打开名单。",
    nothing="现在没有等您处理的。",
    open_list="打开名单：{label}，{count}",
    at_least="{count} 以上",
    to_accept="待验收",
    to_accept_hint="报验了，等您验收，时限近的在前",
    to_register="待登记",
    to_register_hint="新上报的，核对后登记、交办或退回",
    overdue="已逾期",
    overdue_hint="过了整改时限还没有整改好的",
    relapsed="反弹",
    relapsed_hint="销号后又不合格，要重新整改",
    returned="已退回",
    returned_hint="退回了，还没有重新上报的",
    same_place="疑似同一处",
    same_place_hint="两部手机可能各报了一次",
    conflicts="存在冲突",
    conflicts_hint="两个人改得不一样，要定一个",
    quarantine="待核查数据",
    quarantine_hint="收到了但没有采用的，修正、重试或作废",
)

EN = ReviewTexts(
    title="To do",
    lead="What waits for you. A number opens its list.",
    nothing="Nothing waits for you now.",
    open_list="Open the list: {label}, {count}",
    at_least="{count} or more",
    to_accept="To accept",
    to_accept_hint="Submitted, waiting for your acceptance; the most urgent first",
    to_register="To register",
    to_register_hint="Newly reported: check, then register, assign or return",
    overdue="Overdue",
    overdue_hint="Past the due date and not rectified",
    relapsed="Relapsed",
    relapsed_hint="Failed again after closing; to be rectified once more",
    returned="Returned",
    returned_hint="Sent back and not reported again yet",
    same_place="Possibly the same",
    same_place_hint="Two phones may both have reported it",
    conflicts="Conflicts",
    conflicts_hint="Two people changed it differently; choose one",
    quarantine="Quarantine",
    quarantine_hint="Received but not accepted: repair, retry or discard",
)


def review_texts(language: str) -> ReviewTexts:
    """The texts of a language."""
    return EN if language == "en" else ZH
