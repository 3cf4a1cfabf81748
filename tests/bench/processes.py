"""Starts the servers under measure, and reads what they cost from the kernel (so on Linux only)."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ANLAN = str(Path(sys.executable).with_name("anlan"))
NODE = str(Path(sys.executable).with_name("node"))
TUS_SERVER = Path(__file__).with_name("tus_server.mjs")
PATIENCE = 60.0
"""Seconds a server may take until it answers."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server on the loopback address, and its process."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def cpu_seconds(self) -> float | None:
        """Processor time used so far by the process and its children, in user and system mode.

        It is what the scheduler counted: it does not go by ticks, and waiting for a processor is not in it.
        """
        try:
            return sum(time.clock_gettime(_processor_clock(pid)) for pid in _family(self.pid))
        except OSError:
            return None

    def peak_megabytes(self) -> float | None:
        """The most memory the process and its children ever held, in MB."""
        kilobytes = 0
        for pid in _family(self.pid):
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            kilobytes += sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        return kilobytes / 1024 if kilobytes else None


def _processor_clock(pid: int) -> int:
    """The clock of a process's processor time, as Linux numbers it (clock_getcpuclockid)."""
    return (~pid << 3) | 2


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                family += map(int, (task / "children").read_text().split())
    return family


def free_port() -> int:
    """A port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def anlan(*arguments: str, given: str = "") -> str:
    """Run our own command to its end with `given` on its standard input, and return what it printed."""
    done = subprocess.run([ANLAN, *arguments], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"anlan {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def ours(data: Path, **environment: str) -> Iterator[Server]:
    """Our server, as `make run` starts it, on the data folder `data`, with `environment` on top of ours."""
    port = free_port()
    command = [ANLAN, "serve", "--data", str(data), "--port", str(port)]
    # the bench's phones bring more in a minute than people do in a month, as fast as they can
    unlimited = {"ANLAN_BURST_FACTOR": "1000", "ANLAN_REQUESTS_PER_SECOND": "100000"}
    environment = {**unlimited, **environment}
    with running(command, port, data.parent / f"{data.name}.log", environment) as server:
        yield server


@contextlib.contextmanager
def peer(module: str, data: Path) -> Iterator[Server]:
    """A peer of the bench: the FastAPI `app` made by `tests.bench.<module>`, on the data folder `data`."""
    port = free_port()
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", f"tests.bench.{module}", str(data), str(port)]
    with running(command, port, data.parent / f"{data.name}.log") as server:
        yield server


@contextlib.contextmanager
def tus_server(data: Path, *, durable: bool = False) -> Iterator[Server]:
    """The npm package @tus/server, keeping everything in the folder `data`; `durable`: with our promises."""
    port = free_port()
    data.mkdir(parents=True, exist_ok=True)
    command = [NODE, str(TUS_SERVER), str(data), str(port), *(["durable"] if durable else [])]
    with running(command, port, data.parent / f"{data.name}.log") as server:
        yield server


@contextlib.contextmanager
def running(
    command: Sequence[str], port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The server that `command` starts on `port`, from when it answers until the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        try:
            _wait(process, port, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"no server on port {port}: {log.read_text('utf-8', 'replace')[-2000:]}")
