"""Drafts of home visits: behind a PIN and this device, kept by themselves, gone with a forgotten PIN."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mobile_app.device.draft_cipher import new_salt
from mobile_app.store.home_visits.draft_lock import FREE_TRIES, DraftLock
from mobile_app.texts.choice import texts_for
from shared import problems
from shared.problems import Problem
from tests.mobile_app.enrolled_store import PERSON
from tests.mobile_app.test_home_visits import ANSWER, KEYS, NEXT, exchange
from tests.mobile_app.test_screens_home_visits import fill, sealed
from tests.support.headless_phone import HeadlessPhone
from tests.support.memory_cipher import MemoryCipher
from tests.support.memory_photos import MemoryPhotos
from tests.support.scripted_phone import ScriptedPhone

pytestmark = pytest.mark.anyio

PIN, OTHER_PIN = "271828", "314159"
ZH = texts_for("zh").home_visits


class Hand:
    """A phone's files and device key, whose app can be killed; `now` is its clock."""

    def __init__(self) -> None:
        self.files, self.cipher, self.now = MemoryPhotos(), MemoryCipher(), 1_000_000.0

    async def start(self) -> DraftLock:
        lock = DraftLock(self.files, self.cipher, new_salt, lambda: self.now)
        await lock.load()
        return lock


async def refused(lock: DraftLock, pin: str) -> Problem:
    with pytest.raises(Problem) as caught:
        await lock.unlock(PERSON, pin)
    return caught.value


async def test_a_draft_opens_with_the_pin_on_this_device_alone() -> None:
    hand = Hand()
    draft = await (await hand.start()).set_pin(PERSON, PIN)
    await draft.keep({"content": "一"})
    await draft.keep({"content": NEXT})
    assert not [data for data in hand.files.files.values() if NEXT.encode() in data]
    lock = await hand.start()
    assert lock.has_draft(PERSON)
    assert (await refused(lock, OTHER_PIN)).kind is problems.pin_wrong
    assert await (await lock.unlock(PERSON, PIN)).read() == {"content": NEXT}
    elsewhere = Hand()
    elsewhere.files = hand.files
    assert (await refused(await elsewhere.start(), PIN)).kind is problems.pin_wrong


async def test_wrong_pins_slow_down_and_a_restart_makes_none_undone() -> None:
    hand = Hand()
    await (await hand.start()).set_pin(PERSON, PIN)
    for _ in range(FREE_TRIES):
        assert (await refused(await hand.start(), OTHER_PIN)).kind is problems.pin_wrong
    lock = await hand.start()
    problem = await refused(lock, PIN)
    assert problem.kind is problems.pin_wait
    assert 0 < problem.details["seconds"] <= 31
    assert f"{problem.details['seconds']} 秒" in texts_for("zh").problem(problem)
    waits = []
    for _ in range(12):
        hand.now += 4000
        assert (await refused(await hand.start(), OTHER_PIN)).kind is problems.pin_wrong
        waits.append((await refused(await hand.start(), PIN)).details["seconds"])
    assert waits == sorted(waits)
    assert waits[-1] == 3601
    hand.now -= 10_000_000  # a clock that was set back
    assert (await refused(await hand.start(), PIN)).details["seconds"] == 3601
    hand.now += 10_000_000 + 3600
    await (await hand.start()).unlock(PERSON, PIN)
    assert (await refused(await hand.start(), OTHER_PIN)).kind is problems.pin_wrong


async def test_a_try_counts_before_it_is_made() -> None:
    class Killed(MemoryCipher):
        async def decrypt(self, *_given: object) -> str | None:
            raise ConnectionAbortedError

    hand = Hand()
    await (await hand.start()).set_pin(PERSON, PIN)
    whole = hand.cipher
    hand.cipher = Killed()
    for _ in range(FREE_TRIES):
        with pytest.raises(ConnectionAbortedError):
            await (await hand.start()).unlock(PERSON, OTHER_PIN)
    hand.cipher = whole
    assert (await refused(await hand.start(), PIN)).kind is problems.pin_wait


async def test_a_draft_that_is_still_being_kept_does_not_outlive_its_end() -> None:
    hand = Hand()
    lock = await hand.start()
    draft = await lock.set_pin(PERSON, PIN)
    await asyncio.gather(draft.keep({"content": NEXT}), draft.keep(None))
    assert not (await hand.start()).has_draft(PERSON)


async def test_persons_have_their_own_pins_and_a_forgotten_one_costs_one_draft() -> None:
    hand = Hand()
    lock = await hand.start()
    await (await lock.set_pin(PERSON, PIN)).keep({"content": "甲"})
    await (await lock.set_pin("0298", OTHER_PIN)).keep({"content": "乙"})
    await lock.forget(PERSON)
    lock = await hand.start()
    assert not lock.is_set(PERSON)
    assert not lock.has_draft(PERSON)
    assert await (await lock.unlock("0298", OTHER_PIN)).read() == {"content": "乙"}
    before = hand.cipher.device_key
    await lock.forget("0298")
    assert hand.files.files == {}
    assert hand.cipher.device_key != before


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[ScriptedPhone]:
    made = ScriptedPhone(tmp_path / "phone")
    services = await made.open()
    made.transport.says(KEYS, 200, ANSWER)
    await exchange(services)
    yield made
    made.drop()


async def with_pin(phone: ScriptedPhone) -> HeadlessPhone:
    """The form, its draft behind PIN."""
    glass = await phone.start("/home-visits")
    await glass.tap("set-pin")
    assert glass.says(ZH.pin_warning)
    await glass.write("pin-new", PIN)
    await glass.write("pin-again", PIN)
    await glass.tap("pin-save")
    assert glass.page.route == "/home-visits"
    await glass.go("/home-visits/new")
    await glass.write("pin", PIN)
    await glass.tap("pin-open")
    return glass


