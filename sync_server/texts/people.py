"""Texts of the pages about people, their roles and their schools."""

from dataclasses import dataclass

from sync_server.texts.words import Language


@dataclass(frozen=True, slots=True)
class PeopleTexts:
    """The texts of one language, in the notation of `shared.plural`."""

    roles: str
    scope: str
    no_roles: str
    since: str
    by_deployment: str
    whole_city: str
    whole_school: str
    give_role: str
    give_role_explained: str
    school: str
    school_hint: str
    choose_school: str
    classes: str
    classes_hint: str
    withdraw: str
    withdraw_explained: str
    withdraw_last: str
    withdraw_sure: str
    own_roles: str
    unit: str
    unit_save: str
    unit_explained: str
    account: str
    phones_none: str
    phones_lead: str
    deactivate_steps: tuple[str, ...]
    unsent_there: str
    reactivate_explained: str
    schools: str
    schools_lead: str
    no_schools: str
    no_town: str
    people_here: str
    change_school: str
    change_school_explained: str
    rename_class: str
    rename_class_explained: str
    class_before: str
    class_after: str
    save: str
    more_people: str


ZH = PeopleTexts(
    roles="角色和范围",
    scope="范围",
    no_roles="现在没有任何角色：不能登录，手机也不能同步。",
    since="{at} 起，由 {by} 给予",
    by_deployment="系统",
    whole_city="全市",
    whole_school="全校",
    give_role="再给一个角色",
    give_role_explained="立即生效，不用重新登录；手机下次同步时收到多出来的内容。",
    school="学校",
    school_hint="填学校全称。名单上没有的会加入名单，写错了可以在“学校”里改。",
    choose_school="学校和班级（教师、学校管理员）",
    classes="班级",
    classes_hint="用顿号分开，如：三(1)班、三(2)班；不填为全校。",
    withdraw="收回",
    withdraw_explained="立即生效：网页上马上看不到，手机下次同步时删去范围以外的内容。手机上没有上传的仍会上传；"
    "按剩下的角色不能接收的，留在“待核查数据”等办公室处理。",
    withdraw_last="这是此人唯一的角色。收回后不能登录，手机也不能同步；手机上没有上传的内容留在手机上，重新给角色后再上传。",
    withdraw_sure="确定收回",
    own_roles="自己的角色要由另一位管理员更改。",
    unit="单位",
    unit_save="保存单位",
    unit_explained="和交办时填的整改单位一样的，他手机的“今日”列出交办给这个单位的隐患。",
    account="账号",
    phones_none="还没有登记手机。",
    phones_lead="“没有上传”是手机最近一次联系时报告的，之后可能又有新的记录。",
    deactivate_steps=(
        "立即退出网页和所有手机，登记码和设置密码链接作废，不能再登录。",
        "此人记录的内容都保留，仍显示其姓名。",
        "手机上没有上传的内容留在手机上，重新启用并重新登记那部手机后才能上传。请先让此人同步一次。",
    ),
    unsent_there="{phone}：{waiting}",
    reactivate_explained="用原来的密码和角色登录；手机要重新登记。",
    schools="学校",
    schools_lead="给教师、学校管理员角色时用到的学校。改名以后，角色和已有的家访记录仍属于这所学校。",
    no_schools="还没有学校。给第一位教师角色时，填上的学校会列在这里。",
    no_town="未填",
    people_here="人数",
    change_school="改名或改园区(镇街)",
    change_school_explained="网页上立即显示新名字，手机下次同步后也是。",
    rename_class="班级改名",
    rename_class_explained="负责这个班的人，角色立即改为新班名；以前的家访仍写着当时的班名："
    "记录的人和管全校的照样能看，只管部分班级的学校管理员按班名看。"
    "升级时请从最高年级改起，如先把“二(1)班”改为“三(1)班”，再把“一(1)班”改为“二(1)班”。",
    class_before="现在的班名",
    class_after="新班名",
    save="保存",
    more_people="共 {count} 人，这里是第 {first}–{last} 人",
)
EN = PeopleTexts(
    roles="Roles",
    scope="Where",
    no_roles="No role at present: cannot sign in, and the phone cannot sync.",
    since="since {at}, given by {by}",
    by_deployment="the system",
    whole_city="whole city",
    whole_school="whole school",
    give_role="Give another role",
    give_role_explained="Takes effect at once, without signing in again. "
    "The phone receives what is added at its next sync.",
    school="School",
    school_hint="The full name. A school that is not listed yet is added; "
    "mistakes are corrected under Schools.",
    choose_school="School and classes (teachers, school administrators)",
    classes="Classes",
    classes_hint="Separated by commas, as in 3(1), 3(2); none for the whole school.",
    withdraw="Withdraw",
    withdraw_explained="Takes effect at once: pages no longer show it, and the phone drops what lies outside "
    "at its next sync. What is still on the phone is sent all the same; what the other roles do not allow "
    "waits in quarantine for the office.",
    withdraw_last="This is their only role. They can then neither sign in nor sync. What the phone has not "
    "sent yet stays on it, and is sent once they have a role again.",
    withdraw_sure="Withdraw now",
    own_roles="Your own roles are changed by another administrator.",
    unit="Unit",
    unit_save="Save the unit",
    unit_explained="Where it is named like the unit to which hazards are assigned, these are listed on Today"
    " on their phone.",
    account="Account",
    phones_none="No phone has been enrolled yet.",
    phones_lead="What is still to be sent is what the phone said when it was last in contact; there may be "
    "more by now.",
    deactivate_steps=(
        "They are signed out of pages and phones at once; codes and password links stop working.",
        "Everything they recorded stays, under their name.",
        "What a phone has not sent yet stays on it, and is sent only after they are reactivated and the "
        "phone is enrolled again. Ask them to sync first.",
    ),
    unsent_there="{phone}: {waiting}",
    reactivate_explained="They sign in with their old password and roles; phones are enrolled again.",
    schools="Schools",
    schools_lead="The schools for which teachers and school administrators have roles. A school keeps its "
    "roles and home visits when it is renamed.",
    no_schools="No schools yet. The school of the first teacher's role will be listed here.",
    no_town="not set",
    people_here="People",
    change_school="Change name or town",
    change_school_explained="Pages show the new name at once, phones after their next sync.",
    rename_class="Rename a class",
    rename_class_explained="Roles for the class are for the new name at once. Earlier home visits keep the "
    "name of their day: their authors and administrators of the whole school see them as before, school "
    "administrators of some classes only by that name. When classes move up, begin with the highest "
    "grade: 2(1) becomes 3(1), then 1(1) becomes 2(1).",
    class_before="Present name",
    class_after="New name",
    save="Save",
    more_people="{count} person〔|s〕 in all, {first}–{last} shown",
)


def people_texts(language: Language) -> PeopleTexts:
    """The texts of these pages in a language."""
    return ZH if language == "zh" else EN
