"""Which photos of finished work are nearly the same pictures as ones from before it."""

import time
from collections.abc import Callable, Mapping
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

NearCopies = Mapping[str, str]
"""SHA-256 of a photo of finished work → of the first from before that looks like it."""


def _near_copies(photos: PhotosDep, lanes: LanesDep, sources: Sources) -> NearCopies:
    """Those of the photos that have arrived, as far as they are hashed within `SECONDS`.

    For threads of pages.
    """
    here = {sha256 for _, sha256 in sources.here}
    finished = {kept.photo.sha256 for kept in sources.finished}
    after = [one.photo.sha256 for one in sources.finished if one.photo.sha256 in here]
    others = [one.photo.sha256 for one in sources.photos if one.photo.role is not PhotoRole.AFTER]
    before = [one for one in [*sources.taken_off, *others] if one in here - finished]
    pair = [[one for one in some[-MOST_COMPARED:] if one] for some in (after, before)]
    if not all(pair):
        return {}
    known = {sha256: photos.dhash_if_made(sha256) for some in pair for sha256 in some}
    end = time.monotonic() + SECONDS
    with suppress(TimeoutError):
        # One picture after another, so that pages that want to show pictures wait for one only.
        for sha256 in [sha256 for sha256, found in known.items() if found is None]:
            with suppress(Problem):
                work = partial(photos.dhash, sha256)
                known[sha256] = lanes.pictures.wait_for(work, end - time.monotonic())
    found: dict[str, str] = {}
    for one in pair[0]:
        for other in pair[1]:
            if alike(known[one] or b"", known[other] or b""):
                found.setdefault(one, other)
    return found


async def _comparison(photos: PhotosDep, lanes: LanesDep) -> Callable[[Sources], NearCopies]:
    return partial(_near_copies, photos, lanes)


NearCopiesDep = Annotated[Callable[[Sources], NearCopies], Depends(_comparison)]
"""Finds them for a hazard."""
