"""The exports, opened again by the programs that offices use."""

import csv
import gc
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from sqlalchemy import Engine, event

from shared.geo import wgs_to_gcj
from shared.hazards.history import HazardHistory
from shared.profiles.drowning import DROWNING
from shared.records.models import Hazard
from shared.vocabulary import EventType, PhotoRole, RiskLevel
from sync_server.exports import columns, csv_table, geojson, home_visit_book, people_template, workbook
from sync_server.exports.home_visit_book import BookWords
from sync_server.exports.ledger_line import Heading, LedgerLine
from sync_server.queries import hazards
from tests.sync_server.deployment import Deployment

ORDER = [
    *("序号", "编号", "园区(镇街)", "村(社区)", "水域名称", "水域类型", "具体位置"),
    *(
        "经度(WGS-84)",
        "纬度(WGS-84)",
        "经度(GCJ-02)",
        "纬度(GCJ-02)",
        "定位精度(米)",
        "面积(㎡)/长度(m)",
        "水深(米)",
    ),
    *("最近学校", "距学校距离(米)", "权属/责任单位", "责任人", "联系电话", "隐患类型", "隐患描述"),
    *("风险等级", "警示牌", "救生圈", "救生绳", "救生杆", "护栏/围蔽", "监控/语音"),
    *("巡查责任人", "整改措施", "交办日期", "整改时限", "整改状态", "整改完成日期", "验收人"),
    *("销号日期", "复查日期/结果", "是否反弹", "整改前照片", "整改后照片", "排查人", "排查日期"),
    *("备注",),
]
FORMULAS = ("=1+1", "+8613800000000", "-2", "@SUM(A1)", "\tx", "\rx", "＝1")
HEADING = Heading(DROWNING, "整治", 2026, "", "王", "2026-06-01")


def full_life(office: Deployment) -> str:
    """A hazard with everything in it, struck off and looked at again."""
    hazard = office.report(
        water_name="=HYPERLINK(1)",
        position={"lat": 23.021, "lon": 113.752, "accuracy_m": 8.0},
        area_m2=1200.0,
        depth_class="gt_2",
        phone="076912345678",
        responsible_person="欧阳明",
        defect_types=["no_fence", "no_ring"],
        kit_ring={"state": "good", "count": 2},
        kit_sign={"state": "missing"},
        due_date="2026-07-01",
        found_on="2026-05-20",
    )
    office.attach(hazard, PhotoRole.BEFORE, seed=1)
    office.happen(hazard, EventType.ASSIGN, office.reviewer, assignee_unit="水务中心", due_date="2026-07-02")
    office.happen(hazard, EventType.RECTIFY)
    office.attach(hazard, PhotoRole.AFTER, seed=2, here=False)
    office.happen(hazard, EventType.SUBMIT)
    office.happen(hazard, EventType.ACCEPT, office.reviewer)
    office.happen(hazard, EventType.CLOSE, office.reviewer)
    office.happen(hazard, EventType.RECHECK, office.reviewer, result="normal")
    return hazard


def test_the_columns_stand_in_the_offices_order() -> None:
    assert list(columns.table(HEADING).titles) == ORDER


