"""Fills an empty deployment with demo hazards, through the same log that phones and reviewers write to."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Engine
from sqlmodel import Session

from shared import clock, record_types
from shared.china_time import CHINA_TIME
from shared.operations import GENESIS, Kind, Operation, RecordType, canonical, next_fingerprint
from shared.towns import TOWNS
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.database.transactions import in_transaction
from sync_server.demo import album, pictures, visits, waters, words
from sync_server.demo.album import Album
from sync_server.demo.cast import Actor, Cast, create, enter, record_id
from sync_server.demo.hazard_story import DAY_MS, DemoChange, HazardStory, moment, tell
from sync_server.log import writer
from sync_server.photos.store import PhotoStore

COUNT = 2000
SEED = 20230401
BATCH = 2000
VISITS_PER_100 = 10
CONFLICTS_PER_1000 = 8
Progress = Callable[[int, int], None]


def fill(
    engine: Engine,
    store: PhotoStore,
    today: date,
    progress: Progress,
    *,
    count: int = COUNT,
    seed: int = SEED,
) -> bool:
    """Create `count` hazards in the season before `today`, in the deployment's register; all or nothing.

    Returns False and changes nothing if the log is not empty. The same seed, day and count give the same
    operations. `progress(done, total)` is called often.
    """
    rng = Random(seed)  # noqa: S311
    if in_transaction(engine, lambda session: _head(session)) > 0:
        return False
    begin, end = season(today)
    photos_done = [0]
    total = album.PICTURES + 12 * count

    def count_photo() -> None:
        photos_done[0] += 1
        progress(photos_done[0], total)

    photos = album.draw(str(today.year), count_photo)
    cast = create(rng)
    changes = simulate(count, cast, photos, begin, end, rng)
    album.store(store, photos, changes, count_photo)
    done = photos_done[0]

    def work(session: Session) -> bool:
        campaign = campaigns.ensure(session)
        if campaigns.head(session, campaign.id) > 0:
            return False
        enter(session, cast, campaign.id, _ms(begin))
        operations = to_operations(changes, campaign)
        album.enter(session, operations, _ms(begin))
        for start in range(0, len(operations), BATCH):
            part = operations[start : start + BATCH]
            writer.append_operations(session, campaign, part, changes[start + len(part) - 1].at_ms + 60_000)
            progress(done + (total - done) * (start + len(part)) // len(operations), total)
        return True

    return in_transaction(engine, work)


def season(today: date) -> tuple[date, date]:
    """The first and last day of the demo season: April to 20 November, but no later than today."""
    end = min(today, date(today.year, 11, 20))
    return max(date(today.year, 1, 1), min(date(today.year, 4, 1), end - timedelta(days=60))), end


def simulate(count: int, cast: Cast, photos: Album, begin: date, end: date, rng: Random) -> list[DemoChange]:
    """Everything that people saved during the season, in time order."""
    landscapes = {town.code: waters.Landscape.of(town, rng) for town in TOWNS}
    share = [rng.uniform(0.6, 1.6) for _ in TOWNS]
    changes: list[DemoChange] = []
    neighbours: dict[str, str] = {}
    days = (end - begin).days
    for _ in range(count):
        town = rng.choices(TOWNS, share)[0]
        water_type = rng.choices(tuple(words.SHARE), tuple(words.SHARE.values()))[0]
        found = begin + timedelta(days=int(days * min(0.97, rng.betavariate(1.4, 1.9))))
        found_ms = _ms(found) + rng.randint(8 * 3_600_000, 17 * 3_600_000)
        due = found + timedelta(days=rng.choice((7, 15, 30, 30, 45)))
        hazard = record_id(found_ms, rng)
        story = HazardStory(
            hazard,
            waters.fields(landscapes[town.code], water_type, found, due, moment(found_ms), rng),
            cast.inspectors[town.code],
            rng.choice(cast.reviewers),
            rng.choice(photos.scenes[town.code, pictures.kind_of(water_type)]),
            photos.add_photo,
            found_ms,
            rng,
        )
        history = tell(story, neighbours.get(town.code))
        if rng.random() < CONFLICTS_PER_1000 / 1000:
            history.append(_conflicting_edit(history[0], story.reviewer, rng))
        neighbours[town.code] = hazard
        changes += history
    for _ in range(count * VISITS_PER_100 // 100):
        town = rng.choice(TOWNS)
        at_ms = _ms(begin + timedelta(days=rng.randrange(max(1, days)))) + rng.randint(30_000_000, 60_000_000)
        changes.append(visits.visit(town, cast.inspectors[town.code], at_ms, rng))
    end_ms = _ms(end) + DAY_MS - 1
    return sorted((change for change in changes if change.at_ms <= end_ms), key=lambda change: change.at_ms)


def to_operations(changes: Sequence[DemoChange], campaign: CampaignRow) -> list[Operation]:
    """The operations of the changes in a new campaign: numbered per device, with their causal base."""
    counters: dict[str, int] = defaultdict(int)
    stamps: dict[str, str] = defaultdict(lambda: clock.ZERO)
    times = [change.at_ms for change in changes]
    operations: list[Operation] = []
    fingerprints = [GENESIS]
    for index, change in enumerate(changes):
        device = change.actor.device
        counters[device] += 1
        stamps[device] = clock.tick(stamps[device], change.at_ms)
        seen = bisect_left(times, change.at_ms - change.behind_ms) if change.behind_ms else index
        operation = Operation(
            campaign=campaign.id,
            device=device,
            number=counters[device],
            record=change.record,
            type=change.type,
            kind=change.kind,
            fields=change.fields,
            base=seen,
            base_fingerprint=fingerprints[seen],
            hlc=stamps[device],
            made_at=moment(change.at_ms),
            author=change.actor.person,
        )
        record_types.check_fields(operation)
        operations.append(operation)
        fingerprints.append(next_fingerprint(fingerprints[-1], canonical(operation)))
    return operations


def _conflicting_edit(first: DemoChange, reviewer: Actor, rng: Random) -> DemoChange:
    """An edit of the hazard's depth by someone who had not seen the first save: a conflict."""
    fields = {"depth_m": round(rng.uniform(0.2, 5.9), 2), "responsible_unit": "权属待核实(演示)"}
    return DemoChange(
        first.at_ms + 3_600_000,
        reviewer,
        RecordType.HAZARD,
        Kind.EDIT,
        first.record,
        fields,
        behind_ms=2 * 3_600_000,
    )


def _head(session: Session) -> int:
    return campaigns.head(session, campaigns.ensure(session).id)


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME).timestamp() * 1000)
