"""Many people from a workbook: a plain sentence for each row; nobody is added unconfirmed, or twice."""

import io
import re
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from shared.permissions import CITY, Grant, School, Towns
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import grants, people
from sync_server.database.tables import AuditRow, EnrolmentCodeRow, PersonRow
from sync_server.database.transactions import reading
from sync_server.imports import people_workbook
from sync_server.imports.people_workbook import PeopleColumn
from sync_server.texts.people_import import EN, ZH
from tests.support.server import Server

TITLES = ("姓名", "角色", "园区(镇街)", "学校", "班级")
ORDER: tuple[PeopleColumn, ...] = ("name", "role", "towns", "school", "classes")
COLUMNS = {people_workbook.folded(title): name for title, name in zip(TITLES, ORDER, strict=True)}


def book(rows: Sequence[Sequence[Any]], edit: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with these rows below the titles."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (TITLES, *rows):
        sheet.append(list(row))
    if edit:
        edit(sheet)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def send(office: TestClient, data: bytes, name: str = "people.xlsx") -> str:
    """Send a workbook; the address of its preview."""
    answer = office.post("/people/import", files={"file": (name, data)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def everybody(server: Server) -> set[str]:
    with reading(server.engine) as session:
        return set(session.exec(select(PersonRow.name)))


def roles_of(server: Server, name: str) -> set[Grant]:
    with reading(server.engine) as session:
        person = people.by_name(session, name)
        assert person
        return set(grants.of(session, person.id))


def result(page: str, name: str) -> str:
    """What the preview says of the row of that name."""
    found = re.search(
        rf"<strong>{re.escape(name)}</strong>.*?data-label=\"结果\">(.*?)</td>", page, re.DOTALL
    )
    assert found, page
    return re.sub("<.*?>", "", found[1])


def test_people_are_added_once_it_is_confirmed_and_never_twice(server: Server) -> None:
    office = server.browser()
    rows = [
        ("李巡查", "巡查员", "东城、石碣镇", None, None),
        ("王督导", "督导", "全市"),
        ("陈老师", "教师", None, "东城街道中心小学", "三（1）班、三(2)班"),
        ("Lee Head", "School administrator", None, "东城街道中心小学", None),
    ]
    at = send(office, book(rows))
    page = office.get(at).text
    assert everybody(server) == {"张管理"}
    assert "可以添加 4 人" in page
    assert "东城街道中心小学</p>" in page, "a school that is new is named"
    codes = [office.post(f"{at}/confirm").status_code for _ in range(2)]
    assert codes == [303, 303]
    assert everybody(server) == {"张管理", *(str(row[0]) for row in rows)}
    assert roles_of(server, "李巡查") == {Grant(Role.INSPECTOR, Towns(frozenset({"441900003", "441900101"})))}
    assert roles_of(server, "王督导") == {Grant(Role.SUPERVISOR, CITY)}
    teacher = School("东城街道中心小学", frozenset({"三(1)班", "三(2)班"}))
    assert roles_of(server, "陈老师") == {Grant(Role.TEACHER, teacher)}
    assert roles_of(server, "Lee Head") == {Grant(Role.SCHOOL_ADMINISTRATOR, School("东城街道中心小学"))}
    done = office.get(at).text
    assert "已添加 4 人" in done
    assert "已经有叫这个名字" not in done
    again = office.get(send(office, book(rows))).text
    assert result(again, "李巡查").startswith("已经有叫这个名字的人")
    assert "没有可以添加的行" in again
    with reading(server.engine) as session:
        noted = session.exec(select(AuditRow).where(AuditRow.action == "people_imported")).all()
    assert [row.details["people"] for row in noted] == [4]


def test_confirmed_from_two_windows_at_once_everybody_is_added_once(server: Server) -> None:
    office = server.browser()
    at = send(office, book([(f"巡查{n}号", "巡查员", "全市") for n in range(50)]))
    start, codes = threading.Barrier(4), list[int]()

    def click() -> None:
        start.wait()
        codes.append(office.post(f"{at}/confirm").status_code)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * 4
    assert len(everybody(server)) == 51
    assert "已添加 50 人" in office.get(at).text


def test_somebody_added_since_the_preview_is_left_out(server: Server) -> None:
    office = server.browser()
    at = send(office, book([("李巡查", "巡查员", "全市"), ("王巡查", "巡查员", "全市")]))
    server.person("李 巡查")
    assert office.post(f"{at}/confirm").status_code == 303
    done = office.get(at).text
    assert "已添加 1 人" in done
    assert (result(done, "王巡查"), "已经有叫这个名字" in result(done, "李巡查")) == ("已添加", True)
    assert everybody(server) == {"张管理", "李 巡查", "王巡查"}


WRONG: dict[str, tuple[tuple[Any, ...], str]] = {
    "甲": (("甲", "巡查员", "=1+1"), "有公式"),
    "乙": (("乙", "巡查员", date(2026, 3, 1)), "日期"),
    "丙": (("丙", "国王", "全市"), "没有这个角色：国王"),
    "丁": (("丁", "巡查员", "南城、火星镇"), "没有这个园区(镇街)：火星镇"),
    "戊": (("戊", "巡查员"), "没有填园区(镇街)"),
    "己": (("己", "教师"), "没有填学校"),
    "庚": (("庚", "教师", "东城街道", "某小学"), "不填园区(镇街)"),
    "辛": (("辛", "审核人", "全市", "某小学"), "只有教师、学校管理员"),
    "壬": (("壬", "教师", None, "\u200b\u200b"), "学校或班级"),
    "安澜 管理员": (("安澜 管理员", "巡查员", "全市"), "系统的名称"),
    "李 同名": (("李 同名", "巡查员", "全市"), "与第 2 行同名"),
    "张管理": (("张管理", "巡查员", "全市"), "已经有叫这个名字的人"),
    "": ((None, "巡查员", "全市"), "没有填姓名"),
}


def test_each_row_with_a_problem_gets_a_plain_sentence_and_the_others_are_added(server: Server) -> None:
    office = server.browser()
    rows = [("李同名", "巡查员", "全市"), *(row for row, _ in WRONG.values()), ("并甲", "巡查员", "全市")]
    last = len(rows) + 1
    data = book(rows, lambda sheet: sheet.merge_cells(f"A{last}:B{last + 1}"))
    page = office.get(at := send(office, data)).text
    for name, (_, said) in WRONG.items():
        assert said in result(page, name), name
    assert "合并" in result(page, "并甲")
    assert f'可以添加 1 人</strong> · <span class="late">{len(rows) - 1} 行有问题' in page
    office.post(f"{at}/confirm")
    assert everybody(server) == {"张管理", "李同名"}
    office.cookies.set("anlan_language", "en")
    english = office.get(at).text
    assert "No such town: 火星镇" in english


def bomb() -> bytes:
    """A workbook of a few kB whose sheet unpacks to 64 MB, twice what reading may take."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book([]))) as source,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, data + b" " * (64 * 2**20 if "worksheets" in part else 0))
    return kept.getvalue()


def swollen(rows: bytes, before: bytes = b"") -> bytes:
    """A workbook of a few kB with a sheet of these rows, which would take a lot of memory once read."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book([("李", "巡查员", "全市")]))) as source,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            data = source.read(part)
            if "worksheets" in part:
                data = before + data.replace(b"</sheetData>", rows + b"</sheetData>")
            target.writestr(part, data)
    assert kept.tell() < 64 * 1024
    return kept.getvalue()


def damaged() -> bytes:
    data = bytearray(book([("李", "巡查员", "全市")]))
    data[200:260] = bytes(60)
    return bytes(data)


def without(part: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([]))) as source, zipfile.ZipFile(kept, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (bytes, "people_file_unreadable"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "people_file_unreadable"),
        (lambda: "姓名,角色\n李,巡查员".encode(), "people_file_unreadable"),
        (damaged, "people_file_unreadable"),
        (lambda: without("xl/workbook.xml"), "people_file_unreadable"),
        (lambda: without("xl/worksheets/sheet1.xml"), "people_file_unreadable"),
        (lambda: book([], lambda sheet: sheet.delete_rows(1)), "people_columns_missing"),
        (lambda: book([], lambda sheet: sheet.delete_cols(2)), "people_columns_missing"),
        (
            lambda: book([("李", "巡查员", "全市")], lambda sheet: sheet.move_range("A2:C2", 20_000)),
            "people_file_too_large",
        ),
        (bomb, "people_file_too_large"),
        (
            lambda: swollen(
                b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"&a;" * 10**6 + b"</t></is></c></row>",
                b'<!DOCTYPE x [<!ENTITY a "' + b"A" * 290 + b'">]>',
            ),
            "people_file_unreadable",
        ),
        (lambda: swollen(b'<row r="3">' + b"<c/>" * 10**6 + b"</row>"), "people_file_too_large"),
        (lambda: swollen(b"<row/>" * 10**6), "people_file_too_large"),
        (lambda: swollen(b"<row>" + b"<a>" * 10**5 + b"</a>" * 10**5 + b"</row>"), "people_file_too_large"),
    ],
    ids=[
        "empty",
        "old_xls",
        "csv",
        "damaged",
        "no_book",
        "no_sheet",
        "no_titles",
        "no_role",
        "far_row",
        "bomb",
        "entities",
        "wide_row",
        "many_rows",
        "deep",
    ],
)
def test_what_is_no_list_of_people_is_refused_in_little_memory(made: Callable[[], bytes], code: str) -> None:
    data = made()
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as caught:
            people_workbook.read(data, COLUMNS)
        assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    finally:
        tracemalloc.stop()
    assert caught.value.code == code


def test_a_refused_file_is_said_on_the_page(server: Server) -> None:
    office = server.browser()
    for data, status in ((b"x", 422), (b"x" * 600_000, 413)):
        answer = office.post("/people/import", files={"file": ("people.xlsx", data)})
        assert answer.status_code == status
        assert 'role="alert"' in answer.text or "太" in answer.text
    assert office.post("/people/import", data={}).status_code == 422
    assert office.get("/people/imports/nothing").status_code == 404
    assert office.post("/people/imports/nothing/confirm").status_code == 404
    at = send(office, book([("李", "巡查员", "全市")]))
    assert server.browser(name="另一管理").get(at).status_code == 404, "only who sent it sees it"


def test_a_row_far_to_the_right_costs_nothing() -> None:
    data = book([("李", "巡查员", "全市")], lambda sheet: sheet.cell(2, 16_000, "x"))
    [row] = people_workbook.read(data, COLUMNS)
    assert row.cells["name"] == "李"


@pytest.mark.sqlite
def test_ten_thousand_people_are_looked_at_and_added(server: Server) -> None:
    office = server.browser()
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet()
    sheet.append(list(TITLES))
    for n in range(10_000):
        sheet.append([f"教师{n}号", "教师", None, f"第{n % 300}小学", f"三({n % 9})班"])
    kept = io.BytesIO()
    made.save(kept)
    began = time.perf_counter()
    page = office.get(at := send(office, kept.getvalue())).text
    looked = time.perf_counter() - began
    assert "可以添加 10000 人" in page
    assert len(page) < 10**6
    assert office.post(f"{at}/confirm").status_code == 303
    print(f"looked at in {looked:.1f} s, added in {time.perf_counter() - began - looked:.1f} s")
    assert len(everybody(server)) == 10_001


@pytest.mark.parametrize("texts", [ZH, EN], ids=["zh", "en"])
def test_the_template_filled_in_is_read(server: Server, texts: Any) -> None:
    office = server.browser()
    office.cookies.set("anlan_language", "en" if texts is EN else "zh")
    answer = office.get("/people/import/template.xlsx")
    filled = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = filled.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(texts.columns.values())
    sheet["A2"], sheet["B2"], sheet["C2"] = (
        "李巡查",
        (Role.INSPECTOR.en if texts is EN else "巡查员"),
        "东城街道",
    )
    kept = io.BytesIO()
    filled.save(kept)
    at = send(office, kept.getvalue())
    office.post(f"{at}/confirm")
    assert "李巡查" in everybody(server)


def sheets(office: TestClient, **form: Any) -> str:
    answer = office.post("/people/sheets", data=form)
    assert answer.status_code == 200, answer.text
    return answer.text


def codes_on(page: str) -> list[str]:
    return [code.replace(" ", "") for code in re.findall(r'<code class="code">(.*?)</code>', page)]


def test_sheets_have_one_working_code_a_person_and_end_the_codes_before(server: Server) -> None:
    office = server.browser()
    several = [server.person(name) for name in ("李巡查", "王巡查")]
    first = codes_on(sheets(office, person=[one.id for one in several]))
    page = sheets(office, person=[one.id for one in several])
    codes = codes_on(page)
    assert (len(set(codes)), page.count("<svg")) == (2, 2)
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d 前有效", page)
    enrolling = {"device_name": "手机", "platform": "test"}
    for code, status in ((first[0], 403), (codes[0], 201), (codes[0], 403), (codes[1], 201)):
        assert server.client.post("/api/v1/enrol", json={"code": code, **enrolling}).status_code == status
    with reading(server.engine) as session:
        kept = session.exec(select(EnrolmentCodeRow)).all()
        assert not {row.code_hash for row in kept} & set(codes), "only hashes are kept"
    assert office.post("/people/sheets", data={}).status_code == 422
    assert office.post("/people/sheets", data={"person": ["nobody"]}).status_code == 422
    office.post(f"/people/{several[0].id}/deactivate")
    assert office.post("/people/sheets", data={"person": [several[0].id]}).status_code == 422


def test_sheets_of_an_import_come_a_hundred_at_a_time(server: Server) -> None:
    office = server.browser()
    at = send(office, book([(f"巡查{n}号", "巡查员", "全市") for n in range(130)]))
    office.post(f"{at}/confirm")
    assert "打印第 101–130 人的登记单" in office.get(at).text
    form = {"import": at.rpartition("/")[2], "skipped": "100"}
    page = sheets(office, **form)
    assert re.findall(r'aria-label="(巡查\d+号)"', page) == [f"巡查{n}号" for n in range(100, 130)]
