"""The outside of a phone: everything its services ask of the device and of the network."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mobile_app.device.camera import Camera
from mobile_app.device.clock import Clock
from mobile_app.device.connectivity import Connectivity
from mobile_app.device.disk import open_disk
from mobile_app.device.draft_cipher import open_draft_cipher
from mobile_app.device.drawing.editor import PhotoEditor
from mobile_app.device.location import Location
from mobile_app.device.photo_files import PhotoFiles, open_photo_files, open_sealed_files
from mobile_app.device.picker import FileSaver, Picker
from mobile_app.device.sealing import Sealing, open_sealing
from mobile_app.device.storage_usage import Storage
from mobile_app.device.web.kept_tiles import KeptTiles
from mobile_app.store.database.phone_database import Disk
from mobile_app.store.home_visits.draft_lock import DraftCipher
from mobile_app.sync.transport import Transport, open_transport


@dataclass(frozen=True)
class Ports:
    """Where the app meets the outside; tests put an in-memory disk or a scripted device in its place.

    `open_transport(origin)` opens the connection to the server at `origin`.
    """

    disk: Disk
    photo_files: PhotoFiles
    sealed_files: PhotoFiles
    open_transport: Callable[[str], Transport] = open_transport
    clock: Clock = field(default_factory=Clock)
    location: Location = field(default_factory=Location)
    picker: Picker = field(default_factory=Picker)
    camera: Camera = field(default_factory=Camera)
    editor: PhotoEditor = field(default_factory=PhotoEditor)
    connectivity: Connectivity = field(default_factory=Connectivity)
    storage: Storage = field(default_factory=Storage)
    sealing: Sealing = field(default_factory=open_sealing)
    draft_cipher: DraftCipher = field(default_factory=open_draft_cipher)
    saver: FileSaver = field(default_factory=FileSaver)
    kept_tiles: KeptTiles = field(default_factory=KeptTiles)

    @property
    def for_home_visits(self) -> tuple[PhotoFiles, Sealing, DraftCipher, Clock]:
        """What home visits need of the device."""
        return self.sealed_files, self.sealing, self.draft_cipher, self.clock

    @property
    def for_sync(self) -> dict[str, Any]:
        """What the exchange needs of the device, by the names of `SyncLoop`."""
        return {"clock": self.clock, "open_transport": self.open_transport}

    @property
    def for_map(self) -> tuple[Clock, KeptTiles]:
        """What the map needs of the device."""
        return self.clock, self.kept_tiles

    @property
    def for_unsent(self) -> tuple[PhotoFiles, Sealing, FileSaver]:
        """What exporting needs of the device."""
        return self.photo_files, self.sealing, self.saver


async def device_ports(folder: Path | None = None) -> Ports:
    """The ports of this device; `folder` is for a real disk (default: the app's own).

    Problems: opened_elsewhere (another tab has the data), storage_blocked.
    """
    disk = await open_disk(folder)
    return Ports(disk, open_photo_files(disk.folder), open_sealed_files(disk.folder))
