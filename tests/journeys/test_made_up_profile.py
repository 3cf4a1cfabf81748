"""A programme nobody has thought of: fire hydrants, with fields, kit, form, columns and prefix of their own.

It goes from the phone's form through push and projection to the ledger and its export; no file of the
product knows of it.
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import Session

from mobile_app.device.disk import FolderDisk
from mobile_app.store.database import meta
from mobile_app.store.database.meta import Progress
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import recording
from mobile_app.store.queries import hazards
from mobile_app.sync import answer_checks
from shared.forms.form import Condition, Control, Form, FormField, kit_section, photos, section
from shared.forms.model_fields import form_field
from shared.forms.steps import KIT_HELP, step_forms
from shared.operations import GENESIS, Kind, RecordType
from shared.problems import Problem
from shared.profiles import registry
from shared.profiles.labels import COMMON_LABELS
from shared.profiles.profile import LedgerColumn, LedgerFact, Profile
from shared.records.models import KitCheck, Position
from shared.records.values import Day, LongText, Many, Metres, ShortText, StrictModel, TownCode, Year
from shared.sync.wire import PullAnswer
from shared.vocabulary import EventType, KitState, PatrolResult, PhotoRole, Role, Term
from shared.wording import Wording
from sync_server.access import policy
from sync_server.database import campaigns
from sync_server.database.tables import QuarantineRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import validation
from tests.mobile_app.enrolled_store import ENROLLED, moment
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone
from tests.sync_server.deployment import Deployment
from tests.sync_server.pages.test_conflicts import forms, settle, shown, torn
from tests.sync_server.pages.test_quarantine import form_of as repair_form_of


class HydrantType(Term):
    """消火栓类型."""

    PILLAR = "pillar", "地上式", "Pillar"
    UNDERGROUND = "underground", "地下式", "Underground"


class Outlet(Term):
    """出水口."""

    DN65 = "dn65", "65 毫米", "65 mm"
    DN100 = "dn100", "100 毫米", "100 mm"


class HydrantKit(Term):
    """What belongs to a hydrant."""

    WRENCH = "wrench", "扳手", "Wrench"
    CAP = "cap", "闷盖", "Cap"


class Hydrant(StrictModel):
    """One fire hydrant. Pressure in MPa."""

    year: Year | None = None
    town_code: TownCode | None = None
    village: ShortText | None = None
    position: Position | None = None
    due_date: Day | None = None
    found_on: Day | None = None
    distinct_from: Many[str] | None = None
    hydrant_no: ShortText | None = None
    hydrant_type: HydrantType | None = None
    outlets: Many[Outlet] | None = None
    pressure_mpa: Metres | None = None
    leaking: bool | None = None
    leak: LongText | None = None
    kit_wrench: KitCheck | None = None
    kit_cap: KitCheck | None = None


class HydrantEvent(StrictModel):
    """What happened to a hydrant."""

    hazard: str | None = None
    event_type: EventType | None = None
    at: str | None = None
    actor_role: Role | None = None
    due_date: Day | None = None
    assignee_unit: ShortText | None = None
    merged_into: str | None = None
    result: PatrolResult | None = None
    measures_done: LongText | None = None
    comment: LongText | None = None
    kit_wrench: KitCheck | None = None
    kit_cap: KitCheck | None = None


LABELS = {
    "hydrant_no": Wording("栓号", "Hydrant number"),
    "hydrant_type": Wording("消火栓类型", "Type of hydrant"),
    "outlets": Wording("出水口", "Outlets"),
    "pressure_mpa": Wording("静水压力", "Static pressure"),
    "leaking": Wording("是否漏水", "Leaking"),
    "leak": Wording("漏水情况", "Where it leaks"),
}


def field(name: str, **more: Any) -> FormField:
    return form_field(Hydrant, name, LABELS.get(name) or COMMON_LABELS[name], **more)


KIT_TITLE = Wording("随栓附件", "Fittings")
HYDRANTS = Profile(
    id="hydrants",
    things=Wording("消火栓隐患", "faulty hydrants"),
    unnamed=Wording("无号消火栓", "Unnumbered hydrant"),
    hazard=Hydrant,
    event=HydrantEvent,
    title_field="hydrant_no",
    type_field="hydrant_type",
    types=HydrantType,
    searched=("hydrant_no", "leak"),
    near_m=5,
    generic_names=("消火栓",),
    kit=tuple(HydrantKit),
    usual_kit=tuple(HydrantKit),
    kit_title=KIT_TITLE,
    number_prefix="XF",
    ledger_title="{unit}{year}年消火栓台账",
    ledger=(
        LedgerColumn("编号", 20, "text", LedgerFact.NUMBER),
        LedgerColumn("栓号", 12, "text", "hydrant_no"),
        LedgerColumn("类型", 10, "text", "hydrant_type"),
        LedgerColumn("出水口", 14, "text", "outlets"),
        LedgerColumn("压力", 10, "text", lambda hydrant: f"{hydrant.pressure_mpa:g} MPa"),
        LedgerColumn("漏水", 8, "text", "leaking"),
        LedgerColumn("扳手", 8, "text", "kit_wrench"),
        LedgerColumn("状态", 8, "text", LedgerFact.STATUS),
    ),
    hazard_form=Form(
        (
            section(field("town_code", required=True, carried_over=True), field("hydrant_no", required=True)),
            section(
                field("hydrant_type", control=Control.SEGMENTS, required=True),
                field("outlets"),
                field("pressure_mpa", unit=Wording("兆帕", "MPa")),
                field("leaking"),
                field("leak", required=True, shown_when=Condition("leaking", (True,))),
            ),
            kit_section(KIT_TITLE, KIT_HELP),
            section(photos(PhotoRole.SITE)),
        )
    ),
    step_forms=step_forms(HydrantEvent, KIT_TITLE, {}),
    assess=lambda _hydrant: None,
    labels=LABELS,
)
HYDRANT = {
    "town_code": "441900101",
    "hydrant_no": "=7号",
    "hydrant_type": "pillar",
    "outlets": ["dn65", "dn100"],
    "pressure_mpa": 0.25,
    "leaking": True,
    "leak": "闷盖处滴水",
    "kit_wrench": {"state": "missing"},
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programme, among those that this deployment knows."""
    monkeypatch.setitem(registry.PROFILES, HYDRANTS.id, HYDRANTS)


