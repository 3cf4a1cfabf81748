"""One life of tuspy: `python -m tests.faults.tus_clients.with_tuspy MODE URL TOKEN FILE SHA256 MEMORY`.

Modes: `whole`; `pause`, which stops halfway; `resume`, which resumes the upload in the file MEMORY.
"""

import sys
from pathlib import Path

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

CHUNK = 40_000


def main(mode: str, url: str, token: str, file: str, sha256: str, memory: str) -> None:
    client = TusClient(f"{url}/api/v1/photos", {"Authorization": f"Bearer {token}"})
    uploader = client.uploader(
        file,
        chunk_size=CHUNK,
        metadata={"sha256": sha256, "mime": "image/jpeg"},
        retries=20,
        retry_delay=0,
        store_url=True,
        url_storage=FileStorage(memory),  # type: ignore[no-untyped-call]
        upload_checksum=mode != "whole",  # with checksums, a server discards a chunk that is cut
    )
    if mode == "resume":
        assert uploader.offset > 0, "no upload in MEMORY"
    uploader.upload(stop_at=Path(file).stat().st_size // 2 if mode == "pause" else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
