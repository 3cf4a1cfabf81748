"""Writes the handbook's page of permissions from `shared/permissions.py`: `python -m tools.permissions`."""

from pathlib import Path

from shared.permissions import ALLOWED, CITY_WIDE, SCHOOL_ROLES, Action, step_action
from shared.vocabulary import EventType, Role
from shared.wording import Wording

HANDBOOK = Path(__file__).parents[1] / "docs" / "handbook"
LANGUAGES = ("zh", "en")
WORDS: dict[Action, Wording] = {
    Action.SEE_HAZARDS: Wording("查看隐患、安全教育", "See hazards and education visits"),
    Action.SEE_CONTACTS: Wording("查看姓名和电话全文", "See names and telephone numbers unmasked"),
    Action.EDIT_RECORDS: Wording("填写、修改记录", "Write and correct records"),
    Action.DELETE_RECORDS: Wording("删除记录", "Delete records"),
    Action.RESTORE_RECORDS: Wording("恢复已删除的记录", "Bring deleted records back"),
    Action.ATTACH_PHOTOS: Wording("添加照片", "Attach photos"),
    Action.CHANGE_OTHERS: Wording(
        "移动、删除、恢复、清空别人的记录", "Move, delete, restore or clear what others wrote"
    ),
    Action.CHANGE_SETTLED: Wording(
        "修改已销号、不属实、合并的", "Change what is closed, unfounded or merged"
    ),
    Action.WORK_IN_BROWSER: Wording("添加时得到网页密码链接", "Is given a password link when added"),
    Action.DECIDE: Wording("在网页上办理", "Take steps on the web"),
    Action.SETTLE_CONFLICTS: Wording("处理冲突", "Settle conflicts"),
    Action.SETTLE_QUARANTINE: Wording("处理待核查数据", "Settle quarantined data"),
    Action.EXPORT: Wording("导出台账", "Export"),
    Action.MANAGE_PEOPLE: Wording("管理人员和学校", "Manage people and schools"),
    Action.MANAGE_DEVICES: Wording("管理设备", "Manage devices"),
    Action.READ_AUDIT: Wording("查看审计日志", "Read the audit log"),
    Action.RECORD_HOME_VISITS: Wording("记录家访", "Record home visits"),
    Action.SEE_HOME_VISITS: Wording("打开自己的家访", "Open home visits of one's own"),
    Action.SEE_EVERY_HOME_VISIT: Wording("打开本校别人的家访", "Open home visits of others at the school"),
    Action.HAND_OVER_HOME_VISITS: Wording(
        "交出、接收学生的家访", "Hand over and receive a pupil's home visits"
    ),
    Action.APPROVE_PLANS: Wording("审批家访的后续措施", "Approve follow-up plans of home visits"),
    Action.COUNT_HOME_VISITS: Wording("查看家访的数量", "See how many home visits there are"),
}
"""What an action is called; steps have the name of their step."""
TITLE = Wording("谁能做什么", "Who may do what")
LEAD = Wording(
    "本页由程序按 `shared/permissions.py` 生成，请不要手工修改；改了角色以后运行"
    " `python -m tools.permissions`。",
    "This page is generated from `shared/permissions.py`; do not edit it by hand. Run "
    "`python -m tools.permissions` after a change of the roles.",
)
SCOPES = Wording(
    "角色在给定的范围内有效：{towns}给全市或部分园区(镇街)，{school}给一所学校或其中的班级。一个人可以有几个角色，"
    "加在一起算。看不到的范围，页面、导出、地图、照片和手机上都没有。",
    "A role holds within its scope: {towns} for the whole city or for some towns; {school} for a school or "
    "classes of it. Several roles of one person add up. What lies outside is shown neither on pages, "
    "exports, map and photos nor on phones.",
)
CITY = Wording("标 * 的只有给全市的角色才有。", "Marked with *: only with a role for the whole city.")
WHAT = Wording("做什么", "What")
STEP = Wording("办理：{step}", "Step: {step}")
AND = Wording("、", ", ")


def page(language: str) -> str:
    """The page in "zh" or "en", as Markdown."""
    roles = list(Role)
    names = {role: role.zh if language == "zh" else role.en for role in roles}

    def several(chosen: list[Role]) -> str:
        return AND.of(language).join(names[role] for role in chosen)

    scopes = SCOPES.of(language).format(
        towns=several([role for role in roles if role not in SCHOOL_ROLES]),
        school=several([role for role in roles if role in SCHOOL_ROLES]),
    )
    heading = [WHAT.of(language), *(names[role] for role in roles)]
    rows = [heading, ["---", *(":-:" for _ in roles)]]
    rows += [
        [_words(action, language), *("✓" if action in ALLOWED[role] else "" for role in roles)]
        for action in Action
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    parts = [f"# {TITLE.of(language)}", LEAD.of(language), scopes, CITY.of(language), table]
    return "\n\n".join(parts) + "\n"


def path(language: str) -> Path:
    """Where the page of a language lies."""
    return HANDBOOK / f"permissions.{language}.md"


def _words(action: Action, language: str) -> str:
    steps = {step_action(step): step for step in EventType}
    if action in WORDS:
        said = WORDS[action].of(language)
    else:
        step = steps[action]
        said = STEP.of(language).format(step=step.zh if language == "zh" else step.en)
    return f"{said} *" if action in CITY_WIDE else said


if __name__ == "__main__":
    for one in LANGUAGES:
        path(one).write_text(page(one), encoding="utf-8")
