"""进度: how far a year is toward its target, what that is made of, and the list behind each number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from shared.counting import Rules, percent
from shared.numbers import pace, spans
from shared.numbers.spans import Band
from shared.permissions import Action
from shared.plural import plural
from shared.towns import town_name
from shared.vocabulary import RiskLevel, Term
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.database.timestamps import this_year, today
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SignedIn, YearDep, campaign_of
from sync_server.pages.progress.burn_up_chart import HEIGHT, WIDTH, burn_up
from sync_server.pages.rendering import page, words_for
from sync_server.queries import progress
from sync_server.queries.filters import NOWHERE, CountedIn, Filter
from sync_server.queries.numbers import breakdown
from sync_server.queries.numbers.breakdown import Sums
from sync_server.texts.languages import label
from sync_server.texts.numbers.progress import ProgressTexts, progress_texts
from sync_server.texts.words import Texts

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its name, its sums and target (0 for none), and the filter of its hazards, None
    where no filter finds them."""

    name: str
    sums: Sums
    asked: Filter | None
    target: int = 0

    @property
    def share(self) -> str:
        return percent(self.sums.net, self.target) if self.target else ""


@router.get("/progress")
def progress_page(request: Request, access: SignedIn, engine: EngineDep, year: YearDep) -> Response:
    """The numbers of a year, of what the person may see."""
    access.require(Action.SEE_HAZARDS)
    words = words_for(request)
    texts = progress_texts(words.code)
    with reading(engine) as session:
        campaign = campaign_of(session, request)
        rules = progress.rules_of(session, access, campaign, year, None)
        found = breakdown.of(session, access, campaign, rules)
        weeks = breakdown.weeks(session, access, campaign, rules)
        ages = breakdown.ages(session, access, campaign, today())
        durations = breakdown.durations(session, access, campaign, year)
        rechecks = breakdown.rechecks(session, access, campaign, year)
        towns = _towns(session, access, campaign, year, found.towns, words)
        years = progress.years(session, access, campaign, this_year())
        profile = campaigns.profile_of(campaign)
    speed = pace.of_year(weeks, year, rules.target, found.whole.net, today())
    limited = access.towns(Action.SEE_HAZARDS) is not None
    return page(
        request,
        "progress.html",
        access,
        w=texts,
        year=year,
        years=years,
        limited=limited,
        rules=rules,
        whole=Line(texts.own if limited else texts.city, found.whole, Filter(), rules.target),
        towns=towns,
        kinds=_lines(found.types, list(profile.types), lambda term: Filter(type=term), words, texts.not_said),
        type_label=profile.label(profile.type_field, words.code),
        risks=_lines(found.risks, list(RiskLevel), lambda term: Filter(risk=term), words, texts.unrated),
        pace=speed,
        pace_lines=_said(speed, texts),
        chart=burn_up(speed, rules.target),
        chart_size=(WIDTH, HEIGHT),
        bands=[(_band_name(band, texts), band.count, _band_address(band)) for band in spans.bands(ages)],
        oldest=max(ages, default=0),
        took=_took(durations, year, texts),
        rechecks=rechecks,
        percent=percent,
        address=lambda line, what: _address(line, what, rules),
    )


def _towns(
    session: Session,
    access: Access,
    campaign: CampaignRow,
    year: int,
    sums: Mapping[str | None, Sums],
    words: Texts,
) -> list[Line]:
    """The towns that have something to count or a target, by their codes; without a town last."""
    targets = {
        row.town_code: row.hazards
        for row in campaigns.targets(session, campaign.id)
        if row.year == year and row.town_code and access.reaches(Action.SEE_HAZARDS, row.town_code)
    }
    codes = sorted({code for code in sums if code} | targets.keys())
    lines = [
        Line(town_name(code, words.code), sums.get(code, Sums()), Filter(town=code), targets.get(code, 0))
        for code in codes
    ]
    nowhere = [Line(words.no_town, sums[None], Filter(town=NOWHERE))] if None in sums else []
    return lines + nowhere


def _lines(
    sums: Mapping[str | None, Sums],
    terms: Sequence[Term],
    asked: Callable[[Any], Filter],
    words: Texts,
    without: str,
) -> list[Line]:
    """The lines of a table by terms, those without any last; `asked`: the filter that finds a term."""
    lines = [Line(label(term, words), sums[term.value], asked(term)) for term in terms if term.value in sums]
    return lines + ([Line(without, sums[None], None)] if None in sums else [])


def _address(line: Line, what: str, rules: Rules) -> str:
    """The ledger with the hazards of a number of a line: "counted", "relapsed" or "open"; "" for none."""
    if line.asked is None or not getattr(line.sums, what):
        return ""
    counted = {
        "counted": CountedIn(rules.year, rules.controlled_counts),
        "relapsed": CountedIn(rules.year),
    }.get(what)
    return f"/ledger?{replace(line.asked, counted=counted, open=what != 'counted').query()}"


def _said(speed: pace.Pace, texts: ProgressTexts) -> list[str]:
    """What the pace means; nothing of the future once the year is over."""
    if speed.forecast is None:
        return []
    lines = [texts.recent.format(pace=f"{speed.recent:.1f}")]
    lines.append(texts.forecast.format(count=speed.forecast))
    if speed.needed is None:
        return [texts.no_target, *lines]
    return [texts.needed.format(pace=f"{speed.needed:.1f}") if speed.needed else texts.reached, *lines]


def _band_name(band: Band, texts: ProgressTexts) -> str:
    if band.most is None:
        return texts.band_last.format(most=band.least - 1)
    return texts.band.format(least=band.least, most=band.most)


def _band_address(band: Band) -> str:
    """The ledger with the open hazards of these ages; "" for none."""
    if not band.count:
        return ""
    first = None if band.most is None else _days_ago(band.most)
    last = _days_ago(band.least) if band.least else None  # those found in the future are as old as today's
    return f"/ledger?{Filter(open=True, found_from=first, found_to=last).query()}&sort=found&dir=asc"


def _days_ago(days: int) -> str:
    return (date.fromisoformat(today()) - timedelta(days)).isoformat()


def _took(durations: Mapping[int, int], year: int, texts: ProgressTexts) -> str:
    half, most = spans.quantile(durations, 0.5), spans.quantile(durations, 0.9)
    if half is None or most is None:
        return texts.none_closed.format(year=year)
    return f"{plural(texts.half, half, year=year)} {plural(texts.most, most)}"
