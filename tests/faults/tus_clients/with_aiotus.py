"""One life of aiotus: `python -m tests.faults.tus_clients.with_aiotus MODE URL TOKEN FILE SHA256 MEMORY`.

Modes: `whole`; `pause`, which stops halfway and writes the upload's URL to the file MEMORY; `resume`.
"""

import asyncio
import sys
from pathlib import Path
from typing import BinaryIO

import aiohttp
import aiotus
import yarl
from aiotus import core, creation

CHUNK = 40_000


async def main(mode: str, url: str, token: str, path: str, sha256: str, memory: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    metadata: aiotus.Metadata = {"sha256": sha256.encode(), "mime": b"image/jpeg"}
    with Path(path).open("rb") as file:
        if mode == "whole":
            retry = aiotus.RetryConfiguration(retry_attempts=50, max_retry_period_seconds=0.01)
            endpoint = f"{url}/api/v1/photos"
            done = await aiotus.upload(
                endpoint, file, metadata, config=retry, headers=headers, chunksize=CHUNK
            )
            assert done is not None
            return
        async with aiohttp.ClientSession() as session:
            if mode == "pause":
                upload = await creation.create(
                    session, yarl.URL(f"{url}/api/v1/photos"), file, metadata, headers=headers
                )
                Path(memory).write_text(str(upload))
                await _half(session, upload, file, headers)
            else:
                upload = yarl.URL(Path(memory).read_text())
                assert await core.offset(session, upload, headers=headers) > 0
                await core.upload_buffer(session, upload, file, headers=headers, chunksize=CHUNK)


async def _half(
    session: aiohttp.ClientSession, upload: yarl.URL, file: BinaryIO, headers: dict[str, str]
) -> None:
    uploading = asyncio.create_task(
        core.upload_buffer(session, upload, file, headers=headers, chunksize=CHUNK)
    )
    while await core.offset(session, upload, headers=headers) < CHUNK:
        assert not uploading.done()
    uploading.cancel()
    await asyncio.gather(uploading, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
