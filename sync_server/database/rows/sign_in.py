"""Signing in to the office: links, sessions, the second step, and limits of wrong attempts."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from sync_server.database.rows.table import Table, long_column, text_column


class SignInLinkRow(Table, table=True):
    """A one-time link to set a password."""

    __tablename__ = "sign_in_link"
    token_hash: str = Field(primary_key=True)
    person: str
    expires_at: str
    used_at: str | None = None


class WebSessionRow(Table, table=True):
    """A signed-in browser, until `expires_at`, which moves on as it is used, and until `ends_at` at most.

    `address`, `browser`: where from and with what it was opened; `browser` is its User-Agent.
    """

    __tablename__ = "web_session"
    token_hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    created_at: str
    expires_at: str
    ends_at: str
    seen_at: str
    address: str = ""
    browser: str = text_column("")


class SignInStepRow(Table, table=True):
    """A browser in which a password was right, and that still has to show a code."""

    __tablename__ = "sign_in_step"
    token_hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    expires_at: str


class SecondFactorRow(Table, table=True):
    """The secret of somebody's authenticator app (TOTP, RFC 6238), which counts from `since` on.

    `last_step`: the 30 seconds, counted from 1970, of the last code that was taken; it opens nothing again.
    `wrong_codes`: how many wrong ones were typed since the last right one, or until the owner has seen it;
    the last `wrong_at`.
    """

    __tablename__ = "second_factor"
    person: str = Field(primary_key=True)
    secret: str
    since: str | None = None
    last_step: int = long_column(0)
    wrong_codes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    wrong_at: str | None = None


class RecoveryCodeRow(Table, table=True):
    """A code that stands in for the authenticator app once."""

    __tablename__ = "recovery_code"
    code_hash: str = Field(primary_key=True)
    person: str = Field(index=True)


class AttemptRow(Table, table=True):
    """A limit of wrong passwords or codes: `key` is a hash of what is limited.

    `empty_at`: when none of its failures count any more, in milliseconds since 1970; the row goes then.
    """

    __tablename__ = "attempt"
    key: str = Field(primary_key=True)
    empty_at: int = Field(sa_type=BigInteger, index=True)
