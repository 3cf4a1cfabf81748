"""The risk score of a hazard: exposure, consequence and control deficit, every part shown.

A proposal, not validated against accidents; every figure is configurable. What is missing scores worst and
is named, so that an incomplete record never looks safe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import floor
from typing import NamedTuple

from shared.records import Hazard, KitCheck
from shared.vocabulary import (
    Access,
    Bank,
    Bed,
    DepthClass,
    Flow,
    IncidentHistory,
    KitItem,
    KitState,
    ObservedUse,
    RiskLevel,
    Term,
)


def _school() -> Mapping[int, int]:
    return {200: 3, 500: 2, 1000: 1}


def _use() -> Mapping[Term, int]:
    use = ObservedUse
    return {use.NONE: 0, use.FISHING: 1, use.WASHING: 1, use.BOATING: 1, use.PLAYING: 2, use.SWIMMING: 3}


def _access() -> Mapping[Term, int]:
    return {Access.CLOSED: 0, Access.PARTIAL: 1, Access.OPEN: 2, Access.INVITING: 3}


def _history() -> Mapping[Term, int]:
    return {IncidentHistory.NONE: 0, IncidentHistory.NEAR_MISS: 2, IncidentHistory.DEATH: 3}


def _depth() -> Mapping[Term, int]:
    return {DepthClass.SHALLOW: 0, DepthClass.KNEE: 1, DepthClass.CHEST: 2, DepthClass.DEEP: 3}


def _flow() -> Mapping[Term, int]:
    return {Flow.STILL: 0, Flow.SLOW: 1, Flow.TIDAL: 2, Flow.FAST: 3}


def _bank() -> Mapping[Term, int]:
    return {Bank.GENTLE: 0, Bank.STEEP: 2, Bank.VERTICAL: 3}


def _bed() -> Mapping[Term, int]:
    return {Bed.FIRM: 0, Bed.SILT: 2, Bed.DROP: 3}


def _kit() -> Mapping[Term, int]:
    return {KitState.GOOD: 0, KitState.NOT_APPLICABLE: 0, KitState.DAMAGED: 1, KitState.MISSING: 2}


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Points per answer, the share of each group, and the scores from which a level begins.

    `school`: distance in metres up to which → points; farther is 0. `kit_items`: the kit this deployment
    looks at (四个一, 五个一, …). Make one and keep it: what follows from it is worked out once.
    """

    exposure: float = 0.40
    consequence: float = 0.35
    control: float = 0.25
    major: int = 70
    larger: int = 50
    ordinary: int = 30
    on_route: int = 2
    school: Mapping[int, int] = field(default_factory=_school)
    use: Mapping[Term, int] = field(default_factory=_use)
    access: Mapping[Term, int] = field(default_factory=_access)
    history: Mapping[Term, int] = field(default_factory=_history)
    depth: Mapping[Term, int] = field(default_factory=_depth)
    flow: Mapping[Term, int] = field(default_factory=_flow)
    bank: Mapping[Term, int] = field(default_factory=_bank)
    bed: Mapping[Term, int] = field(default_factory=_bed)
    kit: Mapping[Term, int] = field(default_factory=_kit)
    kit_items: tuple[KitItem, ...] = tuple(KitItem)


DEFAULT = Weights()


class Part(NamedTuple):
    """One input of the score: the hazard's field, its points of the most possible, whether it is missing."""

    field: str
    points: int
    most: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """The score of one hazard with everything that went into it. Scores are 0–100.

    `level` follows from `residual`; `raised` says that a death with open access lifted it to 较大.
    `missing` names the fields that were not given and scored worst.
    """

    exposure: tuple[Part, ...]
    consequence: tuple[Part, ...]
    control: tuple[Part, ...]
    inherent: int
    residual: int
    level: RiskLevel
    raised: bool
    missing: tuple[str, ...]

    @property
    def incomplete(self) -> bool:
        """资料不全."""
        return bool(self.missing)


