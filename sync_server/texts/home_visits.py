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
    back: str
    keep_until: str
    counts: str
    counts_lead: str
    school_year: str
    all_visits: str
    by: tuple[str, ...]
    at_least: str
    not_said: str
    withdraw: str
    withdraw_hint: str
    withdraw_title: str
    withdraw_lead: str
    erase: str
    erased: str
    nothing_to_erase: str
    expired_note: str
    expired_show: str
    expired_title: str
    expired_lead: str
    chosen: str
    refused: str
    refused_note: str
    refused_lead: str
    none_refused: str
    sent_by: str
    sent_with: str
    size: str
    unreadable_advice: str
    accept: str
    discard: str
    accepted: str
    discarded: str
    exports: str
    exports_lead: str
    export_ask: str
    export_asked: str
    export_waits: str
    export_refused: str
    export_over: str
    export_take: str
    export_until: str
    export_decided: str
    export_mark: str
    export_marked: str
    export_footer: str
    approve: str
    refuse: str
    plan: str
    plan_waits: str
    plan_approved: str
    plan_returned: str
    plan_counts: str
    plans_to_decide: str
    plan_approve: str
    plan_return: str
    plan_decided: str
    plan_setting: str
    plan_setting_lead: str
    plan_on: str
    plan_off: str
    plan_turn_on: str
    plan_turn_off: str
    plan_turn_off_sure: str
    plans_set: str


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
    back="返回家访列表",
    keep_until="保存到",
    counts="家访人次",
    counts_lead="为了保护学生，这里只说“至少多少次”：取整到 5，并随机少报一点，"
    "所以各表相加或相减得不出小的数。不到 5 次的不列出；列出的都是真的。",
    school_year="学年",
    all_visits="合计：",
    by=("按学校", "按月份", "按方式", "按原因"),
    at_least="至少 {count} 次",
    not_said="都少于 5 次，或不公布",
    withdraw="监护人撤回同意",
    withdraw_hint="先列出这名学生的家访记录，确认后才删除。",
    withdraw_title="撤回同意：删除这名学生的家访记录",
    withdraw_lead="下面是同一名学生（姓名或代号相同）的家访记录。删除后内容再也看不到，只留下时间、学校和删除的原因。不能撤销。",
    erase="删除内容",
    erased="已删除。",
    nothing_to_erase="没有要删除的家访记录。",
    expired_note="有 {count} 份家访记录已过保存期，请删除；过期 {days} 天后系统会自动删除。",
    expired_show="查看并删除",
    expired_title="保存期满的家访记录",
    expired_lead="下面的家访记录已过保存期。删除后内容再也看不到，只留下时间、学校和删除的原因。不能撤销。",
    chosen="删除",
    refused="待核查的家访",
    refused_note="有 {count} 份送来的家访要核查。",
    refused_lead="这些家访送来时有疑问，还没有收下，已原样加密保存。确认是本校的，就“收下”；不是的，写明理由后“弃用”。",
    none_refused="没有待核查的家访。",
    sent_by="由 {name} 的手机送来",
    sent_with="由 {name} 的手机“{phone}”送来",
    size="{count} 个字符",
    unreadable_advice="看不出是谁、哪所学校的，谁也打不开。请向送来的人核实：手机上的家访是不是都显示“已上传”，"
    "少了的请他重新记录，并联网打开应用，让应用更新。同一部手机再送来这样的，请在“设备”里停用，重新登记。核实以后“弃用”。",
    accept="收下",
    discard="弃用",
    accepted="已收下，现在是学校的家访记录。",
    discarded="已弃用。",
    exports="完整导出",
    exports_lead="导出本校一个学年的家访全文，要写明理由，并由另一个人批准；批准后一天内有效。"
    "文件里到处写着谁、什么时候、为什么导出；申请、批准和下载都记入审计日志。",
    export_ask="申请导出",
    export_asked="已申请，等另一个人批准。",
    export_waits="等另一个人批准。",
    export_refused="没有批准。",
    export_over="链接已过期。",
    export_take="下载 XLSX",
    export_until="有效至 {at}",
    export_decided="已记下您的决定。",
    export_mark="{who} 于 {at} 导出，{approved} 批准，理由：{reason}。不得外传",
    export_marked="导出标记",
    export_footer="&C第 &P 页 共 &N 页&R内部资料，不得外传",
    approve="批准",
    refuse="不批准",
    plan="后续措施审批",
    plan_waits="等学校审批",
    plan_approved="{name} 已批准",
    plan_returned="{name} 退回：{reason}",
    plan_counts="等审批 {waiting} 份，已批准 {approved} 份，退回 {returned} 份。",
    plans_to_decide="有 {count} 份等您审批，打开家访后在页面下方批准或退回：",
    plan_approve="批准后续措施",
    plan_return="退回",
    plan_decided="已记下您的决定。",
    plan_setting="后续措施要不要审批",
    plan_setting_lead="要审批的，从现在起收到的家访写了后续措施，就由学校管理员批准，或者写明理由退回。不能审批自己的。",
    plan_on="要审批",
    plan_off="不审批",
    plan_turn_on="改为要审批",
    plan_turn_off="改为不审批",
    plan_turn_off_sure="正在等审批的也不再审批；以后再打开，只审批那以后收到的",
    plans_set="已保存。",
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
    back="Back to home visits",
    keep_until="Kept until",
    counts="Numbers of home visits",
    counts_lead="To protect pupils, this says “at least” only: in steps of 5, lowered a little at random, "
    "so that no small number follows from adding or subtracting tables. Fewer than 5 are not listed; what is "
    "listed is true.",
    school_year="School year",
    all_visits="Total:",
    by=("By school", "By month", "By kind of visit", "By reason"),
    at_least="at least {count}",
    not_said="all fewer than 5, or not published",
    withdraw="The guardian withdrew consent",
    withdraw_hint="This pupil's home visits are listed first; they are deleted only when you confirm.",
    withdraw_title="Consent withdrawn: delete this pupil's home visits",
    withdraw_lead="These are the home visits of the same pupil, by name or code. Once deleted, the content "
    "is gone; only the time, the school and why it was deleted remain. This cannot be undone.",
    erase="Delete the content",
    erased="Deleted.",
    nothing_to_erase="There are no home visits to delete.",
    expired_note="〔One home visit has|{count} home visits have〕 reached the end of retention. "
    "Delete 〔it|them〕; after {days} days the system does.",
    expired_show="Show and delete",
    expired_title="Home visits at the end of retention",
    expired_lead="These home visits may not be kept any longer. Once deleted, the content is gone; only the "
    "time, the school and why it was deleted remain. This cannot be undone.",
    chosen="Delete",
    refused="Home visits to be checked",
    refused_note="〔One home visit that came in has|{count} home visits that came in have〕 to be checked.",
    refused_lead="There was a doubt when these sealed visits came, so they were kept as they came, but not "
    "taken in. Accept those that belong to your school; discard others with a reason.",
    none_refused="There are no home visits to be checked.",
    sent_by="sent by the phone of {name}",
    sent_with="sent by {name}'s phone “{phone}”",
    size="{count} characters",
    unreadable_advice="It does not say whose it is or of which school, and nobody can open it. Ask the "
    "sender whether all home visits on the phone are listed as uploaded, to record again "
    "what is missing, and to open the app with a network, so that it is updated. If the "
    "same phone sends another one, revoke it under Devices and enrol it again. Then "
    "discard this.",
    accept="Accept",
    discard="Discard",
    accepted="Accepted: it is a home visit of the school now.",
    discarded="Discarded.",
    exports="Full export",
    exports_lead="The full home visits of the school in one school year: with a reason, and approved by "
    "another person; then for one day. The file says everywhere who took it, when and why; asking, "
    "approving and downloading are noted in the audit log.",
    export_ask="Ask for an export",
    export_asked="Asked. Another person has to approve.",
    export_waits="Waits for another person to approve.",
    export_refused="Not approved.",
    export_over="The link has expired.",
    export_take="Download XLSX",
    export_until="until {at}",
    export_decided="Your decision was noted.",
    export_mark="Exported by {who} on {at}, approved by {approved}, reason: {reason}. Not to be passed on",
    export_marked="Export",
    export_footer="&CPage &P of &N&RInternal, not to be passed on",
    approve="Approve",
    refuse="Do not approve",
    plan="Follow-up plan",
    plan_waits="waits for the school's approval",
    plan_approved="approved by {name}",
    plan_returned="returned by {name}: {reason}",
    plan_counts="Waiting: {waiting}, approved: {approved}, returned: {returned}.",
    plans_to_decide="〔One plan waits|{count} plans wait〕 for you. Open the visit; approve or return the "
    "plan at the end of the page:",
    plan_approve="Approve the plan",
    plan_return="Return",
    plan_decided="Your decision was noted.",
    plan_setting="Approval of follow-up plans",
    plan_setting_lead="If the school asks for it, the follow-up of each home visit that comes in from now "
    "on is approved by the school's administrator, or returned with a reason. Nobody approves their own.",
    plan_on="approval is needed",
    plan_off="no approval",
    plan_turn_on="Ask for approval",
    plan_turn_off="Stop asking",
    plan_turn_off_sure="What waits for approval then waits no longer, even if asking starts again later",
    plans_set="Saved.",
)


def home_visit_texts(code: str) -> HomeVisitTexts:
    """The texts in "zh" or "en"."""
    return EN if code == "en" else ZH
