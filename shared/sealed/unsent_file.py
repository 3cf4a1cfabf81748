"""A file with what a phone has not sent, for the office to import: its format. No crypto here.

It is text: each line is a JWE that is sealed to the office's key. The first one holds the `Contents`, each
further one the bytes of one of its photos, in the same order. Among the contents is the phone's token, sealed
as it would be on its way to the server: without it nobody can make a file in the name of that phone.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.operations import CampaignId, Moment, RecordId
from shared.records.values import Bytes, Sha256
from shared.sealed import jwe
from shared.sync.wire import MAX_BODY, MAX_PHOTO, Request

ENDING = ".anlan"
MOST_OPERATIONS = 2000
MOST_ENVELOPES = 200
"""Most home visits of one file."""
MOST_PHOTOS = 200
MAX_CONTENTS = MAX_BODY
"""Most bytes of the contents as JSON."""
USUAL_PHOTOS = 16 * 2**20
"""What a phone puts into one file at most, in bytes of photos, unless one alone is larger."""
MAX_LINE = MAX_PHOTO * 4 // 3 + 8 * 1024
"""Most characters of one line."""
MAX_FILE = 64 * 2**20
"""Most bytes of a file."""
_LINE = 480
"""About how many characters a line takes besides its content."""


class UnsentHeader(jwe.SealedHeader):
    """The protected header of a line: the `part`, from 1, of the `parts` of a file."""

    typ: Literal["anlan-unsent-1"] = "anlan-unsent-1"
    file: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    part: Annotated[int, Field(strict=True, ge=1, le=MOST_PHOTOS + 1)]
    parts: Annotated[int, Field(strict=True, ge=1, le=MOST_PHOTOS + 1)]


class UnsentPhoto(Request):
    """A photo whose bytes are in the file; `record`: the one that attaches it."""

    sha256: Sha256
    mime: Annotated[str, Field(max_length=40)]
    bytes: Bytes
    record: RecordId


class Contents(Request):
    """What a phone has not sent, or a part of it; its `token` says which device it is, and proves it.

    `ops` stay raw here, as in a push: each is judged alone. `envelopes`: sealed home visits.
    """

    campaign: CampaignId
    token: Annotated[str, Field(min_length=1, max_length=200)]
    made_at: Moment
    ops: Annotated[list[dict[Any, Any]], Field(max_length=MOST_OPERATIONS)]
    envelopes: Annotated[list[str], Field(max_length=MOST_ENVELOPES)]
    photos: Annotated[list[UnsentPhoto], Field(max_length=MOST_PHOTOS)]


def sealed_size(*contents: int) -> int:
    """About how many bytes a file takes whose lines hold that many bytes each."""
    return sum(4 * ((size + 2) // 3) + _LINE for size in contents)
