"""Texts of importing a file with what a phone has not sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_server.texts.words import Language


@dataclass(frozen=True, slots=True)
class UnsentTexts:
    """The texts of one language, in the notation of `shared.plural`; `fates` depend on a count."""

    title: str
    steps: tuple[str, ...]
    choose_file: str
    import_now: str
    if_ended: str
    if_ended_hint: str
    trust: str
    whose: str
    made_by: str
    was_ended: str
    was_empty: str
    import_again: str
    records: str
    home_visits: str
    photos: str
    fates: Mapping[str, str]


ZH = UnsentTexts(
    title="导入未上传文件",
    steps=(
        "手机一直连不上网，或者已经停用，可以在手机上打开“同步”→“导出未上传的内容”，把得到的文件交来。"
        "文件是加密的，只有本系统打得开。",
        "分成几个文件的，可以一起选，先后不限。",
        "导入等于这部手机现在上传：同样核对，有问题的进“待核查”。重复导入不会多出记录；手机以后自己上传也不会重复。",
    ),
    choose_file="选择文件 (.anlan)",
    import_now="导入",
    if_ended="手机已经停用，或者导出以后换过凭证",
    if_ended_hint="这时文件可能不是本人交来的，所以其中的记录先进“待核查”，由人逐条决定。"
    "已经当面核实的，可以勾选下面一项，写明是谁的，直接收下；文件不是此人的手机做的，就不会导入。理由记入审计日志。",
    trust="已核实是本人的记录，直接收下",
    whose="本人姓名（与“人员”里的一致）",
    made_by="出自手机：",
    was_ended="这部手机已经停用，或者导出以后换过凭证。",
    was_empty="文件里没有记录。",
    import_again="其余的还没有收下，请过一会儿把同一个文件再导入一次。",
    records="记录（每次保存算一条）",
    home_visits="家访",
    photos="照片",
    fates={
        "new": "新收下 {count}",
        "known": "以前已收下 {count}",
        "quarantined": "待核查 {count}",
        "settled": "以前已处理 {count}",
        "refused": "没有收下 {count}",
        "left": "还没处理 {count}",
    },
)
EN = UnsentTexts(
    title="Import unsent work",
    steps=(
        "For a phone that never gets a network, or whose access has ended: on the phone, open Sync, Export "
        "unsent work, and hand in the file. It is encrypted; only this system can open it.",
        "If there are several files, choose them together or one after another, in any order.",
        "It is as if the phone sent it now: the same checks, and what fails them goes to quarantine. "
        "Importing again adds nothing, nor does the phone when it sends the same work later.",
    ),
    choose_file="Choose a file (.anlan)",
    import_now="Import",
    if_ended="The phone's access has ended, or its token was replaced since",
    if_ended_hint="Then the file may come from somebody else, so its records wait in quarantine and a person "
    "decides on each. If you have made sure whose they are, tick the box and name the person to accept them "
    "at once. A file made by the phone of somebody else is not imported then. The reason is kept in the "
    "audit log.",
    trust="I have made sure whose records these are: accept them",
    whose="Name of that person, as under People",
    made_by="Made by the phone:",
    was_ended="This phone's access has ended, or its token was replaced since.",
    was_empty="There are no records in the file.",
    import_again="The rest has not been accepted yet. Import the same file again later.",
    records="Records (each save counts)",
    home_visits="Home visits",
    photos="Photos",
    fates={
        "new": "{count} new",
        "known": "{count} here already",
        "quarantined": "{count} in quarantine",
        "settled": "{count} settled before",
        "refused": "{count} refused",
        "left": "{count} not looked at yet",
    },
)


def unsent_texts(language: Language) -> UnsentTexts:
    """The texts of this page in a language."""
    return ZH if language == "zh" else EN