@pytest.fixture
def office(data_dir: Path) -> Iterator[Deployment]:
    """A deployment whose register is of hydrants."""
    deployment = Deployment(data_dir)

    def choose(session: Any) -> None:
        row = campaigns.get(session, deployment.campaign)
        row.settings = {**row.settings, "programme": HYDRANTS.id}
        session.add(row)

    in_transaction(deployment.engine, choose)
    yield deployment
    deployment.engine.dispose()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[ScriptedPhone]:
    """A phone that works for the programme of hydrants."""
    settings = ENROLLED.settings.model_copy(update={"programme": HYDRANTS.id, "kit": ("wrench", "cap")})
    phone = ScriptedPhone(tmp_path / "device", ENROLLED.model_copy(update={"settings": settings}))
    yield phone
    phone.drop()


async def fill(phone: HeadlessPhone) -> None:
    await phone.tap("town_code")
    await phone.tap("option-441900101")
    await phone.write("hydrant_no", " 7号 ")
    await phone.tap("hydrant_type-pillar")
    await phone.tap("outlets-dn65")
    await phone.tap("outlets-dn100")
    await phone.write("pressure_mpa", "0.25")
    await phone.tap("leaking-true")
    await phone.write("leak", "闷盖处滴水")
    await phone.tap("kit_wrench-missing")


@played
async def test_the_phone_shows_its_form_and_saves_its_fields(device: ScriptedPhone) -> None:
    phone = await device.start("/new")
    assert phone.says("随栓附件")
    assert phone.says("静水压力(兆帕)")
    assert not phone.has("water_name")
    assert not phone.has("leak")
    await phone.tap("leaking-true")
    await phone.save()
    assert phone.find("leak").error == "请填写漏水情况。"
    await phone.tap("leaking-true")
    await fill(phone)
    await phone.save()
    hazard = device.only_hazard()
    assert {**HYDRANT, "hydrant_no": "7号"}.items() <= device.fields(hazard).items()
    assert device.card(hazard).hazard.outlets == tuple(Outlet)
    [operation] = device.unsent()
    assert set(operation.fields) == {*HYDRANT, "year", "found_on"}


