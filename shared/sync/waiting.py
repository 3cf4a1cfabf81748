"""What a phone still has to send, as each request says: `Anlan-Waiting: records=3, photos=2`."""

import re
from dataclasses import dataclass

HEADER = "Anlan-Waiting"
PATTERN = r"^records=[0-9]{1,9}, photos=[0-9]{1,9}$"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many operations and photos a phone will still have to send after the request."""

    records: int
    photos: int

    def __str__(self) -> str:
        return f"records={self.records}, photos={self.photos}"


def parse_waiting(text: str) -> Waiting:
    """The value of a header that matches `PATTERN`."""
    records, photos = map(int, re.findall("[0-9]+", text))
    return Waiting(records, photos)
