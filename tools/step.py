"""Runs one long step of the Makefile: prints its title, the elapsed seconds, and its output if it fails.

    python tools/step.py "1/4 Installing Python packages (about 1 min)" pip install …

The step's output goes to build/<program>.log. Uses only the standard library, as nothing is installed yet.
"""

import subprocess
import sys
import time
from pathlib import Path

TICK = 1.0  # seconds between updates on a terminal
LOG_TICK = 15.0  # seconds between updates in a log, where each is a line
TAIL = 30  # lines of output shown when a step fails


def run(title: str, command: list[str]) -> int:
    """Run `command` and return its exit code."""
    terminal = sys.stdout.isatty()
    log = Path("build", Path(command[0]).name + ".log")
    log.parent.mkdir(exist_ok=True)
    print(f"{title} …", end="" if terminal else "\n", flush=True)
    started = time.monotonic()
    with log.open("wb") as output:
        step = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            code = _watch(step, title, started, terminal)
        except KeyboardInterrupt:
            step.terminate()
            step.wait()
            print("\nStopped.", flush=True)
            return 130
    seconds = time.monotonic() - started
    outcome = f"{title}: {'failed' if code else 'done'} after {seconds:.0f} s"
    print(f"\r{outcome}        " if terminal else outcome, flush=True)
    if code:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        print("\n".join(lines[-TAIL:]), f"\nThe full output is in {log}.", file=sys.stderr)
    return code


def _watch(step: subprocess.Popen[bytes], title: str, started: float, terminal: bool) -> int:
    """Wait for the step, showing the elapsed seconds."""
    while True:
        try:
            return step.wait(TICK if terminal else LOG_TICK)
        except subprocess.TimeoutExpired:
            seconds = f"{time.monotonic() - started:.0f} s"
            print(f"\r{title} … {seconds}" if terminal else f"    … {seconds}", end="" if terminal else "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
