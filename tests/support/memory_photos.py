"""Photo files in memory, durable at once."""

from dataclasses import dataclass, field

from shared import problems


@dataclass(frozen=True)
class MemoryFile:
    """A photo file in memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def part(self, start: int, size: int) -> bytes:
        """`size` bytes from `start`."""
        return self.data[start : start + size]


@dataclass
class MemoryPhotos:
    """`PhotoFiles` in a dict."""

    files: dict[str, bytes] = field(default_factory=dict)

    async def put(self, name: str, data: bytes) -> None:
        self.files[name] = data

    async def get(self, name: str) -> bytes:
        if name not in self.files:
            raise problems.photo_not_here(name=name)
        return self.files[name]

    async def open(self, name: str) -> MemoryFile:
        return MemoryFile(await self.get(name))

    async def names(self) -> list[str]:
        return sorted(self.files)

    async def remove(self, name: str) -> None:
        self.files.pop(name, None)
