"""How near to a hazard, and how long before its 报验, a photo of the finished work was taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from shared.hazards import evidence
from shared.hazards.evidence import Closeness, closest
from shared.records.fix import found_there
from shared.records.models import Position
from shared.vocabulary import CoordSource

NOON = datetime.fromisoformat("2026-06-01T12:00:00+08:00")
HERE = Position(lat=23.0421, lon=113.7832)
METRES = 1 / 111_320  # in degrees of latitude


@dataclass(frozen=True)
class Shot:
    """A photo taken so many minutes before noon and so many metres north of `HERE`; None: not known."""

    minutes: float | None = 1
    metres: float | None = 0
    accuracy_m: float | None = None

    @property
    def taken_at(self) -> str | None:
        return None if self.minutes is None else (NOON - timedelta(minutes=self.minutes)).isoformat()

    @property
    def position(self) -> Position | None:
        if self.metres is None:
            return None
        return Position(lat=HERE.lat + self.metres * METRES, lon=HERE.lon, accuracy_m=self.accuracy_m)


def found(*shots: Shot, places: list[Position] | None = None) -> Closeness:
    one = closest(shots, [HERE] if places is None else places, NOON)
    assert one is not None
    return one


@pytest.mark.parametrize(
    ("shot", "far", "old"),
    [
        (Shot(), False, False),
        (Shot(minutes=119, metres=199), False, False),
        (Shot(minutes=121), False, True),
        (Shot(minutes=-121), False, True),
        (Shot(minutes=None), False, True),
        (Shot(metres=205), True, False),
        (Shot(metres=205, accuracy_m=10), False, False),
        (Shot(metres=320, accuracy_m=900), True, False),
        (Shot(metres=None), True, False),
        (Shot(None, None), True, True),
    ],
)
def test_near_and_recent_is_what_was_taken_there_just_now(shot: Shot, far: bool, old: bool) -> None:
    one = found(shot)
    assert (one.far, one.old, one.doubtful) == (far, old, far or old)
    assert (one.metres is None, one.age is None) == (shot.metres is None, shot.minutes is None)


def test_one_good_photo_is_enough_whichever_it_is() -> None:
    shots = [Shot(minutes=600), Shot(metres=None), Shot(5, 30), Shot(None, None), Shot(5, 900)]
    for some in (shots, shots[::-1]):
        one = found(*some)
        assert (round(one.metres or 0), one.age, one.doubtful) == (30, timedelta(minutes=5), False)
    assert closest([], [HERE], NOON) is None


def test_near_is_near_any_place_of_the_hazard() -> None:
    before = Shot(metres=1000)
    places = evidence.places_of(HERE, [before, Shot(metres=None)])
    assert places == [HERE, before.position]
    assert not found(Shot(metres=1100), places=places).far
    assert found(Shot(metres=500), places=places).far


def test_where_no_place_is_known_nothing_can_be_far() -> None:
    assert evidence.places_of(None, []) == []
    one = found(Shot(metres=None), places=[])
    assert not one.doubtful


@pytest.mark.parametrize(
    ("source", "minutes", "there"),
    [
        (CoordSource.GNSS, 4, True),
        (CoordSource.GNSS, -4, True),
        (CoordSource.GNSS, 6, False),
        (CoordSource.TYPED, 0, False),
    ],
)
def test_a_photo_was_taken_where_the_position_was_found_about_then(
    source: CoordSource, minutes: int, there: bool
) -> None:
    position = HERE.model_copy(update={"source": source, "fix_time": NOON.isoformat()})
    assert found_there(position, Shot(minutes=minutes).taken_at) is there
    assert not found_there(position, None)
    assert not found_there(HERE, NOON.isoformat())
