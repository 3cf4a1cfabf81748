"""The demo: believable, the same each time, and made through the real log."""

from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from shared import geo
from shared.operations import canonical
from shared.sync.wire import StampedOperation
from shared.towns import BY_CODE
from shared.vocabulary import Status
from sync_server.database import campaigns
from sync_server.database.tables import EducationVisitRow, HazardEventRow, HazardRow, PhotoFileRow, PhotoRow
from sync_server.database.transactions import reading
from sync_server.demo import pictures
from sync_server.demo.fill import fill, season
from sync_server.log import pages
from sync_server.maintenance import setup
from sync_server.photos.store import FolderPhotoStore
from sync_server.settings import Settings

TODAY = date(2026, 11, 23)
COUNT = 300


class Demo:
    """One filled deployment."""

    def __init__(self, folder: Path, store: FolderPhotoStore | None = None) -> None:
        settings = Settings(folder)
        self.engine: Engine = setup.open_database(settings)
        self.store = store or FolderPhotoStore(settings.photos)
        self.steps: list[tuple[int, int]] = []

    def fill(self, count: int = COUNT) -> bool:
        return fill(self.engine, self.store, TODAY, lambda *step: self.steps.append(step), count=count)

    def lines(self) -> list[str]:
        with reading(self.engine) as session:
            return [row.wire for row in pages.page(session, campaigns.ID, 0, 100_000).rows]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    made = Demo(tmp_path_factory.mktemp("demo"))
    assert made.fill()
    return made


@pytest.fixture
def session(demo: Demo) -> Session:
    return Session(demo.engine)


def test_there_are_as_many_hazards_as_asked_for_in_all_parts_of_the_city(session: Session) -> None:
    with session:
        rows = session.exec(select(HazardRow)).all()
    assert len(rows) == COUNT
    assert len({row.town_code for row in rows}) > 25
    assert {row.status for row in rows} >= {Status.CLOSED, Status.ASSIGNED, Status.IN_PROGRESS}
    closed = sum(row.first_closed_on is not None for row in rows)
    assert COUNT // 2 < closed < COUNT
    assert any(row.relapses for row in rows)
    assert len({row.risk_level for row in rows}) >= 3
    for row in rows:
        assert row.ledger_no
        assert row.ledger_no.startswith(f"DG-{row.town_code}-2026-")
        assert row.lat is not None
        assert row.lon is not None
        town = BY_CODE[row.town_code or ""]
        assert geo.plausible(row.lat, row.lon)
        assert geo.metres((row.lat, row.lon), (town.lat, town.lon)) < 5_000


def test_every_hazard_has_a_photo_that_is_here_and_every_rectified_one_two(
    demo: Demo, session: Session
) -> None:
    with session:
        hazards = session.exec(select(HazardRow)).all()
        photos = session.exec(select(PhotoRow)).all()
        files = {row.sha256: row for row in session.exec(select(PhotoFileRow))}
    assert {photo.sha256 for photo in photos} <= set(files)
    owners = {photo.sha256: photo.hazard for photo in photos}
    assert all(owners[photo.sha256] == photo.hazard for photo in photos), "no two hazards show one photo"
    assert all(hazard.before_photo for hazard in hazards)
    assert all(hazard.after_photo for hazard in hazards if hazard.status == Status.CLOSED)
    one = files[hazards[0].before_photo or ""]
    with demo.store.open(one.sha256) as stream, Image.open(stream) as image:
        assert (image.format, image.size) == ("JPEG", (one.width, one.height))
        assert not image.getexif()


def test_the_loop_was_walked_by_the_right_people(session: Session) -> None:
    with session:
        events = session.exec(select(HazardEventRow).order_by(col(HazardEventRow.seq))).all()
    types = Counter(event.event_type for event in events)
    assert set(types) >= {"register", "assign", "rectify", "submit", "accept", "close", "reject", "patrol"}
    rectified = {(event.hazard, event.author) for event in events if event.event_type == "rectify"}
    assert not any(
        (event.hazard, event.author) in rectified for event in events if event.event_type == "accept"
    )
    assert all("2026-04-01" <= event.at[:10] <= "2026-11-20" for event in events)


def test_there_are_visits_and_conflicts_to_review(session: Session) -> None:
    with session:
        assert len(session.exec(select(EducationVisitRow)).all()) > COUNT // 20
        assert session.exec(select(HazardRow).where(HazardRow.conflicts > 0)).all()


def test_nobody_real_is_named(demo: Demo) -> None:
    for line in demo.lines():
        written = StampedOperation.model_validate_json(line[:-1] + ',"seq":1}')
        number = written.fields.get("phone")
        assert number is None or number.startswith("120")
        person = written.fields.get("responsible_person")
        assert person is None or "某" in person
        assert canonical(written.operation) == line


def test_filling_again_changes_nothing(demo: Demo) -> None:
    before = demo.lines()
    assert not demo.fill()
    assert demo.lines() == before


def test_progress_runs_to_the_end(demo: Demo) -> None:
    done = [done for done, _ in demo.steps]
    assert done == sorted(done)
    assert demo.steps[-1][0] == demo.steps[-1][1]
    assert len(done) > 100


def test_the_same_seed_makes_the_same_log(demo: Demo, tmp_path: Path) -> None:
    one, other = Demo(tmp_path / "one", demo.store), Demo(tmp_path / "other", demo.store)
    assert one.fill(20)
    assert other.fill(20)
    assert one.lines() == other.lines()
    assert len(one.lines()) > 100


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2026, 5, 1), date(2026, 12, 31), date(2028, 2, 29)])
def test_a_season_lies_in_its_year_and_in_the_past(today: date) -> None:
    begin, end = season(today)
    assert begin <= end <= today
    assert begin.year == end.year == today.year


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_before_and_after_differ_and_are_small(kind: str) -> None:
    before, after = (pictures.draw(kind, 1, done, "stamp") for done in (False, True))
    assert before != after
    assert before == pictures.draw(kind, 1, False, "stamp")
    for data in (before, after):
        assert len(data) < 60_000
        with Image.open(BytesIO(data)) as image:
            assert image.size == pictures.SIZE


def test_visits_are_on_the_map_but_for_those_to_families_and_online(session: Session) -> None:
    visits = session.exec(select(EducationVisitRow)).all()
    placed = {visit.visit_type for visit in visits if visit.lat is not None}
    assert placed
    assert not placed & {"family", "online"}
    assert {visit.visit_type for visit in visits if visit.lat is None} <= {"family", "online"}
