"""What people call the fields that every programme has, and how a label is found by a path."""

from collections.abc import Mapping

from shared.wording import Wording

COMMON_LABELS: dict[str, Wording] = {
    "ledger_no": Wording("编号", "Number"),
    "year": Wording("年度", "Year"),
    "town_code": Wording("园区(镇街)", "Town"),
    "village": Wording("村(社区)", "Village or community"),
    "address": Wording("具体位置", "Where exactly"),
    "position": Wording("定位", "Position"),
    "lat": Wording("纬度", "Latitude"),
    "lon": Wording("经度", "Longitude"),
    "accuracy_m": Wording("定位精度(米)", "Accuracy (m)"),
    "fix_time": Wording("定位时间", "Time of the fix"),
    "owner_unit": Wording("权属主体", "Owner"),
    "responsible_unit": Wording("责任单位", "Responsible unit"),
    "responsible_person": Wording("责任人", "Responsible person"),
    "phone": Wording("联系电话", "Telephone"),
    "patroller": Wording("巡查责任人", "Patroller"),
    "lead_dept": Wording("牵头部门", "Lead department"),
    "defect_types": Wording("隐患类型", "What is wrong"),
    "description": Wording("隐患描述", "Description"),
    "risk_level": Wording("风险等级", "Risk level"),
    "risk_override": Wording("调整后的风险等级", "Risk level set by hand"),
    "risk_override_reason": Wording("调整理由", "Reason for the level"),
    "measure_class": Wording("整改措施类别", "Kinds of measures"),
    "measures": Wording("整改措施", "Measures"),
    "due_date": Wording("整改时限", "Due date"),
    "found_on": Wording("排查日期", "Date found"),
    "status": Wording("整改状态", "Status"),
    "remark": Wording("备注", "Remark"),
    "assignee_unit": Wording("整改单位", "Unit to rectify"),
    "result": Wording("结果", "Result"),
    "merged_into": Wording("并入", "Merged into"),
    "measures_done": Wording("已采取的措施", "Measures taken"),
    "comment": Wording("说明", "Comment"),
    "visit_type": Wording("活动类型", "Type of visit"),
    "date": Wording("日期", "Date"),
    "headcount": Wording("人数", "People reached"),
    "households": Wording("户数", "Households"),
    "leaflets": Wording("发放份数", "Leaflets"),
    "name": Wording("姓名", "Name"),
    "password": Wording("密码", "Password"),
}


def label_at(path: str, labels: Mapping[str, Wording], language: str) -> str | None:
    """What people call the field that a problem's `path` points at, or the value in it; None if nothing."""
    named = [part for part in path.split(".") if part in labels]
    return labels[named[-1]].of(language) if named else None