@played
async def test_what_is_carried_over_starts_the_next_form(device: ScriptedPhone) -> None:
    phone = await device.start("/new")
    await fill(phone)
    await phone.save()
    await phone.go("/new")
    assert phone.says("石碣镇")
    assert phone.find("hydrant_no").value == ""


@played
async def test_a_step_shows_its_kit_and_no_counts_of_others(device: ScriptedPhone) -> None:
    await device.open()
    hazard = await device.services.save_hazard(HYDRANT, [])
    phone = await device.start(f"/hazards/{hazard}/patrol")
    assert phone.has("kit_cap-good")
    assert not phone.has("people_seen")


@played
async def test_the_phones_store_keeps_it_and_lists_it_by_its_number(tmp_path: Path) -> None:
    database = await PhoneDatabase.open(FolderDisk(tmp_path))
    settings = ENROLLED.settings.model_copy(update={"programme": HYDRANTS.id})
    answer = ENROLLED.model_copy(update={"settings": settings})
    await database.write(lambda session: meta.enrolled(session, answer, ""))

    def save(session: Session) -> str:
        hazard, operations = recording.add_hazard(session, HYDRANT, [], moment())
        assert HYDRANT.items() <= operations[0].fields.items()
        return hazard

    hazard = await database.write(save)
    card = database.read(lambda session: hazards.card(session, hazard))
    assert (card.row.title, card.row.type) == ("=7号", HydrantType.PILLAR)
    assert card.hazard.outlets == tuple(Outlet)
    [line] = database.read(lambda session: hazards.listed(session, "滴水"))
    assert line.id == hazard
    with pytest.raises(Problem) as refused:
        await database.write(lambda session: recording.add_hazard(session, {"leak": "滴水"}, [], moment(1)))
    assert refused.value.details == {"fields": ["town_code", "hydrant_no", "hydrant_type"]}
    await database.close()


def test_the_log_takes_its_fields_and_no_others(office: Deployment) -> None:
    person = office.inspector.person.id
    access = in_transaction(office.engine, lambda session: policy.of_person(session, person))
    sender = validation.Sender(office.campaign, "d" * 16, access, HYDRANTS)
    raw = {
        "campaign": office.campaign,
        "device": "d" * 16,
        "n": 1,
        "record": "0197f3a0-0000-7000-8000-000000000001",
        "type": "hazard",
        "kind": "edit",
        "base": 0,
        "tip": "0" * 16,
        "hlc": "0197f3a00000-0000",
        "made_at": "2026-05-28T12:00:00.000+08:00",
        "author": person,
    }

    def refusal(fields: dict[str, Any]) -> str | None:
        problem = validation.validate({**raw, "fields": fields}, sender).problem
        return problem.code if problem else None

    assert refusal(HYDRANT) is None
    assert refusal({"water_name": "塘"}) == "unknown_field"
    assert refusal({"hydrant_type": "pond"}) == "invalid"


