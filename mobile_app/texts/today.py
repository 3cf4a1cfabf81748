"""The texts of the tab 今日, in both languages."""

from dataclasses import dataclass

from shared.hazards.due import SOON, Urgency


@dataclass(frozen=True, slots=True)
class TodayTexts:
    """The texts of one language; those with `count` depend on it (`shared.plural`)."""

    sent_back: str
    relapse_due: str
    overdue: str
    due_soon: str
    to_accept: str
    to_register: str
    unit: str
    my_unit: str
    patrol: str
    unseen: str
    own: str
    own_all: str
    own_numbers: str
    own_open: str
    city: str
    office_target: str
    office_net: str
    office_as_of: str
    group: str
    most: str
    more: str
    none: str
    none_hint: str
    unsynced: str
    unsynced_hint: str
    no_hazards: str
    no_hazards_hint: str
    no_fix: str
    fix_now: str
    fix_minutes: str
    fix_hours: str
    locate_again: str
    here: str
    metres: str
    kilometres: str

    def of(self, urgency: Urgency) -> str:
        """The title of the hazards of an urgency."""
        return {
            Urgency.SENT_BACK: self.sent_back,
            Urgency.RELAPSE_DUE: self.relapse_due,
            Urgency.OVERDUE: self.overdue,
            Urgency.DUE_SOON: self.due_soon,
            Urgency.TO_ACCEPT: self.to_accept,
            Urgency.TO_REGISTER: self.to_register,
            Urgency.UNIT: self.unit,
            Urgency.PATROL: self.patrol,
            Urgency.OWN: self.own,
        }[urgency]


ZH = TodayTexts(
    sent_back="退回我的",
    relapse_due="复查有问题，待记反弹",
    overdue="已逾期",
    due_soon=f"{SOON.days} 天内到期",
    to_accept="待我验收，在网页上办理",
    to_register="待我登记",
    unit="交办给我单位的，待整改",
    my_unit="单位：{unit}",
    patrol="待巡查",
    unseen="{count} 天没有有效巡查（每 {every} 天至少一次）",
    own="我上报的，待整改",
    own_all="我上报的",
    own_numbers="我上报的 {count} 处，已销号 {closed} 处",
    own_open="看我上报的",
    city="全市",
    office_target="{place} {year} 年净完成 {count} 处，目标 {target} 处（{share}）",
    office_net="{place} {year} 年净完成 {count} 处",
    office_as_of="服务器 {at} 的数字",
    group="{title} · {count} 处",
    most="{title} · 最急的 {count} 处",
    more="再看 {count} 处",
    none="今天没有要办的隐患",
    none_hint="看到新的隐患，点“新增隐患”。别人刚退回或交办的，联网同步后出现在这里。",
    unsynced="第一次同步还没完成",
    unsynced_hint="要您办的隐患，同步完才列得全。请保持联网。",
    no_hazards="这部手机上没有隐患工作",
    no_hazards_hint="有家访权限的，这里有“新增家访”。没有看到的，请联网同步一次，或请管理员核对您的角色。",
    no_fix="获取定位后，每组近的在前。",
    fix_now="每组近的在前，定位：刚才。",
    fix_minutes="每组近的在前，定位：{count} 分钟前。",
    fix_hours="每组近的在前，定位：{count} 小时前，走动过请重新定位。",
    locate_again="重新定位",
    here="{metres} 米以内",
    metres="{direction} {metres} 米",
    kilometres="{direction} {kilometres} 公里",
)

EN = TodayTexts(
    sent_back="Sent back to me",
    relapse_due="Failed re-check, relapse to record",
    overdue="Overdue",
    due_soon=f"Due within {SOON.days} days",
    to_accept="For me to accept, on the web pages",
    to_register="For me to register",
    unit="Assigned to my unit, to be rectified",
    my_unit="Unit: {unit}",
    patrol="To be patrolled",
    unseen="No valid patrol for {count} 〔day|days〕 (due every {every})",
    own="Reported by me, to be rectified",
    own_all="Reported by me",
    own_numbers="{count} 〔site|sites〕 reported by me, {closed} closed",
    own_open="Show what I reported",
    city="The city",
    office_target="{place} in {year}: {count} net of {target} ({share})",
    office_net="{place} in {year}: {count} net",
    office_as_of="Counted by the server on {at}",
    group="{title} · {count} 〔site|sites〕",
    most="{title} · the {count} most urgent",
    more="Show {count} more",
    none="Nothing waits for you today",
    none_hint="Tap “New hazard” when you see one. What others have just sent back or assigned appears here"
    " after the next sync.",
    unsynced="The first sync is not complete",
    unsynced_hint="What waits for you is listed here once it is. Stay online.",
    no_hazards="This phone has no work on hazards",
    no_hazards_hint="If you may record home visits, “New home visit” is here. If not, sync once while online,"
    " or ask your administrator to check your roles.",
    no_fix="With a position, the nearest come first in each group.",
    fix_now="Nearest first in each group. Position: just now.",
    fix_minutes="Nearest first in each group. Position: {count} 〔minute|minutes〕 ago.",
    fix_hours="Nearest first in each group. Position: {count} 〔hour|hours〕 ago; get it again if you moved.",
    locate_again="Get position again",
    here="Within {metres} m",
    metres="{direction}, {metres} m",
    kilometres="{direction}, {kilometres} km",
)
