"""One life of tuspy: `python -m tests.faults.tus_clients.with_tuspy MODE URL TOKEN FILE SHA256 MEMORY`.

Modes: `whole`; `pause`, which ends in the middle; `resume`, which goes on with what the file MEMORY knows.
"""

import sys
from pathlib import Path

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

PIECE = 40_000


def main(mode: str, url: str, token: str, file: str, sha256: str, memory: str) -> None:
    client = TusClient(f"{url}/api/v1/photos", {"Authorization": f"Bearer {token}"})
    uploader = client.uploader(
        file,
        chunk_size=PIECE,
        metadata={"sha256": sha256, "mime": "image/jpeg"},
        retries=20,
        retry_delay=0,
        store_url=True,
        url_storage=FileStorage(memory),  # type: ignore[no-untyped-call]  # its own
        upload_checksum=mode != "whole",  # a server must forget a piece that is cut before its checksum,
    )
    if mode == "resume":
        assert uploader.offset > 0, "it did not remember"
    uploader.upload(stop_at=Path(file).stat().st_size // 2 if mode == "pause" else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
