"""What version 0.1 kept opens in this version: a server's data folder and two phones, and nothing is lost.

The files were made by that version, once (see `from_0_1/README.md`); `contents.json` says what is in them.
What leans on this version's own insides stands in the first part of this file; all else speaks HTTP, runs
`anlan`, or reads the files as 0.1 wrote them.
"""

import base64
import hashlib
import json
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests

from mobile_app.app import AppParts
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.ports import Ports
from mobile_app.services import Services, open_services
from tests.bench.processes import free_port as some_port
from tests.support.memory_disk import MemoryDisk
from tests.support.served import Served


async def opened(folder: Path) -> Services:
    """The phone whose data lie in a folder of a real disk."""
    return await open_services(folder)


async def opened_in_browser(root: Path) -> Services:
    """The phone whose data a browser kept."""
    return await Services.open(
        Ports(MemoryDisk(root), FolderPhotoFiles(root / "photos"), FolderPhotoFiles(root / "home-visits"))
    )


def drafted(drafts: dict[str, Any]) -> dict[str, Any]:
    """What each draft says, in the words of 0.1 or of today: its fields, photos and moment.

    0.1 kept the texts, the kit and the result of a step apart, and the name of the water among its fields.
    """
    said = {}
    for name, draft in drafts.items():
        fields = {**draft["fields"], **draft.get("texts", {}), **draft.get("kit", {})}
        if draft.get("result"):
            fields["result"] = draft["result"]
        if not name.startswith(("new", "edit")):
            fields = {key: value for key, value in fields.items() if key not in ("water_name", "submit")}
        said[name] = {"at": draft["at"], "fields": fields, "photos": draft["photos"]}
    return said


def shown(phone: Services) -> dict[str, Any]:
    """What a phone says of itself, in the words of `contents.json`."""
    who, settings = phone.identity, phone.settings
    assert who is not None
    assert settings is not None
    choices, sync = phone.sending.choices, phone.sync
    return {
        "identity": {
            "device": who.device,
            "token": who.token,
            "person": who.person,
            "name": who.name,
            "role": who.role.value,
            "device_name": who.device_name,
            "first_tokens": list(who.was),
        },
        "settings": {
            name: value for name, value in settings.model_dump(mode="json").items() if name != "programme"
        },
        "towns": list(phone.towns()),
        "choices": {"wifi_only": choices.wifi_only, "free_after_days": choices.free_after_days},
        "waiting": {
            "operations": sync.ops_waiting,
            "photos": sync.photos_waiting,
            "bytes": sync.bytes_waiting,
        },
        "verdicts": [
            {
                "n": verdict.key[1],
                "repaired": verdict.repaired,
                "water_name": verdict.title,
                "fields": list(verdict.fields),
                "reason": verdict.why.details["reason"],
            }
            for verdict in phone.verdicts()
        ],
        "drafts": drafted(phone.drafts()),
        "hazards": {row.id: hazard_shown(phone, row.id) for row in phone.hazards(limit=500)},
    }


def hazard_shown(phone: Services, hazard: str) -> dict[str, Any]:
    """What a phone shows of one hazard."""
    card = phone.hazard(hazard)
    return {
        "values": card.hazard.model_dump(mode="json", exclude_none=True),
        "ledger_no": card.row.number,
        "status": card.history.status.value,
        "also": [status.value for status in card.history.concurrent_statuses],
        "upload": card.row.upload.value,
        "conflicts": {
            name: sorted((write.fields.get(name) for write in writes), key=str)
            for name, writes in card.conflicts.items()
        },
        "events": [[event.id, event.type.value] for event in card.events],
        "photos": [
            [row.photo.sha256, row.photo.role, row.state.value, row.sent, row.photo.bytes, row.freed]
            for row in card.photos
        ],
        "refused": [why.code for why in card.quarantined],
    }


async def sync(phone: Services) -> None:
    """One round with the server, which ends well."""
    await phone.sync_now()
    assert phone.sync.last_problem is None


async def language_with(preferences: Any) -> str:
    """The language in which the app opens on a device that keeps these preferences."""
    app = object.__new__(AppParts)
    app.preferences = preferences
    return await app.language()


