"""Home visits on the phone: sealed at once, numbered as they are kept, carried, never read again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from jwcrypto import jwe, jwk

from mobile_app.device.sealing import NativeSealing
from mobile_app.services import Services
from mobile_app.store.database import meta
from mobile_app.store.home_visits import sealed_visits
from mobile_app.store.home_visits.sealed_visits import SealedVisits, VisitState
from mobile_app.store.log import recovery
from mobile_app.sync import home_visits
from shared import problems
from shared.home_visits import envelope
from shared.home_visits.model import HomeVisit
from shared.problems import Problem
from tests.mobile_app.enrolled_store import CAMPAIGN, DEVICE, ENROLLED, PERSON
from tests.support.memory_photos import MemoryPhotos
from tests.support.scripted_phone import ScriptedPhone

pytestmark = pytest.mark.anyio

KEY = jwk.JWK.generate(kty="EC", crv="P-256")
PUBLIC = {name: KEY.export_public(as_dict=True)[name] for name in ("kty", "crv", "x", "y")}
NEXT = "2026-secret"
ANSWER: dict[str, Any] = {
    "campaign": CAMPAIGN,
    "keys": [
        {"kid": "old", "jwk": PUBLIC, "from": "2019-09-01", "until": "2020-08-31"},
        {"kid": "now", "jwk": PUBLIC, "from": "2020-09-01", "until": "2999-08-31"},
    ],
    "places": [{"school": "虎门实验小学", "classes": ["三(2)班"]}],
    "consent_version": "7",
    "server_time": "2026-11-29T12:00:00Z",
}
VISIT: dict[str, Any] = {
    "legal_basis": "guardian_consent",
    "consent_at": "2026-11-03T19:00:00+08:00",
    "consent_how": "spoken",
    "school": "虎门实验小学",
    "class_name": "三(2)班",
    "student_name": "张小明",
    "under_14": True,
    "visit_date": "2026-11-03",
    "mode": "in_person",
    "reason": "safety",
    "content": "谈了水塘",
}
LATER = "2026-11-29T20:00:00+08:00"
KEYS, POST = "GET /api/v1/home-visits/keys", "POST /api/v1/home-visits"


@pytest.fixture
async def phone(tmp_path: Path) -> ScriptedPhone:
    made = ScriptedPhone(tmp_path / "phone")
    services = await made.open()
    made.transport.says(KEYS, 200, ANSWER)
    await exchange(services)
    return made


async def exchange(services: Services) -> Problem | None:
    """An exchange of home visits alone, as it follows the ordinary one."""
    who = services.identity
    assert who is not None
    return await services.home_visits.exchange(services._sync_loop._server(who), who)


def opened(sealed: str, key: jwk.JWK = KEY) -> tuple[dict[str, Any], HomeVisit]:
    """What the server reads."""
    found = jwe.JWE()
    found.deserialize(sealed, key=key)
    return json.loads(found.objects["protected"]), HomeVisit.model_validate_json(found.payload)


def envelopes(files: Mapping[str, bytes]) -> list[str]:
    """The envelopes in the phone's own files that wait, in the order of their names."""
    sealed = [name for name in sorted(files) if name.endswith("-waiting")]
    waiting = [name for name in sealed if name.replace("-waiting", "-settled") not in files]
    return [json.loads(files[name])["envelope"] for name in waiting]


def answered(phone: ScriptedPhone, *statuses: str, device: str = DEVICE) -> None:
    """Let the server answer the waiting visits so, in turn."""
    headers = [envelope.read_header(one) for one in envelopes(phone.sealed_files.files)]
    results = [
        {"record": header.record, "n": header.number, "status": status}
        | ({"why": {"code": "envelope_rewritten", "details": {}}} if status == "quarantined" else {})
        for header, status in zip(headers, statuses, strict=True)
    ]
    phone.transport.says(POST, 200, {"device": device, "results": results, "server_time": ""})


