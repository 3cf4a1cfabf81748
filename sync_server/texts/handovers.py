"""Texts of the pages on which a pupil's home visits are handed over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandoverTexts:
    """The texts of one language, in the notation of `shared.plural`."""

    title: str
    lead: str
    waiting: str
    none: str
    holder: str
    offer: str
    offer_hint: str
    offer_title: str
    offer_lead: str
    chosen: str
    to_school: str
    to_class: str
    consent: str
    consent_lead: str
    consent_how: str
    consent_on: str
    make_offer: str
    made: str
    incoming: str
    outgoing: str
    settled: str
    from_to: str
    pupil: str
    offered_by: str
    agreed: str
    number: str
    all_deleted: str
    who_has: str
    myself: str
    accept: str
    accepted: str
    accepted_by: str
    decline: str
    declined: str
    declined_by: str
    withdraw: str
    withdrawn: str
    withdrawn_by: str
    no_names: str


ZH = HandoverTexts(
    title="家访交接",
    lead="学生转班、转学时，把他的家访交给新的班级。要先征得监护人同意；对方接收以前可以撤回。"
    "接收以后由新的老师查看，原来的老师不能再看。每一步都记入审计日志。",
    waiting="有 {count} 份家访交接等您决定。",
    none="没有家访交接。",
    holder="现负责",
    offer="转班、转学：交接家访",
    offer_hint="先列出这名学生的家访记录，选好新的学校和班级后才提出。",
    offer_title="转班、转学：交接这名学生的家访",
    offer_lead="下面是您能打开的、同一名学生（姓名或代号相同）的家访记录。请核对，不是他的不要勾选。"
    "对方接收以后，您就看不到这些记录了（管理全校的学校管理员在校内转班时除外）。",
    chosen="交接",
    to_school="转入学校",
    to_class="转入班级",
    consent="监护人同意交接",
    consent_lead="没有征得监护人同意，不要交接。",
    consent_how="同意方式",
    consent_on="同意日期",
    make_offer="提出交接",
    made="已提出，等对方接收。接收以前可以撤回。",
    incoming="等您决定",
    outgoing="等对方决定",
    settled="最近三十天已有结果",
    from_to="{from_place} → {to_place}",
    pupil="学生 {name}",
    offered_by="{name} 于 {at} 提出",
    agreed="监护人 {on} 同意（{how}）",
    number="{count} 份家访",
    all_deleted="这些家访记录已经删除，不能再接收。",
    who_has="由谁负责",
    myself="{name}（我自己）",
    accept="接收",
    accepted="已接收，现在可以在家访列表里查看。",
    accepted_by="{name} 于 {at} 接收，现由 {holder} 负责",
    decline="不接收",
    declined="已记下：不接收。",
    declined_by="{name} 于 {at} 没有接收：{reason}",
    withdraw="撤回",
    withdrawn="已撤回。",
    withdrawn_by="{name} 于 {at} 撤回",
    no_names="理由（请不要写学生姓名）",
)
EN = HandoverTexts(
    title="Hand-overs",
    lead="When a pupil changes class or school, their home visits can go with them. The guardian must agree "
    "first, and an offer can be withdrawn until it is accepted. From then on the new teacher reads them, and "
    "the former teacher no longer does. Each step is noted in the audit log.",
    waiting="〔One hand-over waits|{count} hand-overs wait〕 for your decision.",
    none="There are no hand-overs.",
    holder="Now with",
    offer="New class or school: hand over",
    offer_hint="This pupil's home visits are listed first; nothing is offered before you have chosen the new "
    "school and class.",
    offer_title="New class or school: hand over this pupil's home visits",
    offer_lead="These are the home visits of the same pupil, by name or code, that you may open. Check them, "
    "and leave out those of anybody else. Once they are accepted you can no longer read them, unless you "
    "administer the whole school and they stay in it.",
    chosen="Hand over",
    to_school="New school",
    to_class="New class",
    consent="The guardian agrees",
    consent_lead="Do not hand anything over without the guardian's consent.",
    consent_how="How",
    consent_on="On",
    make_offer="Offer",
    made="Offered. It can be withdrawn until it is accepted.",
    incoming="For you to decide",
    outgoing="Waiting for the other side",
    settled="Settled in the last thirty days",
    from_to="{from_place} → {to_place}",
    pupil="Pupil {name}",
    offered_by="offered by {name} on {at}",
    agreed="The guardian agreed on {on} ({how})",
    number="〔One home visit|{count} home visits〕",
    all_deleted="These home visits have been deleted and can no longer be accepted.",
    who_has="Who shall have them",
    myself="{name} (myself)",
    accept="Accept",
    accepted="Accepted. They are in the list of home visits now.",
    accepted_by="accepted by {name} on {at}, now with {holder}",
    decline="Decline",
    declined="Declined.",
    declined_by="declined by {name} on {at}: {reason}",
    withdraw="Withdraw",
    withdrawn="Withdrawn.",
    withdrawn_by="withdrawn by {name} on {at}",
    no_names="Reason (without the pupil's name)",
)


def handover_texts(code: str) -> HandoverTexts:
    """The texts in "zh" or "en"."""
    return EN if code == "en" else ZH
