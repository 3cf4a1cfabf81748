"""One life of aiotus: `python -m tests.faults.tus_clients.with_aiotus MODE URL TOKEN FILE SHA256 MEMORY`.

Modes: `whole`; `pause`, which ends in the middle and notes the upload's address in the file MEMORY; `resume`.
"""

import asyncio
import sys
from pathlib import Path
from typing import BinaryIO

import aiohttp
import aiotus
import yarl
from aiotus import core, creation

PIECE = 40_000


async def main(mode: str, url: str, token: str, path: str, sha256: str, memory: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    said: aiotus.Metadata = {"sha256": sha256.encode(), "mime": b"image/jpeg"}
    with Path(path).open("rb") as file:
        if mode == "whole":
            patience = aiotus.RetryConfiguration(retry_attempts=50, max_retry_period_seconds=0.01)
            endpoint = f"{url}/api/v1/photos"
            done = await aiotus.upload(
                endpoint, file, said, config=patience, headers=headers, chunksize=PIECE
            )
            assert done is not None
            return
        async with aiohttp.ClientSession() as session:
            if mode == "pause":
                where = await creation.create(
                    session, yarl.URL(f"{url}/api/v1/photos"), file, said, headers=headers
                )
                Path(memory).write_text(str(where))
                await _half(session, where, file, headers)
            else:
                where = yarl.URL(Path(memory).read_text())
                assert await core.offset(session, where, headers=headers) > 0
                await core.upload_buffer(session, where, file, headers=headers, chunksize=PIECE)


async def _half(
    session: aiohttp.ClientSession, where: yarl.URL, file: BinaryIO, headers: dict[str, str]
) -> None:
    uploading = asyncio.create_task(
        core.upload_buffer(session, where, file, headers=headers, chunksize=PIECE)
    )
    while await core.offset(session, where, headers=headers) < PIECE:
        assert not uploading.done()
    uploading.cancel()
    await asyncio.gather(uploading, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
