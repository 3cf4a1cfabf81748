"""What the rows of the audit log mean, in plain words: their actions, and the names of their details."""

from shared.wording import Wording

ACTIONS: dict[str, Wording] = {
    "sign_in": Wording("登录网页", "Signed in"),
    "sign_in_failed": Wording("登录失败", "Could not sign in"),
    "second_factor_failed": Wording("两步验证码不对", "A wrong code in the second step"),
    "sign_out": Wording("退出登录", "Signed out"),
    "password_set": Wording("设置密码", "Set a password"),
    "password_changed": Wording("修改密码", "Changed the password"),
    "password_refused": Wording("已登录，再次核对密码时输错", "Gave a wrong password while signed in"),
    "link_refused": Wording("密码链接无效", "Used a password link that is not valid"),
    "enrol": Wording("登记手机", "Enrolled a phone"),
    "code_refused": Wording("登记码无效", "Used a phone code that is not valid"),
    "refused": Wording("没有权限，被拒绝", "Was refused: no permission"),
    "person_added": Wording("添加人员", "Added a person"),
    "person_renamed": Wording("改名", "Renamed a person"),
    "unit_set": Wording("填写单位", "Set somebody's unit"),
    "person_deactivated": Wording("停用人员", "Deactivated a person"),
    "person_reactivated": Wording("重新启用人员", "Reactivated a person"),
    "grant_given": Wording("给予角色", "Gave a role"),
    "grant_withdrawn": Wording("收回角色", "Withdrew a role"),
    "grant_changed": Wording("更改角色", "Changed a role"),
    "people_imported": Wording("批量添加人员", "Added people from a list"),
    "school_added": Wording("添加学校", "Added a school"),
    "school_changed": Wording("更改学校", "Changed a school"),
    "class_renamed": Wording("班级改名", "Renamed a class"),
    "sessions_ended": Wording("退出已登录的浏览器", "Signed out browsers"),
    "second_factor_on": Wording("开启两步验证", "Turned on two-step verification"),
    "second_factor_off": Wording("关闭两步验证", "Turned off two-step verification"),
    "second_factor_reset": Wording("重置他人的两步验证", "Reset somebody's two-step verification"),
    "recovery_codes_made": Wording("生成新的备用码", "Made new recovery codes"),
    "recovery_code_used": Wording("用备用码登录", "Used a recovery code"),
    "home_visit_opened": Wording("打开家访记录", "Opened a home visit"),
    "home_visit_refused": Wording("打开家访记录，被拒绝", "Was refused a home visit"),
    "home_visit_withdrawn": Wording("撤回同意，删除家访内容", "Consent withdrawn: deleted a home visit"),
    "home_visits_expired": Wording("保存期满，删除家访内容", "Deleted home visits at the end of retention"),
    "home_visit_accepted": Wording("收下待核查的家访", "Accepted a refused home visit"),
    "home_visit_discarded": Wording("弃用待核查的家访", "Discarded a refused home visit"),
    "home_visits_handover_offered": Wording("提出交接学生的家访", "Offered a pupil's home visits"),
    "home_visits_handover_accepted": Wording("接收学生的家访", "Accepted a pupil's home visits"),
    "home_visits_handover_declined": Wording("不接收学生的家访", "Declined a pupil's home visits"),
    "home_visits_handover_withdrawn": Wording("撤回家访交接", "Withdrew an offer of home visits"),
    "home_visit_handed_over": Wording("交接家访记录", "Handed over a home visit"),
    "home_visit_plan_approved": Wording("批准家访后续措施", "Approved a follow-up plan"),
    "home_visit_plan_returned": Wording("退回家访后续措施", "Returned a follow-up plan"),
    "plan_approval_set": Wording("设置后续措施是否审批", "Set whether follow-up plans are approved"),
    "home_visits_export_asked": Wording("申请完整导出家访", "Asked for a full export of home visits"),
    "home_visits_export_approved": Wording("批准完整导出家访", "Approved a full export of home visits"),
    "home_visits_export_refused": Wording("不批准完整导出家访", "Refused a full export of home visits"),
    "home_visits_exported": Wording("完整导出家访", "Exported home visits in full"),
    "home_visit_key_made": Wording("生成家访密钥", "Made a key for home visits"),
    "home_visit_key_destroyed": Wording("销毁家访密钥", "Destroyed a key for home visits"),
    "password_link": Wording("生成设置密码链接", "Made a link to set a password"),
    "phone_code": Wording("生成手机登记码", "Made a phone code"),
    "device_revoked": Wording("停用手机", "Revoked a phone"),
    "device_succeeded": Wording(
        "手机换了新身份（有两份副本）", "A phone took a new identity: there are two copies"
    ),
    "replaced_token_used": Wording(
        "用了手机已经换掉的旧凭证，被拒绝", "Used a token that a phone had replaced, and was refused"
    ),
    "unsent_imported": Wording("导入手机未上传的内容", "Imported what a phone had not sent"),
    "device_undone": Wording("撤销手机写的内容", "Undid what a phone wrote"),
    "undoing_withdrawn": Wording("取消撤销", "Withdrew an undoing"),
    "quarantine_taken": Wording("接收待核查数据", "Accepted a quarantined item"),
    "quarantine_repaired": Wording("更正待核查数据", "Corrected a quarantined item"),
    "quarantine_discarded": Wording("弃用待核查数据", "Discarded a quarantined item"),
    "record_restored": Wording("恢复已删除的记录", "Brought back a deleted record"),
    "export": Wording("导出", "Exported"),
    "target_set": Wording("设置目标", "Set a target"),
    "photos_lost": Wording("照片缺失或损坏，请手机补送", "Asked phones for missing or damaged photos"),
    "resend_asked": Wording("请手机把记录重新送来", "Asked phones to send everything again"),
    "log_put_back": Wording("从备份恢复", "Restored from a backup"),
}
"""Action → what was done."""

