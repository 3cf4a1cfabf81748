"""The settings of a deployment; the environment is read here and nowhere else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from shared import problems
from shared.vocabulary import Datum

PHONE_WEB = Path("build/phone-web")
_PLAIN = re.compile(r"[^\s?#@]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """One server's settings.

    `database_url`: the file `anlan.sqlite3` in `data`, or "postgresql+psycopg://user:password@host/name".
    `photos`: the photo folder, by default in `data`. `public_url`: the server's address for phones and
    browsers, if it differs from the one in the request. `tiles_*`: an optional tile layer for the map, from
    elsewhere or from the MBTiles file `tiles_file` of this machine; `tiles_zoom`: its highest zoom.
    `phone_web`: the built phone app, served at `/app/`. `burst_factor`: how many times the usual allowances
    (`access.bursts`) a person's phones may change at once. `requests_per_second`: how many of one phone or
    browser go on (`http.pace`); more wait. `trusted_proxies`: the addresses or networks of
    reverse proxies; only what these say of a request's sender (`X-Forwarded-For`, `-Proto`) is believed.
    `keys`: the file with the private keys of home visits, by default beside the data folder, not in it, so
    that a copy of the folder opens none. `session_idle_hours`, `session_hours`: when a browser is signed
    out, without use and in any case.
    """

    data: Path
    database_url: str = ""
    photos: Path = field(default=Path())
    public_url: str | None = None
    tiles_url: str | None = None
    tiles_attribution: str = ""
    tiles_datum: Literal[Datum.WGS84, Datum.GCJ02] = Datum.WGS84
    tiles_zoom: int = 18
    tiles_file: Path | None = None
    phone_web: Path = PHONE_WEB
    burst_factor: float = 1.0
    requests_per_second: float = 20.0
    trusted_proxies: tuple[str, ...] = ()
    keys: Path = field(default=Path())
    session_idle_hours: float = 12.0
    session_hours: float = 7 * 24.0

    def __post_init__(self) -> None:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data / 'anlan.sqlite3'}")
        if self.photos == Path():
            object.__setattr__(self, "photos", self.data / "photos")
        if self.keys == Path():
            data = self.data.absolute()
            object.__setattr__(self, "keys", data.with_name(f"{data.name}-keys") / "home-visits.json")

    @property
    def second_factor_key(self) -> Path:
        """The file with the key of authenticator apps' secrets, beside that of home visits."""
        return self.keys.with_name("second-factor.json")

    @property
    def office_key(self) -> Path:
        """The file with the key to which phones seal what they cannot send, beside that of home visits."""
        return self.keys.with_name("office-key.json")

    def origin(self, request_url: str) -> str:
        """The server's public base URL, without a trailing slash; by default that of the request."""
        return self.public_url or request_url.rstrip("/")

    @classmethod
    def from_environment(cls, data: Path, environment: Mapping[str, str]) -> "Settings":
        """The settings for a data folder, with the ANLAN_* variables of `environment` applied.

        Raises Problem setting_invalid, with the variable's name.
        """
        datum = environment.get("ANLAN_TILES_DATUM") or Datum.WGS84
        if datum not in (Datum.WGS84, Datum.GCJ02):
            raise problems.setting_invalid(setting="ANLAN_TILES_DATUM")
        tiles_url = environment.get("ANLAN_TILES_URL") or None
        if tiles_url and not tiles_url.startswith("/") and not _is_web_address(tiles_url):
            raise problems.setting_invalid(setting="ANLAN_TILES_URL")
        tiles_file = environment.get("ANLAN_TILES_FILE")
        if tiles_file and tiles_url:
            raise problems.setting_invalid(setting="ANLAN_TILES_FILE")
        public_url = (environment.get("ANLAN_PUBLIC_URL") or "").rstrip("/") or None
        if public_url and (not _is_web_address(public_url) or not _PLAIN.fullmatch(public_url)):
            raise problems.setting_invalid(setting="ANLAN_PUBLIC_URL")
        photos = environment.get("ANLAN_PHOTOS")
        return cls(
            data=data,
            database_url=environment.get("ANLAN_DATABASE_URL", ""),
            photos=Path(photos) if photos else Path(),
            public_url=public_url,
            tiles_url=tiles_url,
            tiles_attribution=environment.get("ANLAN_TILES_ATTRIBUTION", ""),
            tiles_datum=Datum.GCJ02 if datum == Datum.GCJ02 else Datum.WGS84,
            tiles_file=Path(tiles_file) if tiles_file else None,
            phone_web=Path(environment.get("ANLAN_PHONE_WEB") or PHONE_WEB),
            burst_factor=_number(environment, "ANLAN_BURST_FACTOR", 1.0),
            requests_per_second=_number(environment, "ANLAN_REQUESTS_PER_SECOND", 20.0),
            keys=Path(environment.get("ANLAN_KEYS") or ""),
            trusted_proxies=_networks(environment.get("ANLAN_TRUSTED_PROXIES", "")),
            session_idle_hours=_number(environment, "ANLAN_SESSION_IDLE_HOURS", 12.0),
            session_hours=_number(environment, "ANLAN_SESSION_HOURS", 7 * 24.0),
        )


def _number(environment: Mapping[str, str], name: str, usual: float) -> float:
    try:
        number = float(environment.get(name) or usual)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise problems.setting_invalid(setting=name)
    return number


def _networks(text: str) -> tuple[str, ...]:
    found = tuple(filter(None, (part.strip() for part in text.split(","))))
    try:
        return tuple(str(ip_network(network, strict=False)) for network in found)
    except ValueError:
        raise problems.setting_invalid(setting="ANLAN_TRUSTED_PROXIES") from None


def _is_web_address(url: str) -> bool:
    """Whether it has a scheme of the web, a host, and a port that can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
