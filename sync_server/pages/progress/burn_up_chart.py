"""Where the lines of a burn-up chart run: what was counted, the target, and what to expect."""

from dataclasses import dataclass

from shared.numbers.pace import Pace

WIDTH, HEIGHT = 440, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 98, 12, 222
_TICKS = 4
_NICE = (1, 2, 5)
_APART = 15  # between two labels


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what stands there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Label:
    """What stands at the right end of a line: `name` says of which, `count` how many (处)."""

    name: str
    count: int
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `WIDTH` by `HEIGHT`. Lines are the points of an SVG polyline, "" where there is none.

    `left`, `right`, `bottom`: the borders of the plot; `months`: those that begin in it, by their numbers.
    """

    total: str
    target: str
    forecast: str
    end: tuple[float, float]
    months: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    labels: tuple[Label, ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = _BOTTOM


def burn_up(pace: Pace, target: int) -> Chart:
    """The chart of a year; the line of the target, if there is one, runs evenly from nothing."""
    total = pace.weeks[-1].total if pace.weeks else 0
    most = max(total, target, pace.forecast or 0, 1)
    step = _step(most)
    height = step * -(-most // step)

    def x(week: int) -> float:
        return round(_LEFT + (WIDTH - _RIGHT - _LEFT) * week / len(pace.every), 1)

    def y(count: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * count / height, 1)

    def line(*points: tuple[float, float]) -> str:
        return " ".join(f"{across},{up}" for across, up in points)

    last = len(pace.every)
    begin, end = (x(0), y(0)), (x(len(pace.weeks)), y(total))
    named = [("total", total, end[1])]
    if target:
        named.append(("target_line", target, y(target)))
    if pace.forecast is not None:
        named.append(("forecast_line", pace.forecast, y(pace.forecast)))
    return Chart(
        total=line(begin, *((x(number), y(week.total)) for number, week in enumerate(pace.weeks, 1))),
        target=line(begin, (x(last), y(target))) if target else "",
        forecast=line(end, (x(last), y(pace.forecast))) if pace.forecast is not None else "",
        end=end,
        months=tuple(
            Tick(x(number), str(int(monday[5:7])))
            for number, monday in enumerate(pace.every)
            if number and monday[5:7] != pace.every[number - 1][5:7]
        ),
        counts=tuple(Tick(y(count), str(count)) for count in range(0, height + 1, step)),
        labels=tuple(_apart(named)),
    )


def _step(most: int) -> int:
    """The distance of the lines across, so that there are about `_TICKS`: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for nice in _NICE:
            if nice * power * _TICKS >= most:
                return nice * power
        power *= 10


def _apart(named: list[tuple[str, int, float]]) -> list[Label]:
    """The labels from the top down, none on another."""
    found: list[Label] = []
    for name, count, y in sorted(named, key=lambda one: one[2]):
        found.append(Label(name, count, max(y, found[-1].y + _APART) if found else y))
    return found