DETAILS: dict[str, Wording] = {
    "reason": Wording("理由", "Reason"),
    "role": Wording("角色", "Role"),
    "scope": Wording("范围", "Scope"),
    "towns": Wording("镇街", "Towns"),
    "school": Wording("学校", "School"),
    "class": Wording("班级", "Class"),
    "to_school": Wording("转入学校", "To the school"),
    "to_class": Wording("转入班级", "To the class"),
    "holder": Wording("接手的人", "Now with"),
    "consent": Wording("监护人同意方式", "How the guardian agreed"),
    "consent_on": Wording("监护人同意日期", "The guardian agreed on"),
    "on": Wording("要审批", "Approval is needed"),
    "classes": Wording("班级", "Classes"),
    "before": Wording("原名", "Former name"),
    "name": Wording("新名", "New name"),
    "address": Wording("来自地址", "From the address"),
    "route": Wording("请求", "Request"),
    "times": Wording("次数", "Times"),
    "query": Wording("筛选", "Filter"),
    "hazards": Wording("隐患数", "Hazards"),
    "visits": Wording("场次", "Visits"),
    "people": Wording("人数", "People"),
    "count": Wording("个数", "Number"),
    "town": Wording("镇街", "Town"),
    "unit": Wording("单位", "Unit"),
    "rows": Wording("条数", "Rows"),
    "home_visits": Wording("家访", "Home visits"),
    "photos": Wording("照片", "Photos"),
    "file": Wording("文件", "File"),
    "masked": Wording("已脱敏", "Masked"),
    "year": Wording("年份", "Year"),
    "since": Wording("起始时间", "Since"),
    "end": Wording("日志位置", "Place in the log"),
    "seen": Wording("手机见过的位置", "Place that the phone had seen"),
    "hands": Wording("写入设备", "Written by devices"),
    "code": Wording("原因", "Why"),
    "instead": Wording("更正后的设备和序号", "Corrected under the device and number"),
    "missing": Wording("缺失", "Missing"),
    "damaged": Wording("损坏", "Damaged"),
}
"""Name of a detail → its heading."""

SCOPES: dict[str, Wording] = {
    "city": Wording("全市", "Whole city"),
    "towns": Wording("镇街", "Towns"),
    "school": Wording("学校", "School"),
}
"""Kind of scope → what it is called."""

SEALED: dict[str, Wording] = {
    "visit": Wording("家访", "Home visit"),
    "refused": Wording("待核查的家访", "Home visit to be checked"),
    "export": Wording("完整导出", "Full export"),
    "handover": Wording("家访交接", "Hand-over"),
}
"""Kind of thing about home visits → what it is called."""

ABOUT_SCHOOLS = frozenset({"school_added", "school_changed", "class_renamed", "plan_approval_set"})
"""Actions whose subject is a school's code."""

BY_STRANGERS = frozenset({"sign_in_failed", "link_refused", "code_refused", "refused", "replaced_token_used"})
"""Actions that need no account: without a person, nobody knows who it was."""
