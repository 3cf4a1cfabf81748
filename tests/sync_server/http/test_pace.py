"""What comes faster than a person or a phone would send waits, is refused after a while, and harms nobody."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from sync_server.http import pace
from sync_server.http.pace import LONGEST_S, Pace, Paced

COOKIE = "anlan_session"


def test_after_a_rest_some_go_on_at_once_then_each_at_its_time() -> None:
    paced = Pace(per_second=10, at_once=5)
    assert [round(paced.wait(100.0), 3) for _ in range(8)] == [0, 0, 0, 0, 0, 0.1, 0.2, 0.3]
    assert round(paced.wait(100.3), 3) == 0.1
    assert [paced.wait(200.0) for _ in range(5)] == [0] * 5


def test_clients_do_not_wait_for_each_other() -> None:
    paced = Pace(per_second=1, at_once=1)
    assert [paced.wait(0.0, key) for key in (1, 2, 3)] == [0, 0, 0]
    assert paced.wait(0.0, 1) == 1


def test_who_gives_up_does_not_make_the_next_ones_wait() -> None:
    paced = Pace(per_second=1, at_once=1)
    waits = [paced.wait(0.0) for _ in range(1000)]
    assert max(waits) == LONGEST_S + 1
    assert paced.wait(10.0) == 0


def test_it_remembers_so_many_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_CLIENTS", 10)
    paced = Pace(per_second=1, at_once=1)
    for key in range(1000):
        paced.wait(0.0, key)
    assert len(paced._next) == 10


class _Jumping(selectors.SelectSelector):
    """Lets nobody wait: whoever would is told at once that so many seconds are over, on any machine."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(timeout and 0)


def _loop() -> asyncio.SelectorEventLoop:
    selector = _Jumping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    return loop


class _Asked:
    """A paced app that answers at once, and when it was asked."""

    def __init__(self, status: int, per_second: float, busy: Callable[[], bool] = bool) -> None:
        self.status = status
        self.asked = 0
        self._app = Paced(self._answer, COOKIE, per_second, busy)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert Request(scope).method
        self.asked += 1
        await PlainTextResponse("", self.status)(scope, receive, send)

    def ask(self, *requests: dict[str, Any]) -> list[tuple[int, float]]:
        """The status of each of these requests at the same time, and the seconds that it took."""

        async def one(request: dict[str, Any]) -> tuple[int, float]:
            came: list[int] = []

            async def send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    came.append(message["status"])

            async def receive() -> Any:
                return {"type": "http.request", "body": b"", "more_body": False}

            headers = [(name.encode(), value.encode()) for name, value in request.get("headers", {}).items()]
            scope = {
                **{
                    "type": "http",
                    "method": request.get("method", "GET"),
                    "path": "/",
                },
                **{"headers": headers, "client": (request.get("address", "10.0.0.1"), 1)},
            }
            await self._app(scope, receive, send)
            return came[0], asyncio.get_running_loop().time()

        async def all_of_them() -> list[tuple[int, float]]:
            return list(await asyncio.gather(*map(one, requests)))

        with asyncio.Runner(loop_factory=_loop) as runner:
            return runner.run(all_of_them())


PHONE = {"headers": {"authorization": "Bearer x"}}
BROWSER = {"headers": {"cookie": f"other=1; {COOKIE}=y"}}
STRANGER = {"method": "POST", "address": "10.0.0.2"}
READER = {"address": "10.0.0.3"}


@pytest.mark.parametrize("client", [PHONE, BROWSER, STRANGER])
def test_one_clients_many_requests_wait_and_nobody_elses(
    client: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LONGEST_S", 0.55)
    app = _Asked(200, per_second=10)
    others = [one for one in (PHONE, BROWSER, STRANGER) if one is not client]
    answered = app.ask(*[client] * 60, *others, *[READER] * 100)
    statuses = [status for status, _ in answered]
    assert statuses[:60].count(503) == 5, "those that would wait longer than half a second"
    assert statuses[60:] == [200] * 102
    assert app.asked == 157
    assert max(took for status, took in answered if status == 200) > 0.4
    assert max(took for _, took in answered[60:]) < 0.4


def test_what_comes_too_early_steps_aside_while_the_server_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "STEPS_ASIDE_S", 0.8)
    answered = _Asked(200, per_second=10, busy=lambda: True).ask(*[PHONE] * 52, BROWSER)
    assert [status for status, _ in answered] == [200] * 53
    took = [round(seconds, 1) for _, seconds in answered]
    assert took == [0] * 50 + [0.9, 1.0, 0], "only those that came too early"


def test_what_stepped_aside_goes_on_once_the_server_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "STEPS_ASIDE_S", 60.0)
    app = _Asked(200, per_second=10, busy=lambda: asyncio.get_running_loop().time() < 0.5)
    took = [seconds for _, seconds in app.ask(*[PHONE] * 60)]
    assert took[:50] == [0] * 50
    assert [round(seconds, 1) for seconds in took[50:]] == [0.5] * 5 + [0.6, 0.7, 0.8, 0.9, 1.0]


def test_a_session_counts_as_one_whatever_other_cookies_say() -> None:
    app = _Asked(200, per_second=10)
    many = [{"headers": {"cookie": f"other={number}; {COOKIE}=y"}} for number in range(52)]
    assert max(took for _, took in app.ask(*many)) >= 0.1


@pytest.mark.parametrize("status", sorted(pace.REFUSALS))
def test_refusals_go_out_one_after_another(status: int) -> None:
    app = _Asked(status, per_second=10)
    many = [{"headers": {"authorization": f"Bearer {number}"}} for number in range(14)]
    answered = app.ask(*many)
    assert [came for came, _ in answered] == [status] * 14
    assert max(took for _, took in answered) >= 0.7, "ten at once, then five a second"


def test_refusals_to_one_address_do_not_delay_those_to_others() -> None:
    app = _Asked(401, per_second=10)
    answered = app.ask(*[READER] * 30, {"address": "10.0.0.4"})
    assert max(took for _, took in answered[:30]) > 0.9
    assert answered[30][1] < 0.5


def test_a_refusal_waits_when_the_app_is_done_with_it() -> None:
    """Or refusals that wait would hold the memory of all pages."""
    done: list[float] = []

    class App(_Asked):
        async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
            await super()._answer(scope, receive, send)
            done.append(asyncio.get_running_loop().time())

    answered = App(401, per_second=10).ask(*[READER] * 30)
    assert max(took for _, took in answered) > 0.9
    assert max(done) < 0.5


@pytest.mark.parametrize(
    "varied",
    [
        [{"headers": {"authorization": f"{scheme} x"}} for scheme in ("Bearer", "bearer", "BEARER")],
        [{"headers": {"cookie": f"{COOKIE}=y", "authorization": f"Bearer {number}"}} for number in range(3)],
    ],
    ids=["scheme", "page"],
)
def test_what_the_server_does_not_look_at_makes_no_other_client(varied: list[dict[str, Any]]) -> None:
    app = _Asked(200, per_second=10)
    assert max(took for _, took in app.ask(*varied * 20)) >= 0.5
