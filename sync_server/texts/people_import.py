"""Texts of adding many people at once, and of the sheets with which their phones are enrolled."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_server.texts.words import Language


@dataclass(frozen=True, slots=True)
class ImportTexts:
    """The texts of one language, in the notation of `shared.plural`.

    `columns`: titles of the name, role, towns, school and classes. `faults`: what is wrong with a row.
    """

    title: str
    steps: tuple[str, ...]
    template: str
    template_file: str
    template_sheet: str
    notes_sheet: str
    notes: tuple[str, ...]
    columns: Mapping[str, str]
    choose_file: str
    look: str
    preview: str
    ready: str
    faulty: str
    nothing_yet: str
    new_schools: str
    confirm: str
    confirm_explained: str
    nobody_ready: str
    done: str
    row: str
    result: str
    will_be: str
    was_added: str
    more_rows: str
    faults: Mapping[str, str]
    sheets: str
    sheets_lead: str
    print_sheets: str
    print_some: str
    print_hint: str
    until: str
    how_to: tuple[str, ...]
    choose: str


ZH = ImportTexts(
    title="批量添加人员",
    steps=(
        "下载模板，一人一行；可以从别的表格粘贴文字。",
        "选好文件，点“查看”：每一行会怎样，先列出来，这时还没有添加任何人。",
        "核对以后点“添加”。有问题的行不会添加，改好以后再传一次就行，已经添加的人不会重复。",
    ),
    template="下载模板 (XLSX)",
    template_file="人员模板",
    template_sheet="人员",
    notes_sheet="说明",
    notes=(
        "第一行不要改。一人一行，姓名不能相同。",
        "角色：",
        "园区(镇街)：可以写几个，用顿号分开；全市写“全市”。教师、学校管理员不填。",
        "学校：教师、学校管理员填学校全称。名单上没有的会加入名单。",
        "班级：可以写几个，用顿号分开，如：三(1)班、三(2)班；不填为全校。",
        "园区(镇街)的名称：",
    ),
    columns={"name": "姓名", "role": "角色", "towns": "园区(镇街)", "school": "学校", "classes": "班级"},
    choose_file="选择文件 (.xlsx)",
    look="查看",
    preview="核对名单",
    ready="可以添加 {count} 人",
    faulty="{count} 行有问题，不会添加",
    nothing_yet="还没有添加任何人。",
    new_schools="这些学校还不在名单上，会加入名单。请核对是不是写错了：",
    confirm="添加 {count} 人",
    confirm_explained="添加以后角色立即生效。再点一次也不会重复添加。",
    nobody_ready="没有可以添加的行。请改好文件再传一次。",
    done="已添加 {count} 人。",
    row="行",
    result="结果",
    will_be="可以添加",
    was_added="已添加",
    more_rows="另外还有 {count} 行没有列出。",
    faults={
        "formula": "有公式或出错的单元格，请改成文字。",
        "merged": "有合并的单元格，请取消合并，每行单独填。",
        "not_text": "有单元格变成了日期，请把格式改为“文本”再填。",
        "name_missing": "没有填姓名。",
        "name_bad": "姓名里有看不见或容易混淆的字符，或者容易被当成系统的名称。",
        "name_taken": "已经有叫这个名字的人。要给此人别的角色，请在此人的页面里给。",
        "double": "与第 {detail} 行同名。同名的两个人请加以区别，如加上学校。",
        "role_unknown": "没有这个角色：{detail}",
        "town_unknown": "没有这个园区(镇街)：{detail}",
        "towns_missing": "没有填园区(镇街)；负责全市的请写“全市”。",
        "towns_unfit": "教师、学校管理员只填学校和班级，不填园区(镇街)。",
        "school_unfit": "只有教师、学校管理员填学校和班级。",
        "school_missing": "没有填学校。",
        "school_bad": "学校或班级的名称写得不对。",
    },
    sheets="手机登记单",
    sheets_lead="每人一张，{until} 前有效，每个码只能用一次。重新打印后，以前没用过的码作废。"
    "请当面发给本人，不要拍照转发。",
    print_sheets="打印登记单",
    print_some="打印第 {first}–{last} 人的登记单",
    print_hint="用浏览器的“打印”，纸张 A4；打印后请关掉本页，离开后不再显示。",
    until="{until} 前有效，只能用一次",
    how_to=(
        "用手机相机扫码，打开网页。",
        "点“添加到主屏幕”，从主屏幕打开，再登记。",
        "扫不了时，打开网址，输入登记码。",
    ),
    choose="选择",
)
EN = ImportTexts(
    title="Add many people",
    steps=(
        "Download the template and fill in one person a row; text may be pasted from other tables.",
        "Choose the file and look at it: what would become of each row is listed. Nobody is added yet.",
        "Check the list, then add them. Rows with a problem are left out; correct them and send the file "
        "again: nobody is added twice.",
    ),
    template="Download the template (XLSX)",
    template_file="people template",
    template_sheet="People",
    notes_sheet="Notes",
    notes=(
        "Keep the first row. One person a row; no two with the same name.",
        "Roles:",
        "Towns: several are separated by commas; write “whole city” for all. Empty for teachers and school "
        "administrators.",
        "School: the full name, for teachers and school administrators. One that is not listed yet is added.",
        "Classes: several are separated by commas, as in 3(1), 3(2); empty for the whole school.",
        "Names of the towns:",
    ),
    columns={"name": "Name", "role": "Role", "towns": "Towns", "school": "School", "classes": "Classes"},
    choose_file="Choose a file (.xlsx)",
    look="Look at it",
    preview="Check the list",
    ready="{count} person〔|s〕 ready to be added",
    faulty="{count} row〔|s〕 with a problem, not added",
    nothing_yet="Nobody has been added yet.",
    new_schools="These schools are not listed yet and will be. Check their spelling:",
    confirm="Add {count} person〔|s〕",
    confirm_explained="Roles take effect at once. A second click adds nobody twice.",
    nobody_ready="No row can be added. Correct the file and send it again.",
    done="{count} person〔|s〕 added.",
    row="Row",
    result="Result",
    will_be="ready",
    was_added="added",
    more_rows="{count} more row〔|s〕 not listed here.",
    faults={
        "formula": "A cell holds a formula or an error. Write its text instead.",
        "merged": "Cells are merged. Split them and fill in each row.",
        "not_text": "A cell has become a date. Format it as text and enter it again.",
        "name_missing": "The name is missing.",
        "name_bad": "The name has invisible or easily confused characters, or looks like the system's.",
        "name_taken": "Somebody has this name already. Give further roles on that person's page.",
        "double": "The same name as in row {detail}. Tell two people apart, for example by the school.",
        "role_unknown": "No such role: {detail}",
        "town_unknown": "No such town: {detail}",
        "towns_missing": "The towns are missing; write “whole city” for all.",
        "towns_unfit": "Teachers and school administrators have a school and classes, no towns.",
        "school_unfit": "Only teachers and school administrators have a school and classes.",
        "school_missing": "The school is missing.",
        "school_bad": "The name of the school or of a class is not right.",
    },
    sheets="Enrolment sheets",
    sheets_lead="One for each person, until {until}; each code works once. Printing them again ends earlier "
    "codes that were not used. Hand them over in person, and do not forward photos of them.",
    print_sheets="Print enrolment sheets",
    print_some="Print sheets of {first}–{last}",
    print_hint="Use the browser's Print, on A4. Close this page afterwards: it is not shown again.",
    until="works once, until {until}",
    how_to=(
        "Scan the code with the phone's camera and open the page.",
        "Choose Add to Home Screen, open it from there, then enrol.",
        "If it cannot be scanned: open the address and enter the code.",
    ),
    choose="Select",
)


def import_texts(language: Language) -> ImportTexts:
    """The texts of these pages in a language."""
    return ZH if language == "zh" else EN
