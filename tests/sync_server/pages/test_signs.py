"""The sign of a water as PDF, read by an independent program, and which patrols the office counts."""

from datetime import date, timedelta

import pypdfium2
import pytest
import zxingcpp

from shared.china_time import day_of_ms
from shared.hazards import sign_code
from shared.profiles.drowning import PATROLS
from shared.vocabulary import EventType, PatrolValidity
from sync_server.database.timestamps import today
from tests.sync_server.deployment import START_MS, Deployment

HERE = {"lat": 23.0421, "lon": 113.7832, "accuracy_m": 8.0}


def page_of(data: bytes) -> pypdfium2.PdfPage:
    pdf = pypdfium2.PdfDocument(data)
    assert len(pdf) == 1
    return pdf[0]


def text_of(data: bytes) -> str:
    """What stands on the page, without the breaks of its lines."""
    text: str = page_of(data).get_textpage().get_text_bounded()
    return text.replace("\r", "").replace("\n", "")


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def code_on(data: bytes) -> str:
    """What a camera reads from the page."""
    picture = page_of(data).render(scale=2).to_pil()
    [found] = zxingcpp.read_barcodes(picture)
    return str(found.text)


@pytest.mark.parametrize(("size", "width_mm"), [("A4", 210), ("A5", 148)])
def test_a_sign_says_what_the_water_is_and_is_scanned(office: Deployment, size: str, width_mm: int) -> None:
    hazard = office.report(
        water_name="塱尾村洑滘鱼塘",
        depth_class="gt_2",
        bank="vertical",
        responsible_unit="石碣镇水务中心",
        responsible_person="欧阳明",
        phone="13912345678",
        patroller="何巡查",
        kit_ring={"state": "missing"},
    )
    answer = office.browser(office.reviewer).get(f"/hazards/{hazard}/sign.pdf?size={size}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "sign.pdf" in answer.headers["content-disposition"]
    said, code = text_of(answer.content), sign_code.code_of(hazard)
    for words in (
        *(
            "塱尾村洑滘鱼塘",
            "水深危险 禁止下水",
            "DANGER: DEEP WATER",
            "2 米以上",
            "Over 2 m",
            "直立",
            "Vertical",
        ),
        *("石碣镇水务中心", "119", "120", "12345", "消防救援", "Ambulance", sign_code.in_groups(code)),
    ):
        assert words in said, (words, said)
    for private in ("欧阳明", "13912345678", "何巡查"):
        assert private not in said
    assert code_on(answer.content).endswith(f"/app/?water={code}")
    assert round(page_of(answer.content).get_width() / 72 * 25.4) == width_mm


def test_long_names_stay_on_the_page(office: Deployment) -> None:
    hazard = office.report(water_name="东莞市石碣镇" * 30, depth_m=3.5, responsible_unit="水务" * 90)
    data = office.browser(office.reviewer).get(f"/hazards/{hazard}/sign.pdf?size=A5").content
    page = page_of(data)
    assert code_on(data).endswith(sign_code.code_of(hazard))
    text = page.get_textpage()
    boxes = [
        text.get_charbox(place)
        for place in range(text.count_chars())
        if text.get_text_range(place, 1).strip()
    ]
    assert min(box[0] for box in boxes) >= 0
    assert min(box[1] for box in boxes) >= 0
    assert max(box[2] for box in boxes) <= page.get_width()
    assert max(box[3] for box in boxes) <= page.get_height()
    assert "3.5 米" in text_of(data)


def test_a_sign_of_what_is_not_there_is_refused(office: Deployment) -> None:
    browser = office.browser(office.reviewer)
    unknown = "0197f3a0-0000-7000-8000-000000000001"
    assert browser.get(f"/hazards/{unknown}/sign.pdf").status_code == 404
    assert browser.get(f"/hazards/{office.report()}/sign.pdf?size=A0").status_code == 422


def test_the_page_of_a_hazard_leads_to_its_sign(office: Deployment) -> None:
    hazard = office.report()
    page = office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    assert sign_code.in_groups(sign_code.code_of(hazard)) in page
    assert f"/hazards/{hazard}/sign.pdf?size=A4" in page
    assert f"/hazards/{hazard}/sign.pdf?size=A5" in page


def test_the_history_says_which_patrols_count_and_by_which_rule(office: Deployment) -> None:
    hazard = office.report(position=HERE)
    browser = office.browser(office.reviewer)
    assert "100 米以内" not in browser.get(f"/hazards/{hazard}").text
    office.happen(hazard, EventType.PATROL, result="normal", sign_code=sign_code.code_of(hazard))
    page = browser.get(f"/hazards/{hazard}").text
    assert PatrolValidity.SCANNED.zh in page
    assert sign_code.code_of(hazard) in page
    assert "100 米以内" in page
    office.happen(hazard, EventType.PATROL, result="normal", position={**HERE, "lat": 23.1})
    assert PatrolValidity.FAR.zh in browser.get(f"/hazards/{hazard}").text


def test_the_page_says_by_when_a_water_is_to_be_patrolled(office: Deployment) -> None:
    hazard = office.report(position=HERE, found_on="2026-01-01")
    browser = office.browser(office.reviewer)
    days = PATROLS.days(None, today())
    assert f"每 {days} 天至少巡查一次，下次有效巡查不迟于 {later('2026-01-01', days)}" in (
        browser.get(f"/hazards/{hazard}").text
    )
    office.happen(hazard, EventType.PATROL, result="normal", sign_code=sign_code.code_of(hazard))
    assert f"不迟于 {later(day_of_ms(START_MS), days)}" in browser.get(f"/hazards/{hazard}").text
    office.happen(hazard, EventType.INVALIDATE, office.reviewer, comment="没有水")
    assert "下次有效巡查" not in browser.get(f"/hazards/{hazard}").text


def test_the_sign_of_a_merged_water_counts_until_the_merging_is_taken_back(office: Deployment) -> None:
    gone, stays = office.report(position=HERE), office.report(position=HERE)
    browser = office.browser(office.reviewer)
    office.happen(gone, EventType.MERGE, office.reviewer, merged_into=stays)
    office.happen(stays, EventType.PATROL, result="normal", sign_code=sign_code.code_of(gone))
    assert PatrolValidity.SCANNED.zh in browser.get(f"/hazards/{stays}").text
    office.happen(gone, EventType.REGISTER, office.reviewer)
    page = browser.get(f"/hazards/{stays}").text
    assert PatrolValidity.SCANNED.zh not in page
    assert PatrolValidity.UNPROVEN.zh in page


NASTY = {
    "emoji": "🏊‍♀️塘👨‍👩‍👧",
    "from right to left": "مياه خطرة",
    "stacked marks": "ก็" * 40,
    "soft hyphens": "塘\u00ad" * 60,
    "nothing but soft hyphens": "\u00ad" * 50,
    "blanks": "\u3000\u2003塘\u00a0",
    "lines": "塘\n塘\r\n\t塘\u2028塘",
    "one long word": "W" * 200,
    "wide letters": "﷽" * 100,
    "marks of programs": "**塘** __x__ ~~y~~ %s {0} \\ ../../etc <b>塘</b>",
    "rare characters": "\U00020000\U0002a6d6𬒗",
    "controls": "塘\x01\x1b[31m\x7f\u202e倒",
    "no character": "\U000f0000\ufffe",
    "a name of a file": '塘"; filename="evil.exe',
}


@pytest.mark.parametrize("name", NASTY)
def test_whatever_a_water_is_called_its_sign_is_printed_and_scanned(office: Deployment, name: str) -> None:
    hazard = office.report(water_name=NASTY[name], responsible_unit=NASTY[name])
    answer = office.browser(office.reviewer).get(f"/hazards/{hazard}/sign.pdf?size=A5")
    assert answer.status_code == 200
    assert code_on(answer.content).endswith(sign_code.code_of(hazard))
    assert "evil.exe" not in answer.headers["content-disposition"].partition("filename*")[0]
