"""Record ids that sort by the time they were made (UUID version 7, RFC 9562)."""

import uuid


def record_id(milliseconds: int, chance: int) -> str:
    """The id for a wall time in milliseconds since 1970 and 74 random bits."""
    high = (milliseconds & (2**48 - 1)) << 16 | 0x7000 | (chance >> 62) & 0xFFF
    low = 0b10 << 62 | chance & (2**62 - 1)
    return str(uuid.UUID(int=high << 64 | low))
