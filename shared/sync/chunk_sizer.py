"""Chooses the size of upload chunks, for photos that cannot be sent as one stream.

Large chunks spend less time waiting for answers. But a browser that loses a connection silently resends the
whole chunk, although the server has already kept the bytes that arrived. So a chunk is always small compared
to what the link has carried between two cuts.
"""

from dataclasses import dataclass, replace

SMALLEST = 12 * 2**10
FIRST = 32 * 2**10
"""For an unknown link: few round trips, and a first cut costs little."""
LARGEST = 512 * 2**10
QUICK_SECONDS = 2.0
SLOW_SECONDS = 15.0
CHUNKS_PER_CUT = 24
"""A cut wastes about 1.5 chunks, and each chunk costs its headers: this number minimises the sum."""


@dataclass(frozen=True, slots=True)
class ChunkSizer:
    """The size of the next chunk, from the history of the link.

    `run`: bytes since the last cut. `carried`: bytes between the two cuts before it; before the first cut,
    what suits a chunk of the initial size.
    """

    size: int = FIRST
    run: int = 0
    carried: int = FIRST * CHUNKS_PER_CUT

    def arrived(self, sent: int, seconds: float) -> "ChunkSizer":
        """A chunk of `sent` bytes was acknowledged after `seconds`; a short last one never grows the size."""
        size = self.size
        if seconds > SLOW_SECONDS:
            size //= 2
        elif sent >= size and seconds < QUICK_SECONDS:
            size *= 2
        return replace(self, run=self.run + sent)._resized(size)

    def cut(self, got: int) -> "ChunkSizer":
        """The connection was cut; the server has `got` bytes of the chunk."""
        return replace(self, run=0, carried=self.run + got)._resized(self.size // 2)

    def lost(self) -> "ChunkSizer":
        """Nothing of a chunk arrived."""
        return self._resized(self.size // 2)

    def _resized(self, size: int) -> "ChunkSizer":
        most = min(max(self.carried, self.run) // CHUNKS_PER_CUT, LARGEST)
        return replace(self, size=max(SMALLEST, min(size, most)))
