"""A day in the field: records and photos saved offline, then synced over a bad link."""

import asyncio
import hashlib
import io
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests
from PIL import Image

from mobile_app.device.photos import PickedPhoto, PreparedPhoto
from mobile_app.services import Services, open_services
from mobile_app.store.queries.upload_states import UploadState
from shared.vocabulary import KitState, PhotoRole, PhotoSource, WaterType
from tests.support.faulty_link import FaultyLink
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

PHONES = 2
MAX_ROUNDS = 2_000
"""The sync rounds that a phone may need before the test fails."""


@dataclass
class FieldDay:
    """What the phones saved (`photos`: hash → bytes), and what syncing it took."""

    phones: list[Services]
    hazards: set[str] = field(default_factory=set)
    photos: dict[str, int] = field(default_factory=dict)
    rounds: int = 0
    problems: set[str] = field(default_factory=set)

    async def close(self) -> None:
        """Close the phones."""
        await asyncio.gather(*(phone.close() for phone in self.phones))


async def save_day(folder: Path, served: Served, link: FaultyLink, records: int, photos: int) -> FieldDay:
    """Save `records` and `photos` (60 to 200 kB each) on phones that reach the server over `link`."""
    day = FieldDay([])
    for number in range(PHONES):
        phone = await open_services(folder / f"phone{number}")
        await phone.enrol(f"{link.url}/app/?code={served.code()}", f"{number}号手机")
        day.phones.append(phone)
    for number in range(records):
        phone = day.phones[number % PHONES]
        fields = {
            "water_name": f"第{number}处",
            "water_type": WaterType.HILL_POND,
            "town_code": "441900003",
            "position": {"lat": 23.0 + number / 1000, "lon": 113.78, "accuracy_m": 6.0},
            "kit_ring": {"state": KitState.MISSING},
        }
        prepared = [await _photo(phone, seed) for seed in range(number, photos, records)]
        day.photos |= {photo.sha256: photo.bytes for photo in prepared}
        day.hazards.add(await phone.save_hazard(fields, [(photo, PhotoRole.BEFORE) for photo in prepared]))
    assert (len(day.hazards), len(day.photos)) == (records, photos)
    return day


async def _photo(phone: Services, seed: int) -> PreparedPhoto:
    rng = Random(seed)
    width = rng.randrange(380, 680)
    height = width * 3 // 4
    picture = Image.frombytes("L", (width, height), rng.randbytes(width * height))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return await phone.prepare_photo(PickedPhoto(file.getvalue(), "pond.jpg", PhotoSource.CAMERA))


async def sync_all(day: FieldDay, link: FaultyLink, *, outages: bool = False) -> None:
    """Sync until nothing is waiting on any phone, retrying failed rounds at once instead of after a delay.

    With `outages`, there is sometimes no network at all.
    """
    await asyncio.gather(*(_send_all(day, phone, link, outages) for phone in day.phones))
    for phone in day.phones:  # pull the other phones' updates
        while await _round_failed(day, phone):
            pass


async def _send_all(day: FieldDay, phone: Services, link: FaultyLink, outages: bool) -> None:
    for number in range(MAX_ROUNDS):
        out = outages and phone is day.phones[0] and number % 8 == 3
        with link.refusing() if out else nullcontext():
            failed = await _round_failed(day, phone)
        if not failed and not phone.sync.ops_waiting and not phone.sync.photos_waiting:
            return
    raise AssertionError((phone.sync, day.problems))


async def _round_failed(day: FieldDay, phone: Services) -> bool:
    await phone.sync_now()
    day.rounds += 1
    if phone.sync.last_problem is None:
        return False
    day.problems.add(phone.sync.last_problem.code)
    return True


def check(day: FieldDay, served: Served) -> None:
    """Everything saved is on the server, complete and without duplicates, and the phones show it."""
    for phone in day.phones:
        rows = phone.hazards(limit=len(day.hazards) + 1)
        assert {row.id for row in rows} == day.hazards
        assert {row.upload for row in rows} == {UploadState.UPLOADED}
        assert all(row.photos_done == row.photos_total for row in rows)
    office = WirePhone.enrol(served.url, served.code())
    log = office.log()
    photo_ops = [op for op in log if op["type"] == "photo"]
    assert sorted(op["record"] for op in log if op["type"] == "hazard") == sorted(day.hazards)
    assert sorted(op["fields"]["sha256"] for op in photo_ops) == sorted(day.photos)
    assert {op["fields"]["hazard"] for op in photo_ops} <= day.hazards
    stored = [path.name for path in (served.data / "photos").glob("[0-9a-f][0-9a-f]/*")]
    assert sorted(stored) == sorted(day.photos)
    for sha256 in day.photos:
        answer = requests.get(
            f"{office.url}/api/v1/photos/{sha256}/original", headers=office.headers, timeout=30
        )
        assert hashlib.sha256(answer.content).hexdigest() == sha256


def payload(day: FieldDay, link: FaultyLink) -> float:
    """Photo bytes sent by the phones, relative to the size of the photos."""
    sent = link.carried.bodies
    return (sent["PATCH photos"] + sent["POST photos"]) / (sum(day.photos.values()) or 1)


def figures(day: FieldDay, link: FaultyLink) -> str:
    """What syncing took, as one line."""
    faults = ", ".join(f"{name} {times}" for name, times in sorted(link.carried.did.items()))
    return (
        f"{len(day.hazards)} records and {len(day.photos)} photos ({sum(day.photos.values()) / 1e6:.1f} MB):"
        f" payload {payload(day, link):.3f}, {day.rounds} rounds, {link.carried.connections} connections;"
        f" {faults}; problems: {', '.join(sorted(day.problems)) or 'none'}"
    )
