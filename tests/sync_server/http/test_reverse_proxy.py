"""`anlan serve` behind a reverse proxy: whose word counts for where a request comes from, and forms."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import requests
from starlette.datastructures import Headers

from shared.problems import Problem
from sync_server.access.sign_in.attempts import MOST_FROM_ONE_PLACE
from sync_server.http.browser_guard import check_origin
from sync_server.settings import Settings
from tests.support.served import Served

MORE = 20
"""Guesses beyond those allowed at once: while they are sent, a few more become allowed."""
PUBLIC = "https://anlan.example.org"


@contextmanager
def serving(data: Path, port: int) -> Iterator[str]:
    data.mkdir(exist_ok=True)
    served = Served(data, port)
    served.start()
    try:
        yield served.url
    finally:
        served.kill()


def guesses(url: str, addresses: list[str]) -> list[int]:
    """The statuses of wrong codes, each another one, from what a proxy would say are these addresses."""
    with requests.Session() as session:
        return [
            session.post(
                f"{url}/api/v1/enrol",
                json={"code": f"WRONG{n:05}", "device_name": "x"},
                headers={"X-Forwarded-For": address} if address else {},
                timeout=30,
            ).status_code
            for n, address in enumerate(addresses)
        ]


def test_nobodys_forwarded_address_is_believed_by_default(data_dir: Path, free_port: int) -> None:
    with serving(data_dir, free_port) as url:
        claimed = [f"10.9.{n // 200}.{n % 200}" for n in range(MOST_FROM_ONE_PLACE + MORE)]
        statuses = guesses(url, claimed)
    assert statuses[:MOST_FROM_ONE_PLACE] == [403] * MOST_FROM_ONE_PLACE
    assert 429 in statuses[MOST_FROM_ONE_PLACE:]


def test_behind_a_trusted_proxy_one_clumsy_phone_stops_nobody_else(
    data_dir: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_TRUSTED_PROXIES", "127.0.0.1")
    monkeypatch.setenv("ANLAN_PUBLIC_URL", PUBLIC)
    with serving(data_dir, free_port) as url:
        clumsy = [
            f"6.6.{n}.6, 10.0.0.9" for n in range(MOST_FROM_ONE_PLACE + MORE)
        ]  # it says more than the proxy
        statuses = guesses(url, [*clumsy, "10.0.0.10"])
        form = {"name": "nobody", "password": "wrong wrong wrong"}
        signing_in = [
            requests.post(f"{url}/sign-in", data=form, headers={"Origin": origin}, timeout=30).status_code
            for origin in (PUBLIC, "https://evil.example.org")
        ]
    assert statuses[:MOST_FROM_ONE_PLACE] == [403] * MOST_FROM_ONE_PLACE
    assert 429 in statuses[MOST_FROM_ONE_PLACE:-1]
    assert statuses[-1] == 403
    assert signing_in == [401, 403]


@pytest.mark.parametrize(
    ("origin", "public", "allowed"),
    [
        (PUBLIC, PUBLIC, True),
        (PUBLIC, f"{PUBLIC}:443/", True),
        (PUBLIC, "https://ANLAN.example.org", True),
        (PUBLIC, None, False),
        ("https://anlan.example.org:8443", PUBLIC, False),
        ("null", PUBLIC, False),
        ("null", None, False),
        ("http://127.0.0.1:8000", PUBLIC, True),
    ],
)
def test_a_form_comes_from_the_public_address_or_from_the_host(
    origin: str, public: str | None, allowed: bool
) -> None:
    headers = Headers({"origin": origin, "host": "127.0.0.1:8000"})
    with nullcontext() if allowed else pytest.raises(Problem, match="cross_site"):
        check_origin("POST", headers, public)


def test_proxies_are_addresses_or_networks(tmp_path: Path) -> None:
    def proxies(text: str) -> tuple[str, ...]:
        return Settings.from_environment(tmp_path, {"ANLAN_TRUSTED_PROXIES": text}).trusted_proxies

    assert proxies("") == ()
    assert proxies(" 127.0.0.1, 10.0.0.0/8") == ("127.0.0.1/32", "10.0.0.0/8")
    for wrong in ("*", "proxy.local", "10.0.0.0/99"):
        with pytest.raises(Problem, match="setting_invalid"):
            proxies(wrong)