def test_the_workbook_opens_with_types_titles_and_pictures(office: Deployment) -> None:
    full_life(office)
    answer = office.browser(office.reviewer).get("/exports/ledger.xlsx?town=441900101")
    assert answer.headers["content-type"] == workbook.MEDIA_TYPE
    assert "ledger.xlsx" in answer.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet["A1"].value == "石碣镇2026年水域安全隐患排查整治台账"
    signatures = "".join(str(cell.value) for cell in sheet[2] if cell.value)
    for word in ("填报单位：石碣镇", "填报人：王审核", "审核人：", "填报日期：20"):
        assert word in signatures
    assert [cell.value for cell in sheet[3]] == ORDER
    cell = {title: sheet.cell(4, index) for index, title in enumerate(ORDER, 1)}
    assert cell["序号"].value == 1
    assert (cell["水域名称"].value, cell["水域名称"].data_type) == ("=HYPERLINK(1)", "s")
    assert (cell["联系电话"].value, cell["联系电话"].data_type) == ("076912345678", "s")
    assert str(cell["编号"].value).startswith("DG-441900101-2026-")
    for title, day in (("排查日期", date(2026, 5, 20)), ("整改时限", date(2026, 7, 2))):
        value = cell[title].value
        assert isinstance(value, datetime)
        assert value.date() == day
        assert cell[title].number_format == "yyyy-mm-dd"
    assert isinstance(cell["交办日期"].value, datetime)
    assert (cell["经度(WGS-84)"].value, cell["纬度(WGS-84)"].value) == (113.752, 23.021)
    lat, lon = wgs_to_gcj((23.021, 113.752))
    assert (cell["经度(GCJ-02)"].value, cell["纬度(GCJ-02)"].value) == (round(lon, 6), round(lat, 6))
    wanted = {
        "面积(㎡)/长度(m)": "1200 ㎡",
        "水深(米)": "2 米以上",
        "隐患类型": "无护栏/围蔽、无救生圈",
        "救生圈": "完好×2",
        "警示牌": "缺失",
        "整改状态": "已销号",
        "验收人": "王审核",
        "是否反弹": "否",
        "排查人": "李巡查",
        "整改后照片": "照片尚未送达",
    }
    assert {title: cell[title].value for title in wanted} == wanted
    assert str(cell["复查日期/结果"].value).endswith(" 正常")
    assert sheet.freeze_panes == "F4"
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$3:$3")
    [image] = sheet._images  # type: ignore[attr-defined]
    assert (image.anchor._from.row, image.anchor._from.col) == (3, ORDER.index("整改前照片"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        names = parts.namelist()
    assert sum(name.startswith("xl/media/") for name in names) == 1


def test_the_csv_opens_in_excel_and_runs_nothing(office: Deployment) -> None:
    for text in FORMULAS:
        office.report(water_name=text, description=f'引号" 逗号, 换行\n{text}')
    answer = office.browser(office.reviewer).get("/exports/ledger.csv?sort=number&dir=asc")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ORDER
    assert all(len(row) == len(ORDER) for row in rows)
    assert [row[4] for row in rows[1:]] == ["'" + text for text in FORMULAS]
    assert [row[0] for row in rows[1:]] == [str(n) for n in range(1, len(FORMULAS) + 1)]


@pytest.mark.parametrize(
    "text", [" =1+1", "\n=1+1", "　＝1+1", "\u200b@SUM(A1)", "\ufeff+1", "﹦1+1", "\u00a0-2+3", "\u202e=1+1"]
)
def test_nothing_that_nobody_sees_hides_a_formula(text: str) -> None:
    assert csv_table.as_text(text) == "'" + text
    assert csv_table.as_text(f"塘{text}") == f"塘{text}"


NASTY = (
    *("<r>水深&坡陡</r>", "<r></r>", "<r>x</r>", "</r>", "&amp;", "_x0041_", "  两边空格  "),
    "𠮷田塘\n第二行",
)


def test_no_text_breaks_the_workbook_and_all_are_shared_strings(office: Deployment) -> None:
    for text in NASTY:
        office.report(water_name="塘", description=text, depth_m=1.5)
    answer = office.browser(office.reviewer).get("/exports/ledger.xlsx?sort=number&dir=asc")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        cells = parts.read("xl/worksheets/sheet1.xml").decode()
        ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
    assert "inlineStr" not in cells
    assert 't="s"' in cells
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    column = ORDER.index("隐患描述") + 1
    assert [sheet.cell(4 + at, column).value for at in range(len(NASTY))] == list(NASTY)
    depth = sheet.cell(4, ORDER.index("水深(米)") + 1)
    assert (depth.value, depth.data_type) == (1.5, "n")


def test_the_print_can_be_read_and_no_row_cuts_its_text(office: Deployment) -> None:
    office.report(water_name="短", description="浅")
    office.report(water_name="长", description="无护栏，岸坡陡峭，水深。" * 30)
    answer = office.browser(office.reviewer).get("/exports/ledger.xlsx?sort=number&dir=asc")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert (sheet.page_setup.scale or 0) * 10 / 100 >= 7  # points of print, of 10-point text
    setup = sheet.sheet_properties.pageSetUpPr
    assert not (setup and setup.fitToPage)
    assert sheet.print_title_cols == "$A:$E"
    width = sheet.column_dimensions[get_column_letter(ORDER.index("隐患描述") + 1)].width
    lines = 30 * 12 * 2 / width
    short, long = (sheet.row_dimensions[row].height or 0 for row in (4, 5))
    assert 32 <= short < 33
    assert lines * 13 < long <= 409


def test_what_looks_like_a_number_or_a_date_stays_a_text_in_the_csv(office: Deployment) -> None:
    kept = ("076922334455", "3-2", "1/2", "2026-05-31", "1e5", "10:30", "（2）", "3月2日", "０７６９", ".5")
    as_they_are = ("石井塘", "3号鱼塘", "DG-1", "3-2号塘", "")
    for text in (*kept, *as_they_are):
        office.report(water_name="塘", phone=text)
    answer = office.browser(office.reviewer).get("/exports/ledger.csv?sort=number&dir=asc")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    numbers = [row[ORDER.index("联系电话")] for row in rows[1:]]
    assert numbers == [*("\t" + text for text in kept), *as_they_are]


def test_an_export_is_sorted_once_however_long_it_is(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hazards, "BATCH", 3)
    for number in range(10):
        office.report(water_name=f"塘{number}")
    sorting: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if "FROM hazard" in statement and "ORDER BY" in statement:
            sorting.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    answer = office.browser(office.reviewer).get("/exports/ledger.csv?sort=number&dir=desc")
    event.remove(Engine, "before_cursor_execute", note)
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert [row[4] for row in rows[1:]] == [f"塘{number}" for number in reversed(range(10))]
    assert len(sorting) == 1


def test_geojson_is_wgs84_with_longitude_first(office: Deployment) -> None:
    full_life(office)
    office.report(water_name="无定位")
    answer = office.browser(office.reviewer).get("/exports/hazards.geojson?sort=number&dir=asc")
    document = json.loads(answer.content)
    first, second = document["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [113.752, 23.021]}
    assert first["properties"]["status"] == "closed"
    assert first["properties"]["photo_before"].startswith("http://testserver/api/v1/photos/")
    assert first["properties"]["photo_after"] is None
    assert second["geometry"] is None


def test_exports_honour_the_query_and_are_noted(office: Deployment) -> None:
    office.report(water_name="甲", water_type="pond")
    office.report(water_name="乙")
    browser = office.browser(office.inspector)
    for path in ("/exports/ledger.csv", "/exports/hazards.geojson", "/exports/ledger.xlsx"):
        assert browser.get(f"{path}?type=pond").status_code == 200
        assert browser.get(f"{path}?type=nonsense").json()["code"] == "invalid"
    assert "乙" not in browser.get("/exports/ledger.csv?type=pond").text
    noted = office.audit("export")
    assert {row.subject for row in noted} == {"ledger.csv", "hazards.geojson", "ledger.xlsx"}
    assert all(row.person == office.inspector.person.id for row in noted)
    assert noted[0].details == {"query": "type=pond", "hazards": 1, "masked": False}


def many(count: int) -> Iterator[LedgerLine]:
    for number in range(count):
        hazard = Hazard(water_name=f"塘{number}", description="无护栏，岸坡陡峭，水深。" * 4)
        yield LedgerLine(f"{number}", f"DG-{number}", hazard, HazardHistory(), RiskLevel.LOW, "李", "王")


def test_five_thousand_rows_take_little_memory(tmp_path: Path) -> None:
    table = columns.table(HEADING)
    tracemalloc.start()
    try:
        count = workbook.write(tmp_path / "many.xlsx", table, many(1_500))
        for piece in csv_table.lines(table, many(5_000)):
            assert len(piece) < 200_000
        for piece in geojson.chunks(many(5_000)):
            assert len(piece) < 5_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 1_500
    assert peak < 5e6
    sheet = openpyxl.load_workbook(tmp_path / "many.xlsx", read_only=True).active
    assert sheet is not None
    assert sheet.max_row == 1_503


@pytest.mark.parametrize(
    "write",
    [
        lambda path: workbook.write(path, columns.table(HEADING), many(100)),
        lambda path: people_template.write(path, "人员", "姓角镇校班", ["巡查员"], "说明", ["一行"]),
        lambda _: home_visit_book.made(
            "家访", "王", ["班级"], [["一班"]] * 100, BookWords("家访", "王", "&P")
        ),
    ],
    ids=["ledger", "people", "home visits"],
)
def test_a_workbook_is_freed_when_it_is_closed(tmp_path: Path, write: Callable[[Path], object]) -> None:
    gc.collect()
    gc.disable()
    try:
        write(tmp_path / "book.xlsx")
        assert gc.collect() < 50, "what is left for the cycle collector adds up to 3 MB a minute of exports"
    finally:
        gc.enable()
