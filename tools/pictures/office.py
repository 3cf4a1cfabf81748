"""Screenshots of the office's pages."""

from playwright.sync_api import Browser, Page

from shared.vocabulary import Role, Status
from sync_server.texts import languages
from tests.support.served import Served
from tests.support.wire_phone import WirePhone
from tools.pictures.album import WATER, Album
from tools.pictures.phone import push

PASSWORD = "a password for pictures only"  # noqa: S105
REVIEWER = {"zh": "审核人甲", "en": "Reviewer A"}
ADMINISTRATOR = {"zh": "管理员乙", "en": "Administrator B"}
REFUSED_PHONE = {"zh": "东城王姐的手机", "en": "Ms Wang's phone"}
REFUSED = {"zh": "樟村废弃石场", "en": "Zhangcun old quarry"}
REASON = {"zh": "重复登记，请看同一石场的另一条", "en": "This quarry has already been reported"}
NO_SUCH_DAY = "2026-02-30"


def take(browser: Browser, served: Served, language: str) -> None:
    """Take the screenshots of a reviewer's and an administrator's pages, after `phone.take`."""
    album, words = Album(language), languages.texts(language)
    people = ((REVIEWER[language], Role.REVIEWER), (ADMINISTRATOR[language], Role.ADMINISTRATOR))
    for name, role in people:
        served.command("person", "add", name, "--role", role.value, "--password-stdin", stdin=PASSWORD)
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale=words.lang).new_page()
    page.goto(f"{served.url}/language/{words.lang}?next=/sign-in")
    page.locator("input[name=name]").fill(REVIEWER[language])
    page.locator("input[name=password]").fill(PASSWORD)
    album.keep("sign-in", page)
    page.locator("form button").first.click()
    page.locator(".ring").first.wait_for()
    album.keep("map", page)
    page.locator("#show-visits").check()
    page.wait_for_load_state("networkidle")
    album.keep("map-visits", page)
    page.goto(f"{served.url}/visits")
    album.keep("visits", page)
    page.goto(f"{served.url}/ledger?status={Status.PENDING_ACCEPTANCE.value}")
    page.wait_for_load_state("networkidle")
    album.keep("ledger", page)
    page.get_by_role("link", name=WATER[language]).first.click()
    page.locator("summary", has_text=words.accept_and_close).click()
    page.wait_for_load_state("networkidle")
    album.keep("hazard", page)
    page.goto(f"{served.url}/conflicts")
    album.keep("conflicts", page)
    page.get_by_role("button", name=words.keep_this).first.click()
    album.keep("settle", page)
    page.get_by_role("button", name=words.settle_do).click()
    page.context.clear_cookies()
    page.goto(f"{served.url}/language/{words.lang}?next=/sign-in")
    page.locator("input[name=name]").fill(ADMINISTRATOR[language])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    _people(page, served, album)
    page.goto(f"{served.url}/people")
    page.get_by_text(words.phone_for_new, exact=True).click()
    page.get_by_role("button", name=words.make_code).first.click()
    page.wait_for_load_state("networkidle")
    album.keep("phone-code", page)
    other = WirePhone.enrol(served.url, served.code(), REFUSED_PHONE[language])
    push(other, other.hazard(water_name=REFUSED[language], due_date=NO_SUCH_DAY))
    page.goto(f"{served.url}/quarantine")
    album.keep("quarantine", page)
    page.get_by_role("link", name=words.settle_it).first.click()
    album.keep("quarantine-settle", page)
    page.locator("textarea[name=reason]").fill(REASON[language])
    page.locator("button.grave").click()
    page.context.close()


def _people(page: Page, served: Served, album: Album) -> None:
    """An administrator's pages about people, and what the audit log says of all this."""
    for name in ("people", "schools", "account", "audit"):
        page.goto(f"{served.url}/{name}")
        album.keep(name, page)
    page.goto(f"{served.url}/people")
    for box in page.locator("input[type=checkbox][name=person]").all()[:8]:
        box.check()
    page.locator("form[action='/people/sheets'] button").last.click()
    page.wait_for_load_state("networkidle")
    album.keep("sheets", page)
