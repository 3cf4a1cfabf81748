"""Exports what the server does not have yet into encrypted files for the office.

Nothing on this phone changes by it: what was exported goes on waiting, and the server recognises what it has.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, TypeVar

from mobile_app.device.clock import Clock
from mobile_app.device.photo_files import PhotoFiles
from mobile_app.device.picker import FileSaver
from mobile_app.device.sealing import Sealing
from mobile_app.store.database import meta
from mobile_app.store.database.meta import Identity
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import outbox
from mobile_app.store.queries import photos
from mobile_app.store.queries.photos import WaitingPhoto
from mobile_app.sync.home_visits import HomeVisits
from shared import problems
from shared.problems import Problem
from shared.sealed.unsent_file import (
    ENDING,
    MAX_CONTENTS,
    MOST_ENVELOPES,
    MOST_OPERATIONS,
    MOST_PHOTOS,
    USUAL_PHOTOS,
    UnsentHeader,
    sealed_size,
)
from shared.sync.wire import MAX_VALUES

_EVERY = 10**6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnsentFile:
    """What goes into one file: operations as canonical JSON, sealed home visits, and photos."""

    operations: tuple[str, ...] = ()
    envelopes: tuple[str, ...] = ()
    photos: tuple[WaitingPhoto, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes the file will have."""
        texts = sum(len(text.encode()) + 1 for text in (*self.operations, *self.envelopes))
        return sealed_size(texts + 200 * (1 + len(self.photos)), *(photo.bytes for photo in self.photos))


class Unsent:
    """What this phone can hand to the office besides sending it."""

    def __init__(
        self,
        database: PhoneDatabase,
        photo_files: PhotoFiles,
        sealing: Sealing,
        saver: FileSaver,
        home_visits: HomeVisits,
        clock: Clock,
    ) -> None:
        self._database, self._photo_files, self._clock = database, photo_files, clock
        self._sealing, self._saver, self._home_visits = sealing, saver, home_visits

    @property
    def trouble(self) -> Problem | None:
        """Why nothing can be exported now: sealing_unavailable, office_key_missing."""
        if not self._sealing.available():
            return problems.sealing_unavailable()
        return None if self._database.read(meta.office_key) else problems.office_key_missing()

    async def files(self) -> list[UnsentFile]:
        """What would be exported, in files of a size that a phone can hold in memory."""
        here = set(await self._photo_files.names())
        offers = self._database.read(lambda session: outbox.unsent(session, _EVERY))
        undelivered = self._database.read(photos.undelivered)
        return divided(
            [offer.wire for offer in offers],
            self._home_visits.envelopes(),
            [photo for photo in undelivered if photo.sha256 in here],
        )

    async def save(self, file: UnsentFile, number: int, of: int) -> bool:
        """Seal a file, the `number`th `of` so many, and hand it to the person; whether they took it.

        Problems: sealing_unavailable, office_key_missing, sign_in_required.
        """
        if self.trouble:
            raise self.trouble
        who, key = self._database.read(meta.identity), self._database.read(meta.office_key)
        if who is None or key is None:
            raise problems.sign_in_required()
        id, parts, public = secrets.token_hex(16), 1 + len(file.photos), key.jwk.model_dump()
        lines: list[str] = []
        for part in range(1, parts + 1):
            header = UnsentHeader(kid=key.kid, file=id, part=part, parts=parts)
            content = self._contents(who, file) if part == 1 else await self._bytes(file.photos[part - 2])
            lines.append(await self._sealing.seal(content, header.protected(), public))
        return await self._saver.save(self._name(who, number, of), "\n".join([*lines, ""]).encode())

    def _contents(self, who: Identity, file: UnsentFile) -> str:
        head: dict[str, Any] = {
            "campaign": who.campaign,
            "token": who.token,
            "made_at": self._clock.wall().isoformat(timespec="seconds"),
            "envelopes": file.envelopes,
            "photos": [
                {
                    "sha256": photo.sha256,
                    "mime": photo.mime,
                    "bytes": photo.bytes,
                    "record": photo.record,
                }
                for photo in file.photos
            ],
        }
        return f'{json.dumps(head)[:-1]},"ops":[{",".join(file.operations)}]}}'

    async def _bytes(self, photo: WaitingPhoto) -> bytes:
        """The photo; a blank where it is gone, which the office is told."""
        try:
            return await self._photo_files.get(photo.sha256)
        except Problem as problem:
            if problem.kind is problems.photo_not_here:
                return b" "
            raise

    def _name(self, who: Identity, number: int, of: int) -> str:
        day = self._clock.wall().strftime("%Y%m%d-%H%M")
        return f"anlan-{who.device[:6]}-{day}-{number}-{of}{ENDING}"


def divided(
    operations: Sequence[str], envelopes: Sequence[str], waiting: Sequence[WaitingPhoto]
) -> list[UnsentFile]:
    """All of it, in as few files as the limits of one allow; none where there is nothing."""
    packs = zip_longest(
        _packed(operations, MOST_OPERATIONS, MAX_CONTENTS // 2, _weight),
        _packed(envelopes, MOST_ENVELOPES, MAX_CONTENTS // 4, len),
        _packed(waiting, MOST_PHOTOS, USUAL_PHOTOS, lambda photo: photo.bytes),
        fillvalue=(),
    )
    return [UnsentFile(*pack) for pack in packs]


def _packed(items: Sequence[T], most: int, limit: int, weight: Callable[[T], int]) -> Iterator[tuple[T, ...]]:
    """The items in order, at most that many in a pack and that much weight unless one alone has more."""
    pack: list[T] = []
    held = 0
    for item in items:
        if pack and (len(pack) == most or held + weight(item) > limit):
            yield tuple(pack)
            pack, held = [], 0
        pack.append(item)
        held += weight(item)
    if pack:
        yield tuple(pack)


def _weight(operation: str) -> int:
    """Its bytes; more where it has so many values that the limit of those would be met first."""
    values = sum(map(operation.count, (",", "[", "{")))
    return max(len(operation.encode()), values * MAX_CONTENTS // MAX_VALUES)
