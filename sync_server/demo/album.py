"""Draws and stores the demo photos: a few for every town and kind of water, which hazards share."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from shared.operations import Kind, Operation
from shared.towns import TOWNS, Town
from sync_server.database.tables import PhotoFileRow, PhotoHolderRow
from sync_server.database.timestamps import text_of_ms
from sync_server.demo import pictures
from sync_server.demo.hazard_story import Scene
from sync_server.photos.store import PhotoStore

PER_KIND = 2
PICTURES = len(TOWNS) * len(pictures.KINDS) * PER_KIND * 2


@dataclass(frozen=True, slots=True)
class Album:
    """Scenes by town code and kind of water."""

    scenes: dict[tuple[str, str], tuple[Scene, ...]]

    def shots(self) -> list[dict[str, Any]]:
        """All photos."""
        scenes = [scene for group in self.scenes.values() for scene in group]
        return [shot for scene in scenes for shot in (scene.before, scene.after)]


def draw(store: PhotoStore, season: str, on_drawn: Callable[[], None]) -> Album:
    """Draw and store all photos, with `season` (the year) written on them. Calls `on_drawn` for each."""

    def shot(town: Town, kind: str, number: int, after: bool) -> dict[str, Any]:
        caption = f"{town.en}   {season} {'after' if after else 'before'}   drawn, no real place"
        data = pictures.draw(kind, TOWNS.index(town) * 10 + number, after, caption)
        sha256 = hashlib.sha256(data).hexdigest()
        _store(store, sha256, data)
        on_drawn()
        width, height = pictures.SIZE
        return {
            "sha256": sha256,
            "original_sha256": sha256,
            "mime": "image/jpeg",
            "bytes": len(data),
            "width": width,
            "height": height,
        }

    return Album(
        {
            (town.code, kind): tuple(
                Scene(shot(town, kind, number, False), shot(town, kind, number, True))
                for number in range(PER_KIND)
            )
            for town in TOWNS
            for kind in pictures.KINDS
        }
    )


def enter(session: Session, album: Album, operations: Sequence[Operation], at_ms: int) -> None:
    """Add the rows of the stored photos, which the authors of the operations hold that attach them."""
    names = ("sha256", "mime", "bytes", "width", "height")
    at = text_of_ms(at_ms)
    campaign = operations[0].campaign
    attached = [operation for operation in operations if operation.kind is Kind.ATTACH]
    for sha256, author in {(one.fields["sha256"], one.author) for one in attached}:
        session.add(PhotoHolderRow(campaign=campaign, sha256=sha256, person=author, since=at))
    for shot in {shot["sha256"]: shot for shot in album.shots()}.values():
        session.add(PhotoFileRow(campaign=campaign, received_at=at, **{name: shot[name] for name in names}))
    session.flush()


def _store(store: PhotoStore, sha256: str, data: bytes) -> None:
    if not store.exists(sha256):
        store.put(sha256, data)
