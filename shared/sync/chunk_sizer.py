"""How many bytes of a photo to send at once, where it cannot go as one stream: as the way has been so far.

Large pieces waste no time on answers. But a browser that loses a connection sends the piece once more by
itself, for nothing, since the server has kept what came: so a piece is always small beside what the way has
been seen to carry in one go.
"""

from dataclasses import dataclass, replace

SMALLEST = 12 * 2**10
FIRST = 32 * 2**10
"""On a way that nothing is known of: few answers are waited for, and a first cut costs little."""
LARGEST = 512 * 2**10
QUICK_SECONDS = 2.0
SLOW_SECONDS = 15.0
PIECES_TO_A_CUT = 24
"""A cut costs about one and a half pieces, and each piece its headers. This many cost the least together."""


@dataclass(frozen=True, slots=True)
class ChunkSizer:
    """`size` of the next piece, bytes that arrived since the last cut, and between the two cuts before it.

    While there was no cut, the way is trusted with as much between two as suits the first piece.
    """

    size: int = FIRST
    run: int = 0
    carried: int = FIRST * PIECES_TO_A_CUT

    def arrived(self, sent: int, seconds: float) -> "ChunkSizer":
        """A piece of `sent` bytes was answered for after `seconds`. The last piece of a photo tells less."""
        size = self.size
        if seconds > SLOW_SECONDS:
            size //= 2
        elif sent >= size and seconds < QUICK_SECONDS:
            size *= 2
        return replace(self, run=self.run + sent)._of(size)

    def cut(self, got: int) -> "ChunkSizer":
        """The way was cut, and the server has `got` bytes of the piece."""
        return replace(self, run=0, carried=self.run + got)._of(self.size // 2)

    def lost(self) -> "ChunkSizer":
        """Nothing of a piece arrived."""
        return self._of(self.size // 2)

    def _of(self, size: int) -> "ChunkSizer":
        most = min(max(self.carried, self.run) // PIECES_TO_A_CUT, LARGEST)
        return replace(self, size=max(SMALLEST, min(size, most)))
