"""Fills an empty deployment with made-up hazards, through the same log that phones and reviewers write to."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Engine
from sqlmodel import Session

from shared import clock, records
from shared.china_time import CHINA_TIME
from shared.operations import GENESIS, Kind, Operation, RecordType, canonical, next_tip
from shared.towns import TOWNS
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.database.transactions import in_transaction
from sync_server.demo import album, pictures, visits, waters, words
from sync_server.demo.album import Album
from sync_server.demo.cast import Cast, Hand, enter, gather, record_id
from sync_server.demo.lives import DAY_MS, Deed, Life, live, moment
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
    shelf: PhotoStore,
    today: date,
    progress: Progress,
    *,
    count: int = COUNT,
    seed: int = SEED,
) -> bool:
    """Make `count` hazards of the season before `today`, in the deployment's register; all or nothing.

    Returns False, with nothing changed, where its log holds something already. The same seed,
    day and count give the same operations. `progress(done, of)` is called often.
    """
    rng = Random(seed)  # noqa: S311
    if in_transaction(engine, lambda session: _head(session)) > 0:
        return False
    begin, end = season(today)
    drawn = [0]
    whole = album.PICTURES + 10 * count

    def one_drawn() -> None:
        drawn[0] += 1
        progress(drawn[0], whole)

    photos = album.draw(shelf, str(today.year), one_drawn)
    cast = gather(rng)
    deeds = imagine(count, cast, photos, begin, end, rng)
    ahead = whole - album.PICTURES

    def work(session: Session) -> bool:
        campaign = campaigns.ensure(session)
        if campaigns.head(session, campaign.id) > 0:
            return False
        enter(session, cast, campaign.id, _ms(begin))
        album.enter(session, photos, campaign.id, _ms(begin))
        operations = written(deeds, campaign)
        for start in range(0, len(operations), BATCH):
            part = operations[start : start + BATCH]
            writer.append(session, campaign, part, deeds[start + len(part) - 1].at_ms + 60_000)
            progress(album.PICTURES + ahead * (start + len(part)) // len(operations), whole)
        return True

    return in_transaction(engine, work)


def season(today: date) -> tuple[date, date]:
    """The first and last day of what happened: April to 20 November of the year, as far as it has come."""
    end = min(today, date(today.year, 11, 20))
    return max(date(today.year, 1, 1), min(date(today.year, 4, 1), end - timedelta(days=60))), end


def imagine(count: int, cast: Cast, photos: Album, begin: date, end: date, rng: Random) -> list[Deed]:
    """Everything that everybody saved, in the order of time."""
    landscapes = {town.code: waters.Landscape.of(town, rng) for town in TOWNS}
    share = [rng.uniform(0.6, 1.6) for _ in TOWNS]
    deeds: list[Deed] = []
    neighbours: dict[str, str] = {}
    days = (end - begin).days
    for _ in range(count):
        town = rng.choices(TOWNS, share)[0]
        water_type = rng.choices(tuple(words.SHARE), tuple(words.SHARE.values()))[0]
        found = begin + timedelta(days=int(days * min(0.97, rng.betavariate(1.4, 1.9))))
        found_ms = _ms(found) + rng.randint(8 * 3_600_000, 17 * 3_600_000)
        due = found + timedelta(days=rng.choice((7, 15, 30, 30, 45)))
        hazard = record_id(found_ms, rng)
        life = Life(
            hazard,
            waters.fields(landscapes[town.code], water_type, found, due, moment(found_ms), rng),
            cast.inspectors[town.code],
            rng.choice(cast.reviewers),
            rng.choice(photos.scenes[town.code, pictures.kind_of(water_type)]),
            found_ms,
            rng,
        )
        lived = live(life, neighbours.get(town.code))
        if rng.random() < CONFLICTS_PER_1000 / 1000:
            lived.append(_contradiction(lived[0], life.reviewer, rng))
        neighbours[town.code] = hazard
        deeds += lived
    for _ in range(count * VISITS_PER_100 // 100):
        town = rng.choice(TOWNS)
        at_ms = _ms(begin + timedelta(days=rng.randrange(max(1, days)))) + rng.randint(30_000_000, 60_000_000)
        deeds.append(visits.visit(town, cast.inspectors[town.code], at_ms, rng))
    over_ms = _ms(end) + DAY_MS - 1
    return sorted((deed for deed in deeds if deed.at_ms <= over_ms), key=lambda deed: deed.at_ms)


def written(deeds: Sequence[Deed], campaign: CampaignRow) -> list[Operation]:
    """The operations that the deeds make in a new campaign: each device counts, base is what was seen."""
    counters: dict[str, int] = defaultdict(int)
    stamps: dict[str, str] = defaultdict(lambda: clock.ZERO)
    times = [deed.at_ms for deed in deeds]
    operations: list[Operation] = []
    tips = [GENESIS]
    for place, deed in enumerate(deeds):
        device = deed.hand.device
        counters[device] += 1
        stamps[device] = clock.tick(stamps[device], deed.at_ms)
        seen = bisect_left(times, deed.at_ms - deed.behind_ms) if deed.behind_ms else place
        operation = Operation(
            campaign=campaign.id,
            device=device,
            n=counters[device],
            record=deed.record,
            type=deed.type,
            kind=deed.kind,
            fields=deed.fields,
            base=seen,
            tip=tips[seen],
            hlc=stamps[device],
            made_at=moment(deed.at_ms),
            author=deed.hand.person,
        )
        records.check_fields(operation)
        operations.append(operation)
        tips.append(next_tip(tips[-1], canonical(operation)))
    return operations


def _contradiction(first: Deed, reviewer: Hand, rng: Random) -> Deed:
    """Someone writes another depth for the hazard, having seen nothing of it since long before."""
    fields = {"depth_m": round(rng.uniform(0.2, 5.9), 2), "responsible_unit": "权属待核实(演示)"}
    return Deed(
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
