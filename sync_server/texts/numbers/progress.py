"""The texts of 进度 and of the numbers of 巡查, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgressTexts:
    """The texts of one language; those with `count` depend on it (`shared.plural`)."""

    title: str
    lead: str
    city: str
    own: str
    own_towns: str
    net: str
    counted: str
    relapsed: str
    open: str
    target: str
    share: str
    by_town: str
    by_type: str
    by_risk: str
    not_said: str
    unrated: str
    burn_up: str
    burn_up_said: str
    total: str
    target_line: str
    forecast_line: str
    needed: str
    reached: str
    no_target: str
    recent: str
    forecast: str
    week: str
    week_counted: str
    week_total: str
    every_week: str
    ages: str
    ages_lead: str
    band: str
    band_last: str
    oldest: str
    time_to_close: str
    half: str
    most: str
    none_closed: str
    rechecks: str
    rechecked: str
    relapse_rate: str
    patrols: str
    patrols_lead: str
    patrol_all: str
    patrol_valid: str
    patrol_rate: str
    patrol_waters: str
    coverage: str
    by_person: str
    patrols_none: str
    people_left_out: str
    explain: str
    open_list: str


ZH = ProgressTexts(
    title="进度",
    lead="点数字，打开台账里对应的名单。",
    city="全市",
    own="您能看到的",
    own_towns="只统计您能看到的园区(镇街)。",
    net="净完成",
    counted="计入",
    relapsed="反弹",
    open="未销号",
    target="目标",
    share="完成率",
    by_town="各园区(镇街)",
    by_type="按类型",
    by_risk="按风险等级",
    not_said="未填",
    unrated="未评级",
    burn_up="逐周累计",
    burn_up_said="{year} 年逐周累计：到 {monday} 这一周共计入 {count} 处。",
    total="累计 {count}",
    target_line="目标 {count}",
    forecast_line="预计 {count}",
    needed="要在年底前达到目标，每周还要净增 {pace} 处。",
    reached="已达到目标。",
    no_target="这一年没有设目标。",
    recent="最近 4 个整周平均每周计入 {pace} 处。",
    forecast="照这个速度、不再有反弹，到 12 月 31 日净完成约 {count} 处。",
    week="周（星期一）",
    week_counted="本周计入",
    week_total="累计",
    every_week="逐周数字",
    ages="未销号的隐患，发现至今",
    ages_lead="现在的情况，不分年度。",
    band="{least}–{most} 天",
    band_last="超过 {most} 天",
    oldest="最久的 {count} 天",
    time_to_close="从发现到首次销号",
    half="{year} 年计入的，一半在 {count} 天内销号，",
    most="九成在 {count} 天内。",
    none_closed="{year} 年还没有计入的。",
    rechecks="回头看",
    rechecked="{year} 年计入的 {all} 处，销号后复查过 {count} 处（{share}）。",
    relapse_rate="其中反弹过（包括又整改好的）{count} 处（{share}）。",
    patrols="巡查",
    patrols_lead="{year} 年有效巡查 {valid} 次，共巡查 {all} 次；{waters} 处水域至少有效巡查过一次。",
    patrol_all="巡查",
    patrol_valid="有效巡查",
    patrol_rate="有效率",
    patrol_waters="巡查到的水域",
    coverage="覆盖率",
    by_person="各巡查人员",
    patrols_none="{year} 年还没有巡查记录。",
    people_left_out="另有 {count} 人没有列出。",
    explain="这些数字可以从操作日志重新算出，逐处列明：anlan progress --year {year} --explain",
    open_list="打开名单：{what}，{count} 处",
)

EN = ProgressTexts(
    title="Progress",
    lead="A number opens its list in the ledger.",
    city="The city",
    own="What you may see",
    own_towns="Only the towns that you may see are counted.",
    net="Net",
    counted="Counted",
    relapsed="Relapsed",
    open="Open",
    target="Target",
    share="Share",
    by_town="By town",
    by_type="By type",
    by_risk="By risk level",
    not_said="Not said",
    unrated="Not rated",
    burn_up="Week by week",
    burn_up_said="{year}, week by week: {count} counted up to the week of {monday}.",
    total="Counted {count}",
    target_line="Target {count}",
    forecast_line="Forecast {count}",
    needed="To reach the target by the end of the year, the net figure must grow by {pace} every week.",
    reached="The target is reached.",
    no_target="No target is set for this year.",
    recent="In the last 4 whole weeks {pace} a week were counted on average.",
    forecast="At this pace, and with no more relapses, the net figure on 31 December will be about {count}.",
    week="Week (Monday)",
    week_counted="Counted",
    week_total="Total",
    every_week="Every week",
    ages="Open hazards, by the days since they were found",
    ages_lead="As of now, whatever the year.",
    band="{least}–{most} days",
    band_last="More than {most} days",
    oldest="The oldest: {count} 〔day|days〕",
    time_to_close="From finding to first closing",
    half="Half of those counted in {year} were closed within {count} 〔day|days〕,",
    most="nine in ten within {count} 〔day|days〕.",
    none_closed="Nothing is counted in {year} yet.",
    rechecks="Looking back",
    rechecked="Of {all} counted in {year}, {count} had a re-check after closing ({share}).",
    relapse_rate="{count} of them relapsed at some time, rectified again or not ({share}).",
    patrols="Patrols",
    patrols_lead="Valid patrols in {year}: {valid} of {all}. Waters with at least one: {waters}.",
    patrol_all="Patrols",
    patrol_valid="Valid",
    patrol_rate="Valid share",
    patrol_waters="Waters patrolled",
    coverage="Coverage",
    by_person="By person",
    patrols_none="No patrols are recorded in {year} yet.",
    people_left_out="{count} more 〔person is|people are〕 not listed.",
    explain="These numbers can be worked out again from the log, hazard by hazard:"
    " anlan progress --year {year} --explain",
    open_list="Open the list: {what}, {count}",
)


def progress_texts(language: str) -> ProgressTexts:
    """The texts of a language."""
    return EN if language == "en" else ZH
