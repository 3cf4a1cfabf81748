"""Every route of the app's own table shows a screen, whose controls tests and screen readers can name."""

import flet as ft
import pytest

from mobile_app.screens import routes
from mobile_app.store.queries import drafts
from shared.vocabulary import EducationVisitType
from tests.support.every_route import Places, addresses
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

NOT_SHOWN = ("broken", "missing", "gone")
"""The keys of what stands where a screen could not be shown."""
FORM = {"fields": {"water_name": "未填完的塘"}, "photos": [], "at": "2026-11-23T08:00:00+08:00"}


async def filled(device: ScriptedPhone) -> Places:
    """A phone with a hazard, a visit and a draft."""
    hazard = await device.add_hazard(1)
    services = device.services
    family = {
        "visit_type": EducationVisitType.FAMILY,
        "town_code": "441900003",
        "topics": ["drowning"],
        "place": "石井村",
    }
    visit = await services.visits.save({**family, "date": "2026-11-23"})
    places = Places(hazard, visit)
    await services.save_draft(drafts.new(places.draft), FORM)
    return places


def unnamed(phone: HeadlessPhone) -> list[str]:
    """Controls that do something when they are tapped or written into, and have no key."""
    return [
        type(control).__name__
        for control in phone.controls()
        if not isinstance(control, ft.Semantics)  # its content has the key
        and (getattr(control, "on_click", None) or getattr(control, "on_change", None))
        and not getattr(control, "key", None)
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@played
async def test_every_route_shows_its_screen(device: ScriptedPhone, language: str) -> None:
    places = await filled(device)
    phone = await device.start("/me")
    await phone.tap(f"language-{language}")
    for address in addresses(places):
        await phone.go(address)
        assert not [key for key in NOT_SHOWN if phone.has(key)], address
        assert phone.page.route == address
        assert unnamed(phone) == [], address


def test_a_route_of_which_nobody_has_said_what_it_shows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_OPEN", [*routes._OPEN, ft.Route(path="/towns/:town")])
    with pytest.raises(LookupError, match=":town"):
        addresses(Places("a", "b"))


@played
async def test_each_address_shows_its_own_form_whichever_stood_there_before(device: ScriptedPhone) -> None:
    places = await filled(device)
    phone = await device.start(f"/hazards/{places.hazard}/rectify")
    await phone.write("measures_done", "已加装护栏")
    await phone.go(f"/hazards/{places.hazard}/note")  # as somebody goes by the browser's history
    assert not phone.has("measures_done")
    assert phone.find("comment").value == ""
