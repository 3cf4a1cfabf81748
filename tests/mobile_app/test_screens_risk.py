"""What is asked besides the essential, folded away; and the risk that follows, with every part of it."""

from typing import Any

from mobile_app.store.queries.hazards import HazardCard
from mobile_app.texts.choice import texts_for
from shared.profiles.drowning import DROWNING
from shared.profiles.risk import assess
from shared.vocabulary import KitItem
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

ZH = texts_for("zh")
FORM = DROWNING.hazard_form.with_kit(DROWNING.usual_kit)
FOLDED = [section for section in FORM.sections if section.folded]
ALL_KNOWN: dict[str, Any] = {
    **{"water_name": "石井塘", "water_type": "pond", "town_code": "441900003"},
    **{"depth_m": 1.5, "flow": "still", "bank": "steep", "bed": "silt", "access": "open"},
    **{"school_distance_m": 300, "on_route": True, "observed_use": ["playing"], "incident_history": "none"},
    **{f"kit_{item.value}": {"state": "missing"} for item in KitItem},
}


async def new_form(device: ScriptedPhone) -> HeadlessPhone:
    phone = await device.start()
    await phone.tap("new-hazard")
    return phone


async def only(device: ScriptedPhone) -> HazardCard:
    services = await device.open()
    [row] = services.hazards()
    return services.hazard(row.id)


@played
async def test_what_is_optional_is_out_of_sight_until_it_is_asked_for(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    assert not phone.has("depth_m")
    await phone.tap("unfold-depth_m")
    assert phone.has("depth_m")
    assert not phone.has("unfold-depth_m")
    assert phone.has("unfold-village"), "the others stay folded"


@played
async def test_every_field_that_the_ledger_has_can_be_entered_on_the_phone(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    for section in FOLDED:
        await phone.tap(f"unfold-{section.fields[0].name}")
    for field in (field for section in FOLDED for field in section.fields):
        shown = [key for key in phone.all_keys() if key == field.name or key.startswith(f"{field.name}-")]
        assert shown, field.name


@played
async def test_what_was_entered_there_is_saved_and_shown(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("town_code")
    await phone.tap("option-441900003")
    await phone.tap("water_type-creek")
    await phone.tap("unfold-depth_m")
    await phone.write("depth_m", "1.5")
    await phone.tap("bank-steep")
    await phone.tap("unfold-village")
    await phone.write("responsible_unit", "石井村委会")
    await phone.save()
    card = await only(device)
    assert (card.hazard.depth_m, card.hazard.bank, card.hazard.responsible_unit) == (
        1.5,
        "steep",
        "石井村委会",
    )
    await phone.go(f"/hazards/{card.row.id}")
    for words in ("1.5", "陡坡", "石井村委会"):
        assert phone.says(words), words


@played
async def test_a_wrong_number_in_a_folded_section_is_shown(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("unfold-depth_m")
    await phone.write("depth_m", "很深")
    await phone.tap("save")
    assert phone.says(ZH.number_bad)
    assert not (await device.open()).hazards()


@played
async def test_an_edit_begins_folded_and_says_how_much_is_there(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(depth_m=1.5, bank="steep")
    phone = await device.start(f"/hazards/{hazard}/edit")
    [depth] = [section for section in FOLDED if section.fields[0].name == "depth_m"]
    assert phone.says(f"已填 2/{len(depth.fields)}")
    await phone.go(f"/hazards/{hazard}")
    await phone.go(f"/hazards/{hazard}/edit/bank")
    assert phone.has("depth_m"), "what a conflict or problem points at is in sight"


@played
async def test_the_risk_names_what_is_missing_and_rates_nothing_without_it(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    phone = await device.start(f"/hazards/{hazard}")
    assert phone.find("risk-level").value == ZH.risk.unrated
    missing = phone.find("risk-missing").value
    for label in ("水深(米)", "可达性", "护栏/围蔽"):
        assert label in missing, label


@played
async def test_the_risk_is_explained_part_by_part(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**ALL_KNOWN)
    phone = await device.start(f"/hazards/{hazard}")
    risk = assess((await device.open()).hazard(hazard).hazard)
    assert not risk.incomplete
    assert phone.find("risk-level").value == ZH.risk.rated.format(
        level=ZH.of(risk.level), score=risk.residual
    )
    assert not phone.has("risk-missing")
    await phone.tap("risk-explain")
    for part in (*risk.exposure, *risk.consequence, *risk.control):
        label = DROWNING.label(part.field, "zh")
        assert phone.says(ZH.risk.part.format(label=label, points=part.points, most=part.most)), label
    assert phone.says(ZH.risk.note)


@played
async def test_the_form_rates_what_is_filled_in_so_far(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**{**ALL_KNOWN, "access": None})
    phone = await device.start(f"/hazards/{hazard}/edit")
    assert phone.find("risk-level").value == ZH.risk.unrated
    await phone.tap("unfold-depth_m")
    await phone.tap("access-closed")
    assert phone.find("risk-level").value != ZH.risk.unrated
