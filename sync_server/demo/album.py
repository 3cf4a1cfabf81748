"""Draws and stores the demo photos: scenes for every town and kind of water, a file for every hazard."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from shared.operations import Kind, Operation
from shared.towns import TOWNS, Town
from sync_server.database.tables import PhotoFileRow, PhotoHolderRow
from sync_server.database.timestamps import text_of_ms
from sync_server.demo import pictures
from sync_server.demo.hazard_story import DemoChange, Scene
from sync_server.photos.store import PhotoStore

PER_KIND = 2
_THREADS = 16
PICTURES = len(TOWNS) * len(pictures.KINDS) * PER_KIND * 2


@dataclass(frozen=True, slots=True)
class Album:
    """Scenes by town code and kind of water; `photos`: SHA-256 → the drawing and the hazard of a photo."""

    scenes: dict[tuple[str, str], tuple[Scene, ...]]
    photos: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def add_photo(self, drawing: bytes, hazard: str) -> dict[str, Any]:
        """Add a hazard's own photo of a drawing, whose bytes no other hazard has. Returns its fields."""
        data = _with_comment(drawing, hazard)
        sha256 = hashlib.sha256(data).hexdigest()
        self.photos[sha256] = drawing, hazard
        width, height = pictures.SIZE
        return {
            "sha256": sha256,
            "original_sha256": sha256,
            "mime": "image/jpeg",
            "bytes": len(data),
            "width": width,
            "height": height,
        }


def draw(season: str, on_drawn: Callable[[], None]) -> Album:
    """Draw all scenes, with `season` (the year) written on them. Calls `on_drawn` for each."""

    def drawing(town: Town, kind: str, number: int, after: bool) -> bytes:
        caption = f"{town.en}   {season} {'after' if after else 'before'}   drawn, no real place"
        on_drawn()
        return pictures.draw(kind, TOWNS.index(town) * 10 + number, after, caption)

    return Album(
        {
            (town.code, kind): tuple(
                Scene(drawing(town, kind, number, False), drawing(town, kind, number, True))
                for number in range(PER_KIND)
            )
            for town in TOWNS
            for kind in pictures.KINDS
        }
    )


def store(
    photo_store: PhotoStore, album: Album, changes: Sequence[DemoChange], on_stored: Callable[[], None]
) -> None:
    """Store the photos that the changes attach, several at a time. Calls `on_stored` for each."""
    attached = {change.fields["sha256"] for change in changes if change.kind is Kind.ATTACH}

    def put(sha256: str) -> None:
        if not photo_store.exists(sha256):
            photo_store.put(sha256, _with_comment(*album.photos[sha256]))

    with ThreadPoolExecutor(_THREADS) as pool:  # each waits for the disk
        for _ in pool.map(put, sorted(attached)):
            on_stored()


def enter(session: Session, operations: Sequence[Operation], at_ms: int) -> None:
    """Add the rows of the stored photos, which the authors of the operations hold that attach them."""
    names = ("sha256", "mime", "bytes", "width", "height")
    at = text_of_ms(at_ms)
    campaign = operations[0].campaign
    attached = [operation for operation in operations if operation.kind is Kind.ATTACH]
    for sha256, author in {(one.fields["sha256"], one.author) for one in attached}:
        session.add(PhotoHolderRow(campaign=campaign, sha256=sha256, person=author, since=at))
    for shot in {one.fields["sha256"]: one.fields for one in attached}.values():
        session.add(PhotoFileRow(campaign=campaign, received_at=at, **{name: shot[name] for name in names}))
    session.flush()


def _with_comment(drawing: bytes, hazard: str) -> bytes:
    """The JPEG with the hazard's id as its comment segment (COM)."""
    comment = hazard.encode()
    return drawing[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + drawing[2:]
