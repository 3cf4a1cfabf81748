"""Campaigns with their settings, targets and counters."""

import secrets
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field

from shared.operations import GENESIS
from sync_server.database.rows.table import Table, json_column, long_column

FOLDED = 3
"""The version of the rules by which operations are folded into rows; older rows are folded again."""


class CampaignRow(Table, table=True):
    """The standing register of one programme; `number` 1 is the deployment's own.

    `folded`: the version of the rules by which its rows were made. `searchable`: up to which seq the texts of
    its hazards are folded. `settings` overrides the defaults of `wire.CampaignSettings`. `secret`: the key of
    its receipts.
    """

    __tablename__ = "campaign"
    id: str = Field(primary_key=True)
    name: str
    number: int = 1
    epoch: str
    folded: int = Field(default=FOLDED, sa_column_kwargs={"server_default": "0"})
    searchable: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    settings: dict[str, Any] = json_column()
    secret: str = Field(
        default_factory=lambda: secrets.token_hex(32), sa_column_kwargs={"server_default": ""}
    )


class TargetRow(Table, table=True):
    """How many hazards (处) are to be treated in a year, in a town or, with town_code "", in the city."""

    __tablename__ = "target"
    campaign: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    town_code: str = Field(primary_key=True)
    hazards: int


class CampaignCounterRow(Table, table=True):
    """The last seq and the log's fingerprint; written as the last statement of each append."""

    __tablename__ = "campaign_counter"
    campaign: str = Field(primary_key=True)
    seq: int = long_column(0)
    tip: str = GENESIS


class LedgerCounterRow(Table, table=True):
    """The last 编号 assigned for a town and a year."""

    __tablename__ = "ledger_counter"
    campaign: str = Field(primary_key=True)
    town_code: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int