async def test_a_pin_is_digits_twice_the_same(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/pin")
    for first, second in (("12345", "12345"), ("12345a", "12345a"), (PIN, OTHER_PIN)):
        await glass.write("pin-new", first)
        await glass.write("pin-again", second)
        await glass.tap("pin-save")
        assert glass.has("pin-problem")
    assert not phone.services.home_visits.drafts.is_set(PERSON)


async def test_the_browsers_way_back_asks_and_the_list_says_that_a_draft_is_here(
    phone: ScriptedPhone,
) -> None:
    glass = await with_pin(phone)
    await glass.go("/home-visits")
    assert glass.page.route == "/home-visits", "an empty form is left at once"
    assert not glass.has("home-visit-draft")
    await glass.go("/home-visits/new")
    await glass.write("pin", PIN)
    await glass.tap("pin-open")
    await glass.write("content", NEXT)
    await glass.go("/home-visits")
    assert glass.page.route == "/home-visits/new"
    await glass.tap("leave-stay")
    assert glass.find("content").value == NEXT
    await glass.go("/")
    await glass.tap("leave-keep")
    assert glass.page.route == "/home-visits"
    assert glass.says(ZH.draft_there)
    assert glass.says(ZH.draft_go_on)
    for route in ("/", "/visits"):
        await glass.go(route)
        assert glass.says(ZH.draft_there)
    phone.transport.refuses(KEYS, problems.role_forbidden())
    phone.services.home_visits.ask_again()
    await exchange(phone.services)
    await glass.go("/home-visits")
    assert glass.says(texts_for("zh").cannot_continue)
    await glass.go("/")
    assert glass.says(ZH.draft_there)


async def test_the_way_back_offers_no_pin_in_the_place_of_one_that_is_set(phone: ScriptedPhone) -> None:
    glass = await with_pin(phone)
    await glass.write("content", NEXT)
    await glass.tap("back")
    await glass.tap("leave-keep")
    await glass.go("/home-visits/pin")
    assert not glass.has("pin-save"), "the draft would be lost with the PIN"
    await glass.tap("back")
    await glass.go("/home-visits/new")
    await glass.write("pin", PIN)
    await glass.tap("pin-open")
    assert glass.find("content").value == NEXT


async def test_a_killed_app_keeps_the_draft_behind_the_pin_and_in_no_table(phone: ScriptedPhone) -> None:
    glass = await with_pin(phone)
    await fill(glass)
    await glass.write("content", NEXT)
    await glass.settle(0.6)
    await phone.services.settle()
    kept = [path.read_bytes() for path in phone.disk.folder.parent.rglob("*") if path.is_file()]
    assert not [data for data in (*kept, *phone.sealed_files.files.values()) if NEXT.encode() in data]
    assert phone.services.drafts() == {}
    glass = await phone.restart("/home-visits")
    assert glass.says(ZH.draft_there)
    await glass.go("/home-visits/new")
    assert not glass.has("content")
    await glass.write("pin", OTHER_PIN)
    await glass.tap("pin-open")
    assert glass.says("密码不对")
    await glass.write("pin", PIN)
    await glass.tap("pin-open")
    assert glass.find("content").value == NEXT
    await glass.save()
    visit = sealed(phone)
    assert (visit.content, visit.student_name) == (NEXT, "张小明")
    assert visit.consent_at
    assert not phone.services.home_visits.drafts.has_draft(PERSON)


async def test_leaving_keeps_or_discards_the_draft(phone: ScriptedPhone) -> None:
    glass = await with_pin(phone)
    await glass.write("content", NEXT)
    await glass.tap("back")
    await glass.tap("leave-keep")
    assert glass.page.route == "/home-visits"
    assert phone.services.home_visits.drafts.has_draft(PERSON)
    await glass.go("/home-visits/new")
    await glass.write("pin", PIN)
    await glass.tap("pin-open")
    await glass.write("content", "另一句")
    await glass.tap("back")
    await glass.tap("leave-drop")
    await glass.tap("draft-drop-yes")
    assert not phone.services.home_visits.drafts.has_draft(PERSON)


async def test_a_forgotten_pin_is_asked_about_and_costs_the_draft_alone(phone: ScriptedPhone) -> None:
    glass = await with_pin(phone)
    await glass.write("content", NEXT)
    await glass.tap("back")
    await glass.tap("leave-keep")
    await glass.go("/home-visits/new")
    await glass.tap("pin-forgotten")
    assert glass.says(ZH.pin_forget_ask)
    await glass.tap("pin-keep")
    assert phone.services.home_visits.drafts.has_draft(PERSON)
    await glass.tap("pin-forgotten")
    await glass.tap("pin-forget-yes")
    assert not phone.services.home_visits.drafts.is_set(PERSON)
    assert glass.find("content").value == ""
    await fill(glass)
    await glass.save()
    assert sealed(phone).content is None


async def test_a_visit_can_be_recorded_without_the_pin(phone: ScriptedPhone) -> None:
    glass = await with_pin(phone)
    await glass.write("content", NEXT)
    await glass.tap("back")
    await glass.tap("leave-keep")
    await glass.go("/home-visits/new")
    await glass.tap("pin-without")
    assert glass.find("content").value == ""
    await fill(glass)
    await glass.save()
    assert sealed(phone).student_name == "张小明"
    assert phone.services.home_visits.drafts.has_draft(PERSON)
