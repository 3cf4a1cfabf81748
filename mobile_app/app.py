"""Puts the phone together: the page, the services behind it, the screens in front."""

import asyncio
import logging
import os
from importlib import metadata
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import flet as ft

from mobile_app import theme
from mobile_app.device.browser import IN_BROWSER, scale_texts, user_agent
from mobile_app.screens.app_context import AppContext, PhoneContext
from mobile_app.screens.hooks import use_maybe
from mobile_app.screens.late_answers import take_late_answers
from mobile_app.screens.lock.lock_guard import LockGuard
from mobile_app.state.app_lock import LockStanding
from mobile_app.state.list_search import ListSearch
from mobile_app.texts.choice import texts_for
from mobile_app.texts.words import Language
from mobile_app.widgets import ask
from shared import problems
from shared.problems import Problem

if TYPE_CHECKING:
    from mobile_app.services import Services

log = logging.getLogger(__name__)
_QUIET = 20.0
"""Seconds after the start: people look around, and the first exchange is under way."""
_LANGUAGE = "anlan.language"
_TEXT_SIZE = "anlan.text_size"  # page/text_size.js reads it too


async def main(page: ft.Page) -> None:
    """The entry of the app, given to `ft.run`. The first view goes out before anything heavy is imported."""
    take_late_answers(page)
    page.title = texts_for("zh").app_name
    page.theme, page.dark_theme = theme.of(theme.LIGHT), theme.of(theme.DARK)
    page.theme_mode = ft.ThemeMode.SYSTEM
    page.render_views(App, AppParts(page))


class AppParts:
    """What the app is made of on this device; lives as long as the page."""

    def __init__(self, page: ft.Page) -> None:
        self.page = page
        self.preferences = ft.SharedPreferences()  # held, or Flet forgets it
        self.previews: dict[str, bytes] = {}
        self.carried: dict[str, dict[str, Any]] = {}
        self.hazard_search, self.visit_search = ListSearch(), ListSearch()

    async def language(self) -> Language:
        """What the person chose; Chinese before that."""
        return texts_for(str(await self.preferences.get(_LANGUAGE) or "zh")).language

    async def keep_language(self, language: Language) -> None:
        """Remember the choice for the next time."""
        await self.preferences.set(_LANGUAGE, language)

    async def text_size(self) -> int:
        """The size of texts that the person chose, in percent of what the device says."""
        return int(str(await self.preferences.get(_TEXT_SIZE) or 100))

    async def keep_text_size(self, percent: int) -> None:
        """Remember the choice for the next time."""
        await self.preferences.set(_TEXT_SIZE, str(percent))

    async def open(self) -> "Services":
        """Open this phone's data and begin exchanging. Problems: opened_elsewhere, storage_blocked."""
        from mobile_app.services import open_services

        services = await open_services(origin=server_of(self.page))
        await services.start()

        async def come_and_go(event: ft.AppLifecycleStateChangeEvent) -> None:
            if event.state in (ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE):
                services.lock.left()
                await services.settle()
            elif event.state in (ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME):
                services.lock.came_back()
                services.resumed()

        self.page.on_app_lifecycle_state_change = come_and_go
        self.page.run_task(get_ready_later, services)
        if services.damaged:
            texts = texts_for(await self.language())
            sentence = texts.problem(problems.saves_damaged(count=services.damaged))
            self.page.show_dialog(ask.message(sentence, good=False))
        return services


async def get_ready_later(services: "Services") -> None:
    """Download what the first screen does not need, where the network is free."""
    from mobile_app.screens.photos.faces import get_ready

    await asyncio.sleep(_QUIET)
    try:
        await get_ready(services)
    except Exception:
        log.exception("what finds faces did not come")


@ft.component
def App(made_of: AppParts) -> ft.Control:
    """Always the Router; what is open decides where its routes lead."""
    services, set_services = use_maybe()
    closed, set_closed = use_maybe()
    language, set_language = ft.use_state("zh")
    text_size, set_text_size = ft.use_state(100)
    enrolments, enrolled = ft.use_state(0)
    lock, set_lock = ft.use_state(LockStanding.OPEN)
    page = made_of.page

    async def open_phone() -> None:
        await asyncio.sleep(0)  # let the first view go out
        try:
            phone = await made_of.open()
            phone.lock.changed = lambda: set_lock(phone.lock.standing)
            set_lock(phone.lock.standing)
            set_services(phone)
        except Problem as problem:
            set_closed(problem)
        except Exception:
            log.exception("the phone did not open")
            set_closed(problems.record_unreadable())

    async def recall_choices() -> None:
        try:
            speak(await made_of.language())
            set_text_size(await made_of.text_size())
        except Exception:
            log.exception("what the person chose is not known")

    def speak(chosen: Language) -> None:
        set_language(chosen)
        tag = ft.Locale("zh", "CN") if chosen == "zh" else ft.Locale("en", "US")
        page.locale_configuration = ft.LocaleConfiguration(supported_locales=[tag], current_locale=tag)

    def choose_language(chosen: Language) -> None:
        speak(chosen)
        page.run_task(made_of.keep_language, chosen)

    def choose_text_size(percent: int) -> None:
        set_text_size(percent)
        scale_texts(percent)
        page.run_task(made_of.keep_text_size, percent)

    def reopen() -> None:
        set_closed(None)
        page.run_task(open_phone)

    ft.use_effect(open_phone, [])
    ft.use_effect(recall_choices, [])
    app = AppContext(
        services=services,
        texts=texts_for(language),
        closed=closed,
        link_code="" if enrolments else code_in(page.url or "", page.route or ""),  # a code works once
        user_agent=user_agent(),
        version=version(),
        previews=made_of.previews,
        carried=made_of.carried,
        hazard_search=made_of.hazard_search,
        visit_search=made_of.visit_search,
        choose_language=choose_language,
        text_size=text_size,
        choose_text_size=choose_text_size if IN_BROWSER else None,
        enrolled=lambda: enrolled(lambda count: count + 1),
        reopen=reopen,
        lock=lock,
    )
    shown: ft.Control = PhoneContext(app, LockGuard)
    return shown


def code_in(*addresses: str) -> str:
    """The enrolment code that a link carries, `…/app/?code=XXXX`, in its query or in the route after `#`."""
    for address in addresses:
        parts = urlsplit(address)
        for query in (parts.query, urlsplit(parts.fragment).query):
            for code in parse_qs(query).get("code", []):
                return code.strip()
    return ""


def server_of(page: ft.Page) -> str:
    """The server's origin: where a web app came from, or the one the app was packed for."""
    if page.web and page.url:
        parts = urlsplit(page.url)
        return f"{parts.scheme}://{parts.netloc}"
    return os.environ.get("ANLAN_SERVER", "")


def version() -> str:
    """The version of this app: as packed, or as installed."""
    packed = os.environ.get("ANLAN_VERSION")
    if packed:
        return packed
    try:
        return metadata.version("anlan")
    except metadata.PackageNotFoundError:
        return ""
