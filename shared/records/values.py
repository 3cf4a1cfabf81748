"""The kinds of values that fields hold: how long, how large, which shape. Wrong JSON types are refused."""

import re
from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Choice = TypeVar("Choice")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("NUL")
    return text


def _iso_day(value: object) -> object:
    """Only `2026-05-31`: pydantic alone would take seconds since 1970 and moments for days too."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("day")


ShortText = Annotated[str, Field(max_length=200), AfterValidator(_no_nul)]
LongText = Annotated[str, Field(max_length=4000), AfterValidator(_no_nul)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31)), BeforeValidator(_iso_day)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
Metres = Annotated[float, Field(strict=True, ge=0, le=1_000_000, allow_inf_nan=False)]
TownCode = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Year = Annotated[int, Field(strict=True, ge=2000, le=2100)]
Many = Annotated[tuple[Choice, ...], Field(max_length=50)]
PhoneNumber = Annotated[str, Field(max_length=40), AfterValidator(_no_nul)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Pixels = Annotated[int, Field(strict=True, ge=1, le=65_535)]
Bytes = Annotated[int, Field(strict=True, ge=1, le=2**31)]
SignCode = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{8}$")]


class StrictModel(BaseModel):
    """A record or a value inside one: closed to unknown fields, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
