"""The setup of the laws: one thread, one clock, small pages, repeatable random numbers."""

import secrets
import uuid
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import anyio.to_thread
import pytest

from mobile_app.sync import sync_loop
from mobile_app.sync.upload import UploadTuning
from shared.sync import chunk_sizer, plan
from shared.sync.chunk_sizer import ChunkSizer
from sync_server.access import token_renewal
from sync_server.database import timestamps
from tests.laws.world import Prepared, TrueTime

LARGEST = 300
"""The largest chunk of a photo in bytes: small, so that even the first photo takes several chunks."""
TOKEN_DAYS = 0.25
"""How old a phone's token becomes: most days bring a new one."""
MOST = 4
"""Operations in one push: few, so that there are many pushes."""


@pytest.fixture(scope="module")
def prepared() -> Iterator[Prepared]:
    """A deployment with enrolled phones; its clock and random numbers are controlled by each run."""
    time, rng = TrueTime(), Random(0)

    async def here(work: Callable[..., Any], *given: Any, **_: Any) -> Any:
        return work(*given)

    def token(size: int = 32) -> str:
        return rng.randbytes(size).hex()

    def uuid4() -> uuid.UUID:
        return uuid.UUID(bytes=rng.randbytes(16), version=4)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anyio.to_thread, "run_sync", here)
        patch.setattr(timestamps, "now", time.now)
        patch.setattr(secrets, "token_hex", token)
        patch.setattr(secrets, "token_urlsafe", token)
        patch.setattr(uuid, "uuid4", uuid4)
        patch.setattr(sync_loop, "UploadTuning", lambda: UploadTuning(ChunkSizer(LARGEST)))
        patch.setattr(chunk_sizer, "SMALLEST", LARGEST // 2)
        patch.setattr(chunk_sizer, "LARGEST", LARGEST)
        patch.setattr(plan, "MAX_OPERATIONS", MOST)
        patch.setattr(token_renewal, "DAYS", TOKEN_DAYS)
        patch.setattr(plan, "MIN_OPERATIONS", MOST // 2)
        made = Prepared(time, rng)
        yield made
        made.close()
