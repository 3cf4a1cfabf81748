"""导出未上传的内容: what the server lacks goes into files for the office alone, and nothing here changes."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.queries import photos
from mobile_app.store.queries.photos import WaitingPhoto
from mobile_app.unsent import UnsentFile, divided
from shared import problems
from shared.sealed import jwe
from shared.sealed.unsent_file import (
    MAX_CONTENTS,
    MOST_OPERATIONS,
    MOST_PHOTOS,
    USUAL_PHOTOS,
    Contents,
    UnsentHeader,
)
from shared.sync.wire import OfficeKey
from tests.mobile_app.enrolled_store import CAMPAIGN, ENROLLED
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

PRIVATE = JWK.generate(kty="EC", crv="P-256")
KEY = OfficeKey(
    kid="the-office",
    jwk=jwe.PublicKey(
        **{name: PRIVATE.export_public(as_dict=True)[name] for name in ("kty", "crv", "x", "y")}
    ),
)
PULL = f"GET /api/v1/campaigns/{CAMPAIGN}/pull"


def opened(file: bytes) -> tuple[Contents, list[bytes]]:
    """What the office reads in a file."""
    lines = file.decode().splitlines()
    found: list[bytes] = []
    ids = set()
    for part, line in enumerate(lines, 1):
        header = jwe.read_header(line, UnsentHeader)
        assert header is not None
        assert (header.kid, header.part, header.parts) == (KEY.kid, part, len(lines))
        ids.add(header.file)
        token = JWE(algs=["ECDH-ES", "A256GCM"])
        token.deserialize(line, key=PRIVATE)
        found.append(token.payload)
    assert len(ids) == 1
    return Contents.model_validate_json(found[0]), found[1:]


async def with_key(device: ScriptedPhone) -> None:
    await device.open()
    await device.database.write(lambda session: meta.set_office_key(session, KEY))


async def exported(device: ScriptedPhone, route: str = "/sync/export") -> HeadlessPhone:
    """The screen, after its first file was saved."""
    phone = await device.start(route)
    await phone.tap("export-save-1")
    return phone


@played
async def test_everything_that_the_server_lacks_is_in_the_file(device: ScriptedPhone) -> None:
    await with_key(device)
    await device.add_hazard(2)
    await device.add_hazard(water_name="黄沙河")
    await exported(device)
    [(name, file)] = device.saver.saved.items()
    assert name.startswith("anlan-9f0c61-")
    assert name.endswith(".anlan")
    contents, pictures = opened(file)
    assert (contents.campaign, contents.token) == (CAMPAIGN, ENROLLED.token)
    assert contents.ops == [json.loads(made.model_dump_json(by_alias=True)) for made in device.unsent()]
    assert len(contents.ops) == 4
    assert [photo.sha256 for photo in contents.photos] == [
        hashlib.sha256(picture).hexdigest() for picture in pictures
    ]
    assert len(pictures) == 2
    assert ENROLLED.token.encode() not in file


@played
async def test_exporting_changes_nothing_here(device: ScriptedPhone) -> None:
    await with_key(device)
    await device.add_hazard(1)

    def standing(session: Session) -> Any:
        return photos.waiting(session), meta.progress(session)

    before = device.unsent(), device.database.read(standing), dict(device.photo_files.files)
    await exported(device)
    await exported(device)
    assert (device.unsent(), device.database.read(standing), dict(device.photo_files.files)) == before
    assert device.services.sync.ops_waiting == 2


@played
async def test_what_the_server_has_is_left_out_but_for_photos_that_it_lacks(device: ScriptedPhone) -> None:
    await with_key(device)
    await device.add_hazard(2)
    await device.acknowledge()
    first = await device.photo(lambda session, sha256: photos.delivered(session, sha256, "2020-01-01"))
    await device.add_hazard(water_name="黄沙河")
    await exported(device)
    [file] = device.saver.saved.values()
    contents, pictures = opened(file)
    assert [op["fields"]["water_name"] for op in contents.ops] == ["黄沙河"]
    assert len(pictures) == 1
    assert contents.photos[0].sha256 != first


@played
async def test_a_photo_that_failed_is_in_it_and_one_that_is_gone_is_not(device: ScriptedPhone) -> None:
    await with_key(device)
    await device.add_hazard(2)
    failed = await device.photo(
        lambda session, sha256: photos.failed(session, sha256, problems.photo_hash_mismatch())
    )
    gone = device.sha256(device.only_hazard(), 1)
    del device.photo_files.files[gone]
    await exported(device)
    [file] = device.saver.saved.values()
    assert [photo.sha256 for photo in opened(file)[0].photos] == [failed]


@played
async def test_a_phone_without_the_key_says_so_and_gets_it_with_a_pull(device: ScriptedPhone) -> None:
    await device.add_hazard()
    phone = await device.start("/sync/export")
    assert "公钥" in phone.find("export-problem").value
    assert not phone.has("export-save-1")
    page = {
        "ops": [],
        "next": 0,
        "tip": "0" * 16,
        "more": False,
        "epoch": "first",
        "server_time": "2026-11-23T04:00:00Z",
        "office_key": KEY.model_dump(),
    }
    who = device.services.identity
    assert who is not None
    device.transport.says(PULL, 200, page)
    device.transport.says(f"GET /api/v1/campaigns/{CAMPAIGN}/snapshot", 200, _empty_snapshot())
    device.transport.says(f"POST /api/v1/campaigns/{CAMPAIGN}/push", 200, _stored(device))
    await device.services.sync_now()
    assert device.database.read(meta.office_key) == KEY
    phone = await device.restart("/sync/export")
    assert device.database.read(meta.office_key) == KEY, "it is kept"


def _empty_snapshot() -> dict[str, Any]:
    said: dict[str, Any] = {"records": [], "next": None, "seq": 0, "tip": "0" * 16, "epoch": "first"}
    return {**said, "server_time": "2026-11-23T04:00:00Z"}


def _stored(device: ScriptedPhone) -> dict[str, Any]:
    [made] = device.unsent()
    result = {"n": made.number, "status": "quarantined", "why": {"code": "invalid", "details": {}}}
    said: dict[str, Any] = {
        "device": made.device,
        "results": [result],
        "epoch": "first",
        "seq": 0,
        "tip": "0" * 16,
    }
    return {**said, "server_time": "2026-11-23T04:00:00Z"}


@played
async def test_the_way_there_is_offered_while_something_waits(device: ScriptedPhone) -> None:
    await with_key(device)
    phone = await device.start("/sync")
    assert not phone.has("export-unsent")
    await phone.go("/sync/export")
    assert phone.says("没有未上传的内容")
    await phone.go("/sync")
    await device.add_hazard(1)
    await phone.settle()
    await phone.tap("export-unsent")
    assert phone.says("记录 2 条 · 照片 1 张")
    assert "1 个文件" in phone.find("export-size").value


@played
async def test_it_is_said_that_a_file_was_saved_and_not_if_the_person_turned_back(
    device: ScriptedPhone,
) -> None:
    await with_key(device)
    await device.add_hazard()
    device.saver.turns_back = True
    phone = await exported(device)
    assert not phone.has("export-saved-1")
    device.saver.turns_back = False
    await phone.tap("export-save-1")
    assert phone.has("export-saved-1")


@played
async def test_sealed_home_visits_that_wait_are_in_it(device: ScriptedPhone) -> None:
    await with_key(device)
    services = device.services
    waiting = ["an envelope", "another"]
    services.home_visits.envelopes = lambda: waiting  # type: ignore[method-assign]
    [file] = await services.unsent.files()
    assert await services.unsent.save(file, 1, 1)
    [saved] = device.saver.saved.values()
    assert opened(saved)[0].envelopes == waiting


def photo(number: int, size: int) -> WaitingPhoto:
    return WaitingPhoto(f"{number:064x}", "image/jpeg", size, "r", None, number, 0, None)


SIZES = st.lists(
    st.sampled_from([1, 1000, 700_000, USUAL_PHOTOS // 2, USUAL_PHOTOS, USUAL_PHOTOS * 2]), max_size=30
)
TEXTS = st.lists(st.sampled_from(["{}", '{"a":1}', "塘" * 20_000, "," * 30_000]), max_size=300)


@given(TEXTS, st.lists(st.sampled_from(["x" * 300, "y" * 60_000]), max_size=60), SIZES)
def test_files_hold_everything_once_in_order_and_within_the_limits(
    operations: list[str], envelopes: list[str], sizes: list[int]
) -> None:
    waiting = [photo(n, size) for n, size in enumerate(sizes)]
    files = divided(operations, envelopes, waiting)
    assert [text for file in files for text in file.operations] == operations
    assert [text for file in files for text in file.envelopes] == envelopes
    assert [one for file in files for one in file.photos] == waiting
    for file in files:
        assert file != UnsentFile()
        assert len(file.operations) <= MOST_OPERATIONS
        assert len(file.photos) <= MOST_PHOTOS
        assert _bytes(file.operations) + _bytes(file.envelopes) < MAX_CONTENTS * 7 // 8
        assert sum(text.count(",") for text in file.operations) < 150_000
        assert len(file.photos) == 1 or sum(one.bytes for one in file.photos) <= USUAL_PHOTOS


def _bytes(texts: Sequence[str]) -> int:
    return sum(len(text.encode()) for text in texts)
