"""A phone's store for tests: enrolled, in memory or a folder, with functions that make operations."""

import itertools
from pathlib import Path
from typing import Any

from sqlmodel import Session

from mobile_app.device.disk import FolderDisk
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.ports import Ports
from mobile_app.services import Services
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log.recording import Moment
from shared import clock
from shared.operations import GENESIS, Kind, Operation, RecordType, Stamp
from shared.sync.wire import CampaignSettings, EnrolAnswer, Person
from shared.vocabulary import KitItem, Role
from tests.support.memory_disk import MemoryDisk

DEVICE, OTHER = "9f0c61d2a4b3e857", "1111111111111111"
CAMPAIGN = "dg-2026"
PERSON = "0197f3a0"
NOON = "2026-11-23T12:00:00.000+08:00"
NOON_MS = 1_795_406_400_000
POND = {"water_name": "石井塘", "water_type": "pond", "town_code": "441900003"}

ENROLLED = EnrolAnswer(
    device=DEVICE,
    token="a token",
    person=Person(id=PERSON, name="张三", role=Role.INSPECTOR),
    campaign=CAMPAIGN,
    epoch="first",
    server_time="2026-11-23T04:00:00Z",
    settings=CampaignSettings(name="2026", year=2026, target=2000, kit=tuple(KitItem)[:4]),
)


async def enrolled(folder: Path, origin: str = "http://127.0.0.1:1") -> PhoneDatabase:
    """The opened store of an enrolled phone."""
    database = await PhoneDatabase.open(FolderDisk(folder))
    await database.write(lambda session: meta.enrolled(session, ENROLLED, origin))
    return database


def on_folder(database: PhoneDatabase, folder: Path) -> Services:
    """The services over an opened store whose photos lie in `folder`."""
    return Services(
        database,
        Ports(
            FolderDisk(folder), FolderPhotoFiles(folder / "photos"), FolderPhotoFiles(folder / "home-visits")
        ),
    )


async def born(root: Path) -> None:
    """An enrolled phone of a browser that has kept itself once."""
    database = await PhoneDatabase.open(MemoryDisk(root))
    await database.write(lambda session: meta.enrolled(session, ENROLLED, ""))
    await database.close()


def record(number: int) -> str:
    """The id of the record with this number."""
    return f"00000000-0000-7000-8000-{number:012x}"


def moment(step: int = 0) -> Moment:
    """Noon and `step` seconds; ids count up from a million for each step."""
    ids = itertools.count(1_000_000 * (step + 1))
    return Moment(
        NOON.replace(":00.000", f":{step % 60:02d}.000"), NOON_MS + 1000 * step, lambda: record(next(ids))
    )


def operation(
    n: int,
    fields: dict[str, Any],
    *,
    device: str = OTHER,
    hazard: int = 1,
    type: RecordType = RecordType.HAZARD,
    kind: Kind = Kind.EDIT,
    base: int = 0,
) -> Operation:
    """An operation as another phone would make it."""
    return Operation(
        campaign=CAMPAIGN,
        device=device,
        number=n,
        record=record(hazard),
        type=type,
        kind=kind,
        fields=fields,
        base=base,
        base_fingerprint=GENESIS,
        hlc=clock.stamp(NOON_MS + n),
        made_at=NOON,
        author=PERSON,
    )


def stamp(seq: int, ledger_no: str | None = None) -> Stamp:
    """What the server would say."""
    return Stamp(seq, clock.stamp(NOON_MS + seq), ledger_no)


def photo_fields(sha256: str = "a" * 64, role: str = "before", size: int = 1000) -> dict[str, Any]:
    """The fields of a photo, but for whose it is."""
    return {"role": role, "sha256": sha256, "mime": "image/jpeg", "bytes": size}


def read(database: PhoneDatabase, work: Any) -> Any:
    """What `work` finds, untyped."""

    def found(session: Session) -> Any:
        return work(session)

    return database.read(found)
