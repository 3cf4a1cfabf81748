"""Whether a photo of finished work is nearly the same picture as one from before it."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Annotated

from fastapi import Depends

from shared.problems import Problem
from shared.vocabulary import PhotoRole
from sync_server.deps import LanesDep, PhotosDep
from sync_server.pages.hazards.hazard_sources import Sources
from sync_server.photos.picture import alike

MOST_COMPARED = 64
"""So many of each side, the latest: more than anybody would add to hide one among them."""
SECONDS = 3.0
"""A page waits no longer for pictures to be decoded; the next view of it has more hashes."""


def _near_copies(photos: PhotosDep, lanes: LanesDep, sources: Sources) -> bool:
    """Whether two that have arrived are nearly the same, as far as they are hashed within `SECONDS`.

    For threads of pages.
    """
    here = {sha256 for _, sha256 in sources.here}
    finished = {kept.photo.sha256 for kept in sources.finished}
    after = [one.photo.sha256 for one in sources.finished if one.photo.sha256 in here]
    others = [one.photo.sha256 for one in sources.photos if one.photo.role is not PhotoRole.AFTER]
    before = [one for one in [*sources.taken_off, *others] if one in here - finished]
    pair = [some[-MOST_COMPARED:] for some in (after, before)]
    if not all(pair):
        return False
    known = {sha256: photos.dhash_if_made(sha256) for some in pair for sha256 in some}
    end = time.monotonic() + SECONDS
    with suppress(TimeoutError):
        # One picture after another, so that pages that want to show pictures wait for one only.
        for sha256 in [sha256 for sha256, found in known.items() if found is None]:
            with suppress(Problem):
                work = partial(photos.dhash, sha256)
                known[sha256] = lanes.pictures.wait_for(work, end - time.monotonic())
    hashes = [[known[sha256] or b"" for sha256 in some] for some in pair]
    return any(alike(one, other) for one in hashes[0] for other in hashes[1])


async def _comparison(photos: PhotosDep, lanes: LanesDep) -> Callable[[Sources], bool]:
    return partial(_near_copies, photos, lanes)


NearCopiesDep = Annotated[Callable[[Sources], bool], Depends(_comparison)]
"""Whether a hazard has such a photo."""