def campaign_address(served: Served, action: str) -> str:
    """Where a phone of 0.1 pushes to, pulls from or reads records."""
    return f"{served.url}/api/v1/campaigns/{CAMPAIGN['id']}/{action}"


# From here on: nothing of this version's insides.

FILES = Path(__file__).parent / "from_0_1"
CONTENTS: dict[str, Any] = json.loads((FILES / "contents.json").read_text(encoding="utf-8"))
SERVER: dict[str, Any] = CONTENTS["server"]
CAMPAIGN: dict[str, Any] = SERVER["campaign"]
HAZARDS: dict[str, dict[str, Any]] = SERVER["hazards"]
STAMP = {"seq", "hlc_eff", "base_eff", "ledger_no"}
"""What the server adds to an operation."""


def unpacked(name: str, folder: Path) -> Path:
    """One of the archives, in a folder of its own."""
    with zipfile.ZipFile(FILES / name) as archive:
        archive.extractall(folder)
    return folder


def _serving(folder: Path) -> Iterator[Served]:
    served = Served(unpacked("server.zip", folder), some_port())
    served.start()
    yield served
    served.kill()


@pytest.fixture(scope="module")
def served_to_read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on its old data, for all tests that only look."""
    yield from _serving(tmp_path_factory.mktemp("carried-over"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The server on its old data, for one test."""
    yield from _serving(tmp_path / "var")


@cache
def device(name: str) -> dict[str, Any]:
    """An enrolled device by its name; of two, the one that has the place of the other."""
    found: list[dict[str, Any]] = [one for one in SERVER["devices"] if one["name"] == name]
    return found[-1]


