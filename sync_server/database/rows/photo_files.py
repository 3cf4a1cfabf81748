"""Photo files that arrived, who holds them, and uploads under way."""

from sqlalchemy import Index, text
from sqlmodel import Field

from sync_server.database.rows.table import Table


class PhotoFileRow(Table, table=True):
    """A photo that has arrived and was verified against its hash."""

    __tablename__ = "photo_file"
    campaign: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    mime: str
    bytes: int
    width: int
    height: int
    received_at: str


class PhotoHolderRow(Table, table=True):
    """A person whose phone sent a photo's bytes, or might read them when it announced them, or for whose
    record another's phone did.

    `unnamed`: no record named the photo then, and none was looked for since.
    """

    __tablename__ = "photo_holder"
    __table_args__ = (
        Index(
            "photo_holder_unnamed",
            "campaign",
            "person",
            sqlite_where=text("unnamed = 1"),
            postgresql_where=text("unnamed"),
        ),
    )
    campaign: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    since: str
    unnamed: bool = False


class UploadRow(Table, table=True):
    """An upload under way; the size of its partial file says how much has arrived."""

    __tablename__ = "upload"
    id: str = Field(primary_key=True)
    campaign: str
    device: str
    sha256: str
    mime: str
    record: str | None = None
    length: int
    created_at: str
    expires_at: str = Field(index=True)