def test_the_ledger_and_its_exports_are_of_hydrants(office: Deployment) -> None:
    hydrant = office.save(RecordType.HAZARD, Kind.EDIT, HYDRANT)
    office.happen(hydrant, EventType.ASSIGN, office.reviewer, assignee_unit="消防站")
    browser = office.browser(office.reviewer)
    assert "消火栓隐患地图" in browser.get("/").text
    assert "=7号" not in browser.get("/ledger?type=underground").text
    ledger = browser.get("/ledger").text
    for words in ("栓号 / 编号", "消火栓类型", "XF-441900101-2026-00001", "地上式", "=7号"):
        assert words in ledger, words
    page = browser.get(f"/hazards/{hydrant}").text
    for words in ("漏水情况", "闷盖处滴水", "静水压力", "扳手", KitState.MISSING.zh):
        assert words in page, words
    found = browser.get("/exports/ledger.csv?q=滴水").content.decode("utf-8-sig")
    heads, line = csv.reader(io.StringIO(found, newline=""))
    assert heads == ["序号", "编号", "栓号", "类型", "出水口", "压力", "漏水", "扳手", "状态"]
    assert line[1:] == [
        *("XF-441900101-2026-00001", "'=7号", "地上式", "65 毫米、100 毫米", "0.25 MPa"),
        *("是", "缺失", "已交办"),
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/exports/ledger.xlsx").content)).active
    assert sheet is not None
    assert sheet["A1"].value == "东莞市2026年消火栓台账"


def test_its_conflicts_are_shown_and_settled_in_its_words(office: Deployment) -> None:
    hydrant = torn(office, office.save(RecordType.HAZARD, Kind.EDIT, HYDRANT), pressure_mpa=(0.3, 0.4))
    with reading(office.engine) as session:
        base = campaigns.head(session, office.campaign)
    for hand, step in ((office.inspector, EventType.RECTIFY), (office.reviewer, EventType.ASSIGN)):
        event: dict[str, Any] = {
            "hazard": hydrant,
            "event_type": step.value,
            "at": "2026-06-01T08:00:00+08:00",
        }
        event |= {"kit_wrench": {"state": "good"}, "comment": "扳手已配"}
        office.save(RecordType.HAZARD_EVENT, Kind.APPEND, event, base=base, by=hand)
    reviewer = office.browser(office.reviewer)
    page = reviewer.get(f"/hazards/{hydrant}").text
    assert "静水压力" in page
    assert page.count("扳手已配") > 2
    settle(reviewer, hydrant, {**forms(page, "pressure_mpa")[-1], "value": "0.35"})
    assert shown(office, hydrant)["pressure_mpa"] == 0.35


def test_what_its_phones_sent_wrongly_is_put_right_in_its_fields(office: Deployment) -> None:
    device = office.inspector.device
    raw: dict[str, Any] = {
        **{"campaign": office.campaign, "device": device, "n": 1, "base": 0, "tip": GENESIS},
        **{"record": "0197f3a0-0000-7000-8000-000000000001", "type": "hazard", "kind": "edit"},
        **{"hlc": "0197f3a00000-0000", "made_at": "2026-05-28T12:00:00.000+08:00"},
        **{"author": office.inspector.person.id, "fields": {**HYDRANT, "pressure_mpa": -1}},
    }
    row = QuarantineRow(
        campaign=office.campaign,
        device=device,
        n=1,
        code="invalid",
        details={},
        raw=json.dumps(raw),
        received_at="2026-05-28T04:00:00Z",
    )
    in_transaction(office.engine, lambda session: session.add(row))
    administrator = office.browser(office.administrator)
    page = administrator.get(f"/quarantine/{device}/1").text
    assert "静水压力" in page
    form = {**repair_form_of(page), "f.pressure_mpa": "0.5", "note": "压力写错"}
    assert administrator.post(f"/quarantine/{device}/1/repair", data=form).status_code == 303
    repaired = shown(office, raw["record"])
    assert (repaired["pressure_mpa"], repaired["hydrant_type"]) == (0.5, HYDRANT["hydrant_type"])


@pytest.mark.parametrize(("wrong", "accepted"), [({}, True), ({"hydrant_type": "pond"}, False)])
def test_the_phone_checks_what_it_is_sent_by_its_fields(wrong: dict[str, str], accepted: bool) -> None:
    operation = {
        **{"campaign": "c", "device": "d" * 16, "n": 1, "base": 0, "tip": GENESIS, "seq": 1},
        **{"record": "0197f3a0-0000-7000-8000-000000000001", "type": "hazard", "kind": "edit"},
        **{"hlc": "0197f3a00000-0000", "made_at": "2026-05-28T12:00:00.000+08:00", "author": "ab"},
        "fields": {**HYDRANT, **wrong},
    }
    page = {"ops": [operation], "next": 1, "tip": "1" * 16, "more": False, "epoch": "e", "server_time": "t"}
    answer = PullAnswer.model_validate(page)
    with nullcontext() if accepted else pytest.raises(Problem, match="not_our_server"):
        assert answer_checks.check_pull(answer, "c", Progress(epoch="e"), HYDRANTS) is answer


def test_a_profile_whose_record_lacks_what_every_hazard_has_is_refused() -> None:
    class Bare(StrictModel):
        hydrant_no: ShortText | None = None

    with pytest.raises(ValueError, match="Bare lacks"):
        Profile(**{**{name: getattr(HYDRANTS, name) for name in HYDRANTS.__slots__}, "hazard": Bare})
