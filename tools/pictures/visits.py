"""Screenshots of an evening from door to door on the phone."""

from playwright.sync_api import Page

from mobile_app.screens.late_taps import LATE_S
from mobile_app.texts.words import Texts
from shared.towns import TOWNS
from shared.vocabulary import EducationVisitType
from tests.support.phone_browser import fill, go_to_tab, tap, tap_on, wait_for
from tools.pictures.album import Album

TOWN = next(town for town in TOWNS if town.zh == "道滘镇")
PLACE = {"zh": "滘联村", "en": "Jiaolian village"}
PRESENTER = {"zh": "李老师", "en": "Ms Li"}


def take(page: Page, texts: Texts, language: str, album: Album) -> None:
    """A household, the next one, and the list with the sum of both."""
    go_to_tab(page, texts.tab_hazards)
    tap(page, f"{texts.record_kinds} {texts.tab_visits}")
    tap(page, texts.new_visit)
    page.wait_for_timeout(LATE_S * 1000)
    tap(page, f"{texts.field('visit_type')} {texts.of(EducationVisitType.FAMILY)}")
    tap(page, texts.field("town_code"))
    fill(page, texts.search, texts.town(TOWN.code))
    tap(page, texts.town(TOWN.code))
    _write(page, texts.field("place"), PLACE[language])
    _write(page, texts.field("presenter"), PRESENTER[language])
    album.keep("phone-visit-form", page)
    _write(page, texts.field("households"), "1")
    _write(page, texts.field("leaflets"), "2")
    tap(page, texts.save)
    tap(page, texts.next_household)
    tap(page, texts.save)
    wait_for(page, texts.saved_offline)
    page.get_by_text(texts.saved_offline).first.wait_for(state="detached")
    album.keep("phone-visits", page)
    go_to_tab(page, texts.tab_hazards)


def _write(page: Page, label: str, text: str) -> None:
    """Write into a text field whose label may be a choice elsewhere."""
    tap_on(page.get_by_role("textbox", name=label, exact=True))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)
