"""Screenshots of home visits: a teacher's phone, and her page in the office."""

import os

from playwright.sync_api import Browser, Page
from sqlmodel import Session

from mobile_app.screens.late_taps import LATE_S
from mobile_app.texts.choice import texts_for
from mobile_app.texts.words import Texts
from shared.forms.value_words import YES
from shared.home_visits.form import LABELS
from shared.home_visits.vocabulary import ConsentHow, LegalBasis, VisitMode, VisitReason
from shared.permissions import School
from shared.vocabulary import Role
from sync_server.access import people, schools, sessions
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from sync_server.maintenance import setup
from sync_server.settings import Settings
from sync_server.texts import languages
from tests.support import phone_browser
from tests.support.phone_browser import button, fill, go_to_tab, open_app, tap, wait_for
from tests.support.served import Served
from tools.pictures.album import Album

TEACHER = {"zh": "陈老师", "en": "Ms Chen"}
PLACE = {
    "zh": School("道滘镇滘联小学", frozenset({"三(2)班", "四(1)班"})),
    "en": School("Jiaolian Primary School", frozenset({"Class 3-2", "Class 4-1"})),
}
PHONE = {"zh": "陈老师的手机", "en": "Ms Chen's phone"}
PUPIL = {"zh": "张小明", "en": "Zhang Xiaoming"}
CONTENT = {
    "zh": "讲了放学路上的山塘，家长答应每天接送。",
    "en": "Talked about the pond on the way home; the parents will fetch him every day.",
}


def take(browser: Browser, served: Served, language: str) -> None:
    """Take the screenshots of one visit, from the phone's form to the page where it is opened."""
    album, texts = Album(language), texts_for(language)
    context = phone_browser.new_phone(browser, device_scale_factor=1.5)
    page = context.new_page()
    open_app(page, f"{served.url}/app/?code={_code(served, language)}")
    if language == "en":
        tap(page, "English")
    fill(page, texts.device_name, PHONE[language])
    tap(page, texts.enrol)
    button(page, texts.home_visits.new).wait_for(timeout=60_000)
    go_to_tab(page, texts.tab_me)
    album.keep("phone-me", page)
    go_to_tab(page, texts.tab_hazards)
    _seal(page, texts, language, album)
    context.close()
    _office(browser, served, language, album)


def _seal(page: Page, texts: Texts, language: str, album: Album) -> None:
    def label(name: str) -> str:
        return LABELS[name].of(texts.language)

    def pick(name: str, word: str) -> None:
        tap(page, label(name))
        fill(page, texts.search, word)
        tap(page, word)

    tap(page, texts.home_visits.new)
    button(page, texts.save).wait_for()
    page.wait_for_timeout(LATE_S * 1000)
    tap(page, f"{label('legal_basis')} {texts.of(LegalBasis.GUARDIAN_CONSENT)}")
    tap(page, f"{label('consent_how')} {texts.of(ConsentHow.SPOKEN)}")
    page.wait_for_timeout(1_000)
    page.mouse.move(200, 400)
    page.mouse.wheel(0, -4_000)
    album.keep("phone-home-visit", page)
    pick("class_name", min(PLACE[language].classes))
    fill(page, label("student_name"), PUPIL[language])
    tap(page, f"{label('under_14')} {YES.of(texts.language)}")
    tap(page, f"{label('mode')} {texts.of(VisitMode.IN_PERSON)}")
    pick("reason", texts.of(VisitReason.SAFETY))
    fill(page, label("content"), CONTENT[language])
    tap(page, texts.save)
    wait_for(page, texts.home_visits.sealed)
    page.get_by_text(texts.home_visits.sealed).first.wait_for(state="detached")
    wait_for(page, texts.uploaded)
    album.keep("phone-home-visits", page)


def _office(browser: Browser, served: Served, language: str, album: Album) -> None:
    words = languages.texts(language)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=words.lang)
    context.add_cookies([{"name": SESSION_COOKIE, "value": _session(served, language), "url": served.url}])
    page = context.new_page()
    page.goto(f"{served.url}/language/{words.lang}?next=/home-visits")
    album.keep("home-visits", page)
    page.locator("tbody tr a").first.click()
    page.locator("select[name=reason]").wait_for()
    album.keep("home-visit", page)
    page.locator("main form button.main").first.click()
    page.locator(".notice").first.wait_for()
    album.keep("home-visit-opened", page)
    context.close()


def _code(served: Served, language: str) -> str:
    engine = setup.open_database(Settings.from_environment(served.data, os.environ))
    name, place = TEACHER[language], PLACE[language]

    def add(session: Session) -> None:
        schools.named(session, place.code, None)
        people.add(session, name, Role.TEACHER, scope=place)

    in_transaction(engine, add)
    code = setup.phone_code(engine, name)
    engine.dispose()
    return code


def _session(served: Served, language: str) -> str:
    """The token of a browser in which the teacher is signed in."""
    engine = setup.open_database(Settings.from_environment(served.data, os.environ))
    who = in_transaction(engine, lambda session: people.by_name(session, TEACHER[language]))
    assert who is not None
    token = in_transaction(engine, lambda session: sessions.open_for(session, who))
    engine.dispose()
    return token