async def test_a_saved_visit_is_an_envelope_that_only_the_server_opens(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save(VISIT)
    [sealed] = envelopes(phone.sealed_files.files)
    header, visit = opened(sealed)
    seen = envelope.read_header(sealed)
    assert envelope.agrees(seen, visit)
    assert (header["kid"], header["campaign"], header["device"], header["n"]) == ("now", CAMPAIGN, DEVICE, 1)
    assert (visit.student_name, visit.content, visit.consent_version) == ("张小明", "谈了水塘", "7")
    with pytest.raises(jwe.InvalidJWEData):
        opened(sealed, jwk.JWK.generate(kty="EC", crv="P-256"))


async def test_nothing_of_the_visit_is_anywhere_on_the_phone(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save({**VISIT, "content": NEXT})
    await phone.services.settle()
    kept = [*phone.sealed_files.files.values(), *phone.photo_files.files.values()]
    kept += [path.read_bytes() for path in phone.disk.folder.parent.rglob("*") if path.is_file()]
    assert len(kept) > 1
    for text in (NEXT, "张小明", json.dumps("张小明")[1:-1], "2026-11-03T19:00:00"):
        assert not [data for data in kept if text.encode() in data]


async def test_the_list_knows_time_school_class_and_state_alone(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save(VISIT)
    [line] = phone.services.home_visits.mine()
    assert (line.school, line.class_name, line.state) == ("虎门实验小学", "三(2)班", VisitState.WAITING)
    assert line.sealed_at


@pytest.mark.parametrize("lacking", ["legal_basis", "consent_how", "consent_at"])
async def test_without_consent_nothing_is_sealed(phone: ScriptedPhone, lacking: str) -> None:
    with pytest.raises(Problem) as caught:
        await phone.services.home_visits.save({k: v for k, v in VISIT.items() if k != lacking})
    assert caught.value.kind is problems.invalid
    assert "张小明" not in str(caught.value.details)
    assert phone.sealed_files.files == {}


async def test_where_the_browser_cannot_encrypt_it_says_so(phone: ScriptedPhone) -> None:
    class Plain(NativeSealing):
        def available(self) -> bool:
            return False

    phone.services.home_visits._sealing = Plain()
    with pytest.raises(Problem) as caught:
        await phone.services.home_visits.save(VISIT)
    assert caught.value.kind is problems.sealing_unavailable


async def test_numbers_go_on_after_a_restart_and_after_all_was_sent(phone: ScriptedPhone) -> None:
    for _ in range(2):
        await phone.services.home_visits.save(VISIT)
    answered(phone, "stored", "duplicate")
    assert await exchange(phone.services) is None
    assert envelopes(phone.sealed_files.files) == []
    phone.drop()
    await phone.open()
    await phone.services.home_visits.save(VISIT)
    [sealed] = envelopes(phone.sealed_files.files)
    assert envelope.read_header(sealed).number == 3
    assert [line.n for line in phone.services.home_visits.mine()] == [3, 2, 1]


async def test_the_line_stays_and_a_quarantined_one_says_why(phone: ScriptedPhone) -> None:
    for _ in range(2):
        await phone.services.home_visits.save(VISIT)
    answered(phone, "stored", "quarantined")
    assert await exchange(phone.services) is None
    phone.drop()
    await phone.open()
    states = [(line.state, line.code) for line in phone.services.home_visits.mine()]
    assert states == [(VisitState.QUARANTINED, "envelope_rewritten"), (VisitState.STORED, "")]


@pytest.mark.parametrize("spoilt", ["portal", "other device", "empty", "other visit", "one too many"])
async def test_no_envelope_leaves_before_an_answer_that_is_ours(phone: ScriptedPhone, spoilt: str) -> None:
    for _ in range(2):
        await phone.services.home_visits.save(VISIT)
    before = dict(phone.sealed_files.files)
    answered(phone, "stored", "stored", device="1" * 16 if spoilt == "other device" else DEVICE)
    status, body = phone.transport.answers[POST]
    said = json.loads(body)
    match spoilt:
        case "portal":
            phone.transport.says(POST, status, b"<html>Sign in</html>")
        case "empty":
            phone.transport.says(POST, status, {**said, "results": []})
        case "one too many":
            phone.transport.says(POST, status, {**said, "results": [*said["results"], said["results"][0]]})
        case "other visit":
            phone.transport.says(POST, status, {**said, "results": said["results"][::-1]})
    problem = await exchange(phone.services)
    assert problem is not None
    assert problem.kind is problems.not_our_server
    assert phone.sealed_files.files == before
    assert phone.services.home_visits.waiting == 2


async def test_what_has_no_result_stays(phone: ScriptedPhone) -> None:
    for _ in range(2):
        await phone.services.home_visits.save(VISIT)
    answered(phone, "stored", "stored")
    status, body = phone.transport.answers[POST]
    said = json.loads(body)
    phone.transport.says(POST, status, {**said, "results": said["results"][:1]})
    assert await exchange(phone.services) is None
    assert [line.state for line in phone.services.home_visits.mine()] == [
        VisitState.WAITING,
        VisitState.STORED,
    ]


async def test_a_full_quarantine_is_no_reason_to_send_one_by_one(phone: ScriptedPhone) -> None:
    for _ in range(3):
        await phone.services.home_visits.save(VISIT)
    phone.transport.refuses(POST, problems.quarantine_full())
    asked = len(phone.transport.asked)
    problem = await exchange(phone.services)
    assert problem is not None
    assert problem.kind is problems.quarantine_full
    assert len(phone.transport.asked) == asked + 1
    assert phone.services.home_visits.waiting == 3


async def test_a_refused_envelope_stays_and_holds_up_no_other(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save(VISIT)
    answered(phone, "stored")
    good = phone.transport.answers[POST]
    await phone.services.home_visits.save(VISIT)

    class Picky(type(phone.transport)):  # type: ignore[misc]  # the scripted one
        async def send(self, method: str, path: str, *given: Any, **more: Any) -> Any:
            line = f"{method} {path}"
            if line == POST:
                sent = json.loads(given[1])["envelopes"]
                first = len(sent) == 1 and envelope.read_header(sent[0]).number == 1
                self.answers[POST] = good if first else refused
            return await super().send(method, path, *given, **more)

    refused = 403, json.dumps({"code": "device_mismatch", "details": {}}).encode()
    phone.transport.__class__ = Picky
    assert await exchange(phone.services) is None
    second, first = phone.services.home_visits.mine()
    assert (first.state, second.state) == (VisitState.STORED, VisitState.WAITING)
    refusal = phone.services.home_visits.refusal(second)
    assert refusal is not None
    assert refusal.code == "device_mismatch"
    assert len(envelopes(phone.sealed_files.files)) == 1


async def test_what_an_earlier_person_sealed_travels_and_is_not_shown(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save(VISIT)
    other = ENROLLED.model_copy(
        update={"device": "2" * 16, "person": ENROLLED.person.model_copy(update={"id": "0298"})}
    )
    await phone.database.write(lambda session: meta.enrolled(session, other, "http://anlan"))
    phone.services.home_visits.ask_again()
    assert phone.services.home_visits.mine() == []
    assert phone.services.home_visits.places() == ()
    answered(phone, "stored", device="2" * 16)
    assert await exchange(phone.services) is None
    assert phone.services.home_visits.waiting == 0
    await phone.services.home_visits.save(VISIT)
    [sealed] = envelopes(phone.sealed_files.files)
    assert envelope.read_header(sealed).number == 1
    assert [line.person for line in phone.services.home_visits.mine()] == ["0298"]


async def test_places_go_when_the_grant_ends(phone: ScriptedPhone) -> None:
    assert [place.school for place in phone.services.home_visits.places()] == ["虎门实验小学"]
    phone.transport.refuses(KEYS, problems.role_forbidden())
    await exchange(phone.services)  # the answer of a moment ago is still believed
    assert phone.services.home_visits.places()
    phone.services.home_visits.ask_again()
    assert await exchange(phone.services) is None
    assert phone.services.home_visits.places() == ()
    with pytest.raises(Problem) as caught:
        await phone.services.home_visits.save(VISIT)
    assert caught.value.kind is problems.seal_key_missing


async def test_an_ordinary_round_carries_the_visits_too(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save(VISIT)
    answered(phone, "stored")
    assert str(phone.services._sync_loop._waiting()) == "records=1, photos=0"
    phone.transport.says("GET /api/v1/campaigns", 404, {"code": "not_found", "details": {}})
    await phone.services.sync_now()
    assert phone.services.sync.home_visits_waiting == 0
    [line] = phone.services.home_visits.mine()
    assert line.state is VisitState.STORED


class Dying(MemoryPhotos):
    """Dies in the given write or removal."""

    left = -1

    async def put(self, name: str, data: bytes) -> None:
        self._step()
        await super().put(name, data)

    async def remove(self, name: str) -> None:
        self._step()
        await super().remove(name)

    def _step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise ConnectionAbortedError


async def sealed_by(person: str, files: MemoryPhotos, seal: Sequence[str]) -> SealedVisits:
    visits = SealedVisits(files)
    await visits.load()
    for one in seal:

        async def made(_n: int, one: str = one) -> str:
            return one

        await visits.add(DEVICE, person, made)
    return visits


async def kept_in(phone: ScriptedPhone, files: MemoryPhotos, *, at: str = LATER) -> SealedVisits:
    """Two visits for which the server answered in the epoch "one"."""
    for _ in range(2):
        await phone.services.home_visits.save(VISIT)
    visits = await sealed_by(PERSON, files, envelopes(phone.sealed_files.files))
    for visit in visits.waiting():
        await visits.settle(visit, VisitState.STORED, at, "one")
    return visits


async def test_a_phone_that_dies_over_an_answer_knows_the_visit_once(phone: ScriptedPhone) -> None:
    await phone.services.home_visits.save(VISIT)
    [sealed] = envelopes(phone.sealed_files.files)
    files = Dying()
    visits = await sealed_by(PERSON, files, [sealed])
    files.left = 1
    with pytest.raises(ConnectionAbortedError):
        await visits.settle(visits.waiting()[0], VisitState.STORED, LATER, "one")
    again = await sealed_by(PERSON, files, [])
    [line] = again.of(PERSON)
    assert line.state is VisitState.WAITING
    await again.settle(line, VisitState.STORED, LATER, "one")
    [line] = (await sealed_by(PERSON, files, [])).of(PERSON)
    assert line.state is VisitState.STORED


async def test_envelopes_that_were_answered_for_wait_again_in_another_epoch_alone(
    phone: ScriptedPhone,
) -> None:
    files = MemoryPhotos()
    visits = await kept_in(phone, files)
    sealed = envelopes(phone.sealed_files.files)
    assert visits.kept() == (2, sum(map(len, sealed)))
    for held in (visits, await sealed_by(PERSON, files, [])):
        assert not await held.offer_again("one")
        assert held.waiting() == []
    again = await sealed_by(PERSON, files, [])
    assert await again.offer_again("two")
    assert [visit.envelope for visit in again.waiting()] == sealed
    assert again.kept() == (0, 0)


@pytest.mark.parametrize("step", [1, 2])
async def test_a_phone_that_dies_while_it_offers_again_goes_on(phone: ScriptedPhone, step: int) -> None:
    files = Dying()
    visits = await kept_in(phone, files)
    files.left = step
    with pytest.raises(ConnectionAbortedError):
        await visits.offer_again("two")
    again = await sealed_by(PERSON, files, [])
    assert len(again.waiting()) == step - 1
    await again.offer_again("two")
    assert [visit.envelope for visit in again.waiting()] == envelopes(phone.sealed_files.files)


async def test_a_kept_envelope_goes_after_its_days_and_the_line_stays(phone: ScriptedPhone) -> None:
    files = MemoryPhotos()
    visits = await kept_in(phone, files, at="2026-11-01T08:00:00+08:00")
    await visits.forget_old("2026-12-01T07:59:59+08:00")
    assert visits.kept()[0] == 2
    await visits.forget_old("2026-12-01T00:00:00+00:00")
    for held in (visits, await sealed_by(PERSON, files, [])):
        assert held.kept() == (0, 0)
        assert not await held.offer_again("two")
        assert [line.state for line in held.of(PERSON)] == [VisitState.STORED] * 2
    assert b'"envelope": "ey' not in b"".join(files.files.values())


async def test_what_is_kept_has_a_bound_and_never_costs_what_waits(
    phone: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = MemoryPhotos()
    visits = await kept_in(phone, files)
    sizes = [len(one) for one in envelopes(phone.sealed_files.files)]
    await phone.services.home_visits.save(VISIT)

    async def third(_n: int) -> str:
        return envelopes(phone.sealed_files.files)[2]

    await visits.add(DEVICE, PERSON, third)
    monkeypatch.setattr(sealed_visits, "KEPT_BYTES", sizes[1])
    await visits.forget_old(LATER)
    assert visits.kept() == (1, sizes[1])
    await visits.offer_again("two")
    assert [visit.n for visit in visits.waiting()] == [2, 3]


async def test_what_an_earlier_version_let_go_halfway_is_not_offered(phone: ScriptedPhone) -> None:
    files = MemoryPhotos()
    await kept_in(phone, files)
    for name in [name for name in files.files if name.endswith("-settled")]:
        line = json.loads(files.files[name])
        before = {k: v for k, v in line.items() if k not in ("answered_at", "epoch", "kept")}
        files.files[name] = json.dumps(before).encode()
    again = await sealed_by(PERSON, files, [])
    assert not await again.offer_again("two")
    assert [line.state for line in again.of(PERSON)] == [VisitState.STORED] * 2
    assert not [name for name in files.files if name.endswith("-waiting")]


async def test_after_a_restore_the_same_bytes_travel_once_more(phone: ScriptedPhone) -> None:
    for _ in range(2):
        await phone.services.home_visits.save(VISIT)
    sealed = envelopes(phone.sealed_files.files)
    answered(phone, "stored", "quarantined")
    assert await exchange(phone.services) is None
    assert phone.services.home_visits.kept == (2, sum(map(len, sealed)))
    sent = len(phone.transport.asked)
    assert await exchange(phone.services) is None
    assert len(phone.transport.asked) == sent
    await phone.database.write(lambda session: recovery.start_over(session, "another epoch"))
    phone.transport.refuses(POST, problems.overloaded())
    assert await exchange(phone.services) is not None
    assert phone.services.sync.home_visits_waiting == 2
    phone.drop()
    await phone.open()
    assert phone.services.home_visits.waiting == 2
    answered(phone, "duplicate", "duplicate")
    assert await exchange(phone.services) is None
    asked = [told["envelopes"] for line, told in phone.transport.asked if line == POST]
    assert asked == [sealed] * 3
    assert [line.state for line in phone.services.home_visits.mine()] == [VisitState.STORED] * 2
    await exchange(phone.services)
    assert len([line for line, _ in phone.transport.asked if line == POST]) == 3


async def test_a_number_that_may_be_on_the_disk_is_not_given_again(phone: ScriptedPhone) -> None:
    phone.sealed_files.held = None
    files, numbers = Dying(), list[int]()
    files.left = 1
    visits = SealedVisits(files)

    async def seal(n: int) -> str:
        numbers.append(n)
        return envelopes(phone.sealed_files.files)[0]

    await phone.services.home_visits.save(VISIT)
    with pytest.raises(ConnectionAbortedError):
        await visits.add(DEVICE, PERSON, seal)
    assert visits.of(PERSON) == []
    await visits.add(DEVICE, PERSON, seal)
    assert numbers == [1, 2]


async def test_old_lines_go_but_the_last_number_stays(
    phone: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_visits, "KEPT_LINES", 2)
    monkeypatch.setattr(sealed_visits, "KEPT_DAYS", 0)
    for _ in range(4):
        await phone.services.home_visits.save(VISIT)
    answered(phone, *["stored"] * 4)
    assert await exchange(phone.services) is None
    assert [line.n for line in phone.services.home_visits.mine()] == [4, 3]


async def test_without_a_key_of_this_year_the_newest_seals(phone: ScriptedPhone) -> None:
    keys = [{**key, "until": "2021-08-31"} for key in ANSWER["keys"]]
    phone.transport.says(KEYS, 200, {**ANSWER, "keys": keys})
    phone.services.home_visits.ask_again()
    await exchange(phone.services)
    await phone.services.home_visits.save(VISIT)
    [sealed] = envelopes(phone.sealed_files.files)
    assert envelope.read_header(sealed).kid == "now"


async def test_messages_stay_small() -> None:
    line = sealed_visits.SealedVisit(DEVICE, 1, "r", PERSON, "s", "c", "t", envelope="e" * 60_000)
    sizes = [len(batch) for batch in home_visits._batches([line] * 7)]
    assert sizes == [3, 3, 1]