def by_token(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


OFFICE_PHONE = by_token(device("李老师的手机")["token"])


def log_of(served: Served) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All operations on the log, and what the last page says besides."""
    found: list[dict[str, Any]] = []
    while True:
        since = {"since": found[-1]["seq"] if found else 0}
        answer = requests.get(campaign_address(served, "pull"), since, headers=OFFICE_PHONE, timeout=30)
        page = answer.json()
        found += page["ops"]
        if not page["more"]:
            return found, page


def records_of(served: Served, towns: str = "") -> dict[str, dict[str, Any]]:
    """Record → what the server tells a phone that begins, of some towns or of all."""
    found: dict[str, dict[str, Any]] = {}
    after: str | None = ""
    while after is not None:
        asked = {"after": after, "towns": towns}
        answer = requests.get(campaign_address(served, "snapshot"), asked, headers=OFFICE_PHONE, timeout=30)
        page = answer.json()
        found |= {record["record"]: record for record in page["records"]}
        after = page["next"]
    return found


def values_of(record: dict[str, Any]) -> dict[str, Any]:
    """Field → the value that is shown: that of the last write."""
    return {name: value for write in record["state"]["live"] for name, value in write[7].items()}


ARRIVED_ON = "2026-11-28"
"""When all of it arrived: no event is of a later day, though one of these says so."""


def with_kit_found(hazard: str, values: dict[str, Any]) -> dict[str, Any]:
    """A hazard's values with the kit that its events found, which 0.1 showed in the history only."""
    events = (event["values"] for event in SERVER["events"].values() if event["hazard"] == hazard)
    found = {name: check for event in events for name, check in event.items() if name.startswith("kit_")}
    return {**found, **values}


def without_nothing(value: Any) -> Any:
    """A value without those of its parts that nobody filled in."""
    return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


def conflicts_of(record: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → its values, where several hold."""
    values: dict[str, list[Any]] = {}
    for write in record["state"]["live"]:
        for name, value in write[7].items():
            values.setdefault(name, []).append(value)
    return {name: several for name, several in values.items() if any(one != several[-1] for one in several)}


def pushed(served: Served, token: str, operation: dict[str, Any]) -> dict[str, Any]:
    """What the server answers to one operation."""
    content = {"epoch": CAMPAIGN["epoch"], "ops": [operation]}
    answer = requests.post(
        campaign_address(served, "push"), json=content, headers=by_token(token), timeout=30
    )
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["results"][0]
    return result


def photo(served: Served, sha256: str) -> requests.Response:
    return requests.get(f"{served.url}/api/v1/photos/{sha256}/original", headers=OFFICE_PHONE, timeout=30)


def signed_in(served: Served, name: str, password: str) -> requests.Session | None:
    """The browser of somebody with that password; None where the server does not let them in."""
    browser = requests.Session()
    form = {"name": name, "password": password}
    answer = browser.post(f"{served.url}/sign-in", form, allow_redirects=False, timeout=30)
    return browser if answer.status_code == 303 else None


def page(served: Served, path: str, name: str = "张管理") -> str:
    """A page as somebody sees it."""
    [password] = [person["password"] for person in SERVER["people"] if person["name"] == name]
    browser = signed_in(served, name, password)
    assert browser is not None
    answer = browser.get(f"{served.url}{path}", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


def moved_to(served: Served, database: Path) -> None:
    """Let a phone of 0.1 that has not been opened yet look for its server where it is now."""
    kept = sqlite3.connect(database)
    with kept:
        kept.execute(
            "UPDATE meta SET value = json_set(value, '$.origin', ?) WHERE key = 'identity'", (served.url,)
        )
    kept.close()


def test_every_hazard_is_exported_with_its_number_status_and_values(
    served_to_read: Served, tmp_path: Path
) -> None:
    out = tmp_path / "ledger.geojson"
    served_to_read.command("export", str(out))
    features = {one["id"]: one for one in json.loads(out.read_text(encoding="utf-8"))["features"]}
    assert features.keys() == {hazard for hazard, told in HAZARDS.items() if not told["deleted"]}
    for hazard, feature in features.items():
        told, said = HAZARDS[hazard], feature["properties"]
        closed_on = told["dates"].get("closed_on")
        assert (said["number"], said["status"]) == (told["ledger_no"], told["status"])
        assert (said["due_date"], said["closed_on"], said["relapses"]) == (
            told["dates"].get("due_date"),
            closed_on and min(closed_on, ARRIVED_ON),
            told["relapses"],
        )
        for name in with_kit_found(hazard, told["values"]).keys() - {"position", "deleted", "due_date"}:
            assert without_nothing(said[name]) == without_nothing(
                with_kit_found(hazard, told["values"])[name]
            ), name
        place = told["values"].get("position")
        if place:
            assert feature["geometry"]["coordinates"] == [place["lon"], place["lat"]]


def test_the_log_is_the_same_to_the_last_operation(served_to_read: Served) -> None:
    operations, end = log_of(served_to_read)
    assert operations == SERVER["operations"]
    assert (end["next"], end["tip"], end["epoch"]) == tuple(
        CAMPAIGN[name] for name in ("seq", "tip", "epoch")
    )


def test_every_record_stands_as_it_did_with_its_conflicts(served_to_read: Served) -> None:
    records = records_of(served_to_read)
    told = {**HAZARDS, **SERVER["visits"]}
    assert records.keys() == {*told, *SERVER["events"], *SERVER["photos"]}
    for record, then in told.items():
        values = values_of(records[record])
        assert bool(values.pop("deleted", False)) >= then["deleted"]
        assert values == then["values"]
        assert conflicts_of(records[record]) == then["conflicts"]
        assert records[record].get("ledger_no") == then.get("ledger_no")
    for record, then in SERVER["events"].items():
        assert (values_of(records[record]), records[record]["owner"]) == (then["values"], then["hazard"])
    for record, then in SERVER["photos"].items():
        values = values_of(records[record])
        assert values["attached"] is then["attached"]
        for name in ("sha256", "role", "hazard", "event", "visit"):
            assert values.get(name) == then[name]


def test_the_ledger_shows_every_status_and_a_hazards_page_what_happened(served_to_read: Served) -> None:
    rows = page(served_to_read, "/ledger").split("<tr>")
    for hazard, told in HAZARDS.items():
        shown_in = [row for row in rows if f"/hazards/{hazard}" in row]
        assert len(shown_in) == (not told["deleted"])
        for row in shown_in:
            assert all(word in row for word in (told["ledger_no"], *told["in_words"]))
        text = page(served_to_read, f"/hazards/{hazard}") if told["is"] in ("closed", "merged") else ""
        for event in SERVER["events"].values() if text else ():
            said = [event["values"].get(name) for name in ("measures_done", "comment", "assignee_unit")]
            if event["hazard"] == hazard:
                assert all(word in text for word in said if word)


def test_what_contradicts_itself_is_still_to_be_settled(served_to_read: Served) -> None:
    text = page(served_to_read, "/conflicts", "王审核")
    for told in HAZARDS.values():
        in_question = not told["deleted"] and bool(told["disputed"] or told["also"])
        assert (told["values"]["water_name"] in text) is in_question
    assert "118" in text
    assert "125" in text


def test_every_photo_is_here_byte_for_byte(served_to_read: Served) -> None:
    for sha256, told in SERVER["photo_files"].items():
        answer = photo(served_to_read, sha256)
        assert (answer.status_code, answer.headers["content-type"]) == (200, told["mime"])
        assert len(answer.content) == told["bytes"]
        assert hashlib.sha256(answer.content).hexdigest() == sha256
    for sha256 in SERVER["photos_never_sent"]:
        assert photo(served_to_read, sha256).status_code == 404


def test_whoever_attached_a_photo_that_is_here_holds_it(served_to_read: Served) -> None:
    kept = sqlite3.connect(served_to_read.data / "anlan.sqlite3")
    held = {sha256 for (sha256,) in kept.execute("SELECT sha256 FROM photo_holder NATURAL JOIN photo_file")}
    attached = {
        (said["fields"]["sha256"], said["author"])
        for (wire,) in kept.execute("SELECT wire FROM operation WHERE kind = 'attach'")
        if (said := json.loads(wire))["fields"]["sha256"] in SERVER["photo_files"]
    }
    assert attached <= set(kept.execute("SELECT sha256, person FROM photo_holder"))
    kept.close()
    assert held == set(SERVER["photo_files"])


def test_what_a_hazard_was_merged_into_is_found(served_to_read: Served) -> None:
    kept = sqlite3.connect(served_to_read.data / "anlan.sqlite3")
    found = kept.execute("SELECT id, merged_into FROM hazard_event WHERE merged_into IS NOT NULL").fetchall()
    kept.close()
    said = {event: told["values"].get("merged_into") for event, told in SERVER["events"].items()}
    assert found
    assert dict(found) == {event: into for event, into in said.items() if into}


def test_everybody_signs_in_with_the_same_password_and_may_do_the_same(served_to_read: Served) -> None:
    for person in SERVER["people"]:
        if person["password"] is None:
            continue
        assert signed_in(served_to_read, person["name"], f"{person['password']}!") is None
        browser = signed_in(served_to_read, person["name"], person["password"])
        assert browser is not None
        may = {
            path: browser.get(f"{served_to_read.url}{path}", timeout=30).status_code == 200
            for path in ("/ledger", "/people")
        }
        assert may == {"/ledger": True, "/people": person["role"] == "administrator"}
    text = page(served_to_read, "/people")
    assert all(person["name"] in text for person in SERVER["people"])


def test_the_tokens_of_active_phones_work_and_that_of_a_revoked_one_does_not(served_to_read: Served) -> None:
    text = page(served_to_read, "/devices")
    for told in SERVER["devices"]:
        if told["platform"] == "office":
            continue
        headers = by_token(told["token"])
        answer = requests.get(campaign_address(served_to_read, "pull"), headers=headers, timeout=30)
        assert answer.status_code == (401 if told["revoked"] else 200)
        assert told["revoked"] or answer.json()["renew_token"], "a token of 0.1 is old"
        assert told["id"] in text
        assert (f"/devices/{told['id']}/revoke" in text) is not told["revoked"]


def test_what_was_refused_waits_or_is_settled_as_it_was(served_to_read: Served) -> None:
    waiting, _, settled = page(served_to_read, "/quarantine").partition('<h2 class="after">')
    for told in SERVER["quarantine"]:
        address = f'href="/quarantine/{told["device"]}/{told["n"]}"'
        assert (address in waiting) is (told["settled"] is None)
        assert told["reason"] in settled
    assert waiting.count("/quarantine/") == sum(told["settled"] is None for told in SERVER["quarantine"])


def test_a_hazard_that_moved_comes_to_whoever_asks_for_either_town(served_to_read: Served) -> None:
    for told in SERVER["moved"]:
        assert told["hazard"] in records_of(served_to_read, told["town"])
    assert len(records_of(served_to_read, "441900401")) < len(HAZARDS)


def test_the_audit_keeps_its_lines(served_to_read: Served) -> None:
    kept = sqlite3.connect(served_to_read.data / "anlan.sqlite3")
    now = Counter(action for (action,) in kept.execute("SELECT action FROM audit"))
    kept.close()
    assert Counter(SERVER["audit"]) <= now


def test_the_audit_is_chained(served_to_read: Served) -> None:
    printed = served_to_read.command("audit", "verify")
    number, _, _ = printed.splitlines()[-1].partition(":")
    assert int(number) >= sum(SERVER["audit"].values())


def test_what_was_answered_is_answered_alike_when_it_comes_again(served: Served) -> None:
    tokens = {one["id"]: one["token"] for one in SERVER["devices"]}
    successors = {one["predecessor"]: one["token"] for one in SERVER["devices"]}
    for told in SERVER["operations"]:
        token = successors.get(told["device"]) or tokens[told["device"]]
        if token is None or token == device("丢失的手机")["token"]:
            continue
        again = {name: value for name, value in told.items() if name not in STAMP}
        result = pushed(served, token, again)
        assert (result["status"], result["seq"]) == ("duplicate", told["seq"])
        assert result.get("ledger_no") == told.get("ledger_no")
    for told in SERVER["quarantine"]:
        raw = told["raw"] or SERVER["home_visit_as_it_was_sent"]
        result = pushed(served, tokens[told["device"]], raw)
        assert result["status"] == (told["settled"] or "quarantined")
        expected = {"reason": told["reason"]} if told["settled"] else told["details"]
        assert result["why"]["details"] == expected
    assert log_of(served)[1]["next"] == CAMPAIGN["seq"]


def test_a_code_and_a_password_link_that_nobody_has_used_still_work(served: Served) -> None:
    content = {"code": SERVER["unused_enrolment_code"], "device_name": "新手机", "platform": "test"}
    answer = requests.post(f"{served.url}/api/v1/enrol", json=content, timeout=30)
    assert answer.status_code == 201
    assert answer.json()["person"]["name"] == "赵审核"
    assert requests.post(f"{served.url}/api/v1/enrol", json=content, timeout=30).status_code != 201
    link = SERVER["unused_password_link"]
    form = {"password": "zhou-shen-he-2026", "again": "zhou-shen-he-2026"}
    address = f"{served.url}/welcome/{link['token']}"
    assert requests.post(address, form, allow_redirects=False, timeout=30).status_code == 303
    assert signed_in(served, link["person"], form["password"]) is not None


def test_an_upload_goes_on_where_it_stopped(served: Served) -> None:
    told = SERVER["unfinished_upload"]
    [token] = [one["token"] for one in SERVER["devices"] if one["id"] == told["device"]]
    address = f"{served.url}/api/v1/photos/{told['id']}"
    headers = {**by_token(token), "Tus-Resumable": "1.0.0"}
    answer = requests.head(address, headers=headers, timeout=30)
    assert answer.headers["upload-offset"] == str(told["offset"])
    headers |= {"Upload-Offset": str(told["offset"]), "Content-Type": "application/offset+octet-stream"}
    rest = base64.b64decode(told["rest_base64"])
    answer = requests.patch(address, data=rest, headers=headers, timeout=30)
    assert answer.headers["upload-offset"] == str(told["length"])
    assert hashlib.sha256(photo(served, told["sha256"]).content).hexdigest() == told["sha256"]


def test_ledger_numbers_count_on(served: Served) -> None:
    phone, last = device("陈老师的手机"), SERVER["operations"][-1]
    for place, (key, number) in enumerate(SERVER["ledger_counters"].items()):
        town, year = key.split("-")
        fields = {"year": int(year), "water_name": "迁移后录入", "water_type": "pond", "town_code": town}
        operation = {name: value for name, value in last.items() if name not in STAMP}
        operation |= {"device": phone["id"], "n": 1000 + place, "type": "hazard", "kind": "edit"}
        operation |= {"record": f"00000000-0000-7000-8000-{place:012x}", "fields": fields}
        operation |= {"author": next(p["id"] for p in SERVER["people"] if p["name"] == phone["person"])}
        result = pushed(served, phone["token"], operation)
        assert (result["status"], result["seq"]) == ("stored", CAMPAIGN["seq"] + place + 1)
        assert result["ledger_no"] == f"DG-{town}-{year}-{number + 1:05d}"


@pytest.mark.anyio
async def test_the_phone_shows_all_that_it_had(tmp_path: Path) -> None:
    phone, told = await opened(unpacked("phone.zip", tmp_path / "phone")), CONTENTS["phone"]
    told = {**told, "drafts": drafted(told["drafts"])}
    for hazard, one in told["hazards"].items():
        one["values"] = with_kit_found(hazard, one["values"])
    for name, now in shown(phone).items():
        assert now == told[name], name
    assert not phone.damaged
    kept = {path.name: path.stat().st_size for path in (tmp_path / "phone" / "photos").iterdir()}
    assert kept == told["shelf"]
    await phone.close()


@pytest.mark.anyio
async def test_the_phone_brings_everything_unsent_and_once(tmp_path: Path, served: Served) -> None:
    folder, told = unpacked("phone.zip", tmp_path / "phone"), CONTENTS["phone"]
    moved_to(served, folder / "anlan.db")
    phone = await opened(folder)
    await sync(phone)
    await sync(phone)
    _has_arrived_once(served, told)
    assert drafted(phone.drafts()) == drafted(told["drafts"])
    assert {row.id for row in phone.hazards(limit=500)} == told["hazards"].keys()
    heard = {verdict["n"] for verdict in shown(phone)["verdicts"]}
    [unheard] = [
        one["n"]
        for one in SERVER["quarantine"]
        if one["device"] == told["identity"]["device"] and one["reason"] == "潮位不登记"
    ]
    assert heard == {verdict["n"] for verdict in told["verdicts"]} | {unheard}
    # the office wrote the description as well, after this phone had last heard of it
    [reported] = [hazard for hazard, then in HAZARDS.items() if then["is"] == "reported"]
    both = hazard_shown(phone, reported)["conflicts"]["description"]
    assert both == sorted(["办公室核实:东侧已设临时围挡", "现场:西侧护栏倒伏"])
    assert not shown(phone)["waiting"]["operations"]
    assert not shown(phone)["waiting"]["photos"]
    await phone.close()


@pytest.mark.anyio
async def test_saves_that_only_the_browsers_journal_knows_are_there_and_arrive_once(
    tmp_path: Path, served: Served
) -> None:
    root, told = unpacked("browser_phone.zip", tmp_path / "browser"), CONTENTS["browser_phone"]
    journal = (root / "journal").read_text(encoding="utf-8")
    assert len(re.findall(r"^[0-9a-f]{8} ", journal, re.MULTILINE)) == 4
    moved_to(served, root / "kept" / "anlan.db")
    phone = await opened_in_browser(root)
    assert not phone.damaged
    told = {**told, "drafts": drafted(told["drafts"])}
    for hazard, one in told["hazards"].items():
        one["values"] = with_kit_found(hazard, one["values"])
    for name, now in shown(phone).items():
        assert now == told[name], name
    await sync(phone)
    await sync(phone)
    _has_arrived_once(served, told)
    assert not shown(phone)["waiting"]["operations"]
    await phone.close()


@pytest.mark.anyio
async def test_the_app_opens_in_the_language_that_was_chosen() -> None:
    class Preferences:
        async def get(self, name: str) -> Any:
            return CONTENTS["phone"]["preferences"].get(name)

    assert await language_with(Preferences()) == "en"


def _has_arrived_once(served: Served, told: dict[str, Any]) -> None:
    """Every operation that a phone had not sent is on the log, and the bytes of its photos are here."""
    operations, end = log_of(served)
    assert operations[: CAMPAIGN["seq"]] == SERVER["operations"]
    new = [{name: v for name, v in one.items() if name not in STAMP} for one in operations[CAMPAIGN["seq"] :]]
    assert new == [json.loads(wire) for wire in told["unsent"]]
    assert end["next"] == CAMPAIGN["seq"] + len(told["unsent"])
    for row in told["photo_files"]:
        if row["state"] in ("waiting", "uploading"):
            assert hashlib.sha256(photo(served, row["sha256"]).content).hexdigest() == row["sha256"]