def assess(hazard: Hazard, weights: Weights = DEFAULT) -> Risk:
    """The risk of a hazard by what is recorded of it."""
    answers = _answers(weights)
    exposure = (
        _distance("school_distance_m", hazard.school_distance_m, weights.school),
        _flag("on_route", hazard.on_route, weights.on_route),
        _worst(answers["observed_use"], hazard.observed_use or ()),
        _answer(answers["access"], hazard.access),
        _answer(answers["incident_history"], hazard.incident_history),
    )
    consequence = (
        _answer(answers["depth_m"], depth_class(hazard.depth_m, hazard.depth_class)),
        _answer(answers["flow"], hazard.flow),
        _answer(answers["bank"], hazard.bank),
        _answer(answers["bed"], hazard.bed),
    )
    control = tuple([_kit_part(answers, hazard, item) for item in weights.kit_items])
    a, b = weights.exposure * _share(exposure), weights.consequence * _share(consequence)
    inherent = _whole((a + b) / (weights.exposure + weights.consequence))
    residual = _whole(a + b + weights.control * _share(control))
    level = level_of(residual, weights)
    death = hazard.incident_history is IncidentHistory.DEATH
    open_access = hazard.access not in (Access.CLOSED, Access.PARTIAL)
    raised = death and open_access and level in (RiskLevel.ORDINARY, RiskLevel.LOW)
    return Risk(
        exposure,
        consequence,
        control,
        inherent,
        residual,
        RiskLevel.LARGER if raised else level,
        raised,
        tuple(part.field for part in (*exposure, *consequence, *control) if part.missing),
    )


def level_of(score: int, weights: Weights = DEFAULT) -> RiskLevel:
    """The level of a score of 0–100."""
    if score >= weights.major:
        return RiskLevel.MAJOR
    if score >= weights.larger:
        return RiskLevel.LARGER
    return RiskLevel.ORDINARY if score >= weights.ordinary else RiskLevel.LOW


def settled_level(hazard: Hazard, risk: Risk) -> tuple[RiskLevel, str | None]:
    """The level that counts, and the reason where a person set it. An override without a reason is none."""
    reason = (hazard.risk_override_reason or "").strip()
    if hazard.risk_override is not None and reason:
        return hazard.risk_override, reason
    return risk.level, None


def depth_class(depth_m: float | None, given: DepthClass | None) -> DepthClass | None:
    """The class of a depth in metres; the class that was given where nobody measured."""
    if depth_m is None:
        return given
    if depth_m < 0.5:
        return DepthClass.SHALLOW
    if depth_m <= 1:
        return DepthClass.KNEE
    return DepthClass.CHEST if depth_m <= 2 else DepthClass.DEEP


Answers = Mapping[Term | None, Part]
"""The part that each answer to one question is; that of None is a missing answer's."""


@lru_cache(maxsize=16)
def _answers(weights: Weights) -> Mapping[str, Answers]:
    tables = {
        "observed_use": weights.use,
        "access": weights.access,
        "incident_history": weights.history,
        "depth_m": weights.depth,
        "flow": weights.flow,
        "bank": weights.bank,
        "bed": weights.bed,
        **dict.fromkeys(_KIT_FIELDS.values(), weights.kit),
    }
    answers: dict[str, Answers] = {}
    for name, points in tables.items():
        most = max(points.values())
        parts: dict[Term | None, Part] = {term: Part(name, value, most) for term, value in points.items()}
        answers[name] = parts | {None: Part(name, most, most, True)}
    return answers


def _answer(answers: Answers, value: Term | None) -> Part:
    """The part of an answer; `unknown` stands in no table and scores worst, like none."""
    return answers.get(value) or answers[None]


def _worst(answers: Answers, values: tuple[Term, ...]) -> Part:
    if not values:
        return answers[None]
    parts = [_answer(answers, value) for value in values]
    return max(parts, key=lambda part: (part.points, part.missing))


def _distance(name: str, distance_m: int | None, bands: Mapping[int, int]) -> Part:
    most = max(bands.values())
    if distance_m is None:
        return Part(name, most, most, True)
    return Part(
        name, max((points for up_to, points in bands.items() if distance_m <= up_to), default=0), most
    )


def _flag(name: str, value: bool | None, points: int) -> Part:
    return Part(name, 0 if value is False else points, points, value is None)


_KIT_FIELDS = {item: f"kit_{item.value}" for item in KitItem}


def _kit_part(answers: Mapping[str, Answers], hazard: Hazard, item: KitItem) -> Part:
    name = _KIT_FIELDS[item]
    check: KitCheck | None = getattr(hazard, name)
    return _answer(answers[name], check.state if check else None)


def _share(parts: tuple[Part, ...]) -> float:
    points = most = 0
    for part in parts:
        points += part.points
        most += part.most
    return points / most if most else 0.0


def _whole(share: float) -> int:
    """A share of 1 as whole points of 100, halves up."""
    return floor(100 * share + 0.5 + 1e-9)
