"""The risk score of a hazard: exposure, consequence and control deficit, every part shown.

A proposal, not validated against accidents; every figure is configurable. Missing input scores worst and is
named, so that an incomplete record never looks safe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import NamedTuple

from shared.profiles.risk_weights import DEFAULT, Weights
from shared.records.models import Hazard, KitCheck
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


class Part(NamedTuple):
    """One input of the score: the hazard's field, its points, the most possible, whether it is missing."""

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
    exposure = _exposure(
        weights,
        _band(hazard.school_distance_m, weights.school),
        hazard.on_route,
        hazard.observed_use or (),
        hazard.access,
        hazard.incident_history,
    )
    depth = depth_class(hazard.depth_m, hazard.depth_class)
    consequence = _consequence(weights, depth, hazard.flow, hazard.bank, hazard.bed)
    control = _control(weights, _kit_states(hazard, weights.kit_items))
    a, b = weights.exposure * exposure.share, weights.consequence * consequence.share
    inherent = _whole((a + b) / (weights.exposure + weights.consequence))
    residual = _whole(a + b + weights.control * control.share)
    level = level_of(residual, weights)
    death = hazard.incident_history is IncidentHistory.DEATH
    open_access = hazard.access not in (Access.CLOSED, Access.PARTIAL)
    raised = death and open_access and level in (RiskLevel.ORDINARY, RiskLevel.LOW)
    return Risk(
        exposure.parts,
        consequence.parts,
        control.parts,
        inherent,
        residual,
        RiskLevel.LARGER if raised else level,
        raised,
        (*exposure.missing, *consequence.missing, *control.missing),
    )


def level_of(score: int, weights: Weights = DEFAULT) -> RiskLevel:
    """The level of a score of 0–100."""
    if score >= weights.major:
        return RiskLevel.MAJOR
    if score >= weights.larger:
        return RiskLevel.LARGER
    return RiskLevel.ORDINARY if score >= weights.ordinary else RiskLevel.LOW


def settled_level(hazard: Hazard, risk: Risk) -> tuple[RiskLevel | None, str | None]:
    """The level that counts, and the reason if a person set it. An override without a reason is ignored.

    A score with missing input is the worst possible, not a finding: then there is no level.
    """
    reason = (hazard.risk_override_reason or "").strip()
    if hazard.risk_override is not None and reason:
        return hazard.risk_override, reason
    return None if risk.incomplete else risk.level, None


def depth_class(depth_m: float | None, given: DepthClass | None) -> DepthClass | None:
    """The class of a depth in metres; without a measurement, the class that was entered."""
    if depth_m is None:
        return given
    if depth_m < 0.5:
        return DepthClass.SHALLOW
    if depth_m <= 1:
        return DepthClass.KNEE
    return DepthClass.CHEST if depth_m <= 2 else DepthClass.DEEP


@dataclass(frozen=True, slots=True)
class _Third:
    """Exposure, consequence or control: its parts, their share of the most they can be, what was missing."""

    parts: tuple[Part, ...]
    share: float
    missing: tuple[str, ...]

    @classmethod
    def of(cls, *parts: Part) -> "_Third":
        points, most = sum(part.points for part in parts), sum(part.most for part in parts)
        return cls(parts, points / most if most else 0.0, tuple(part.field for part in parts if part.missing))


# There are few answers, so hazards share what follows from them: a push assesses hundreds at once.
@lru_cache(maxsize=4096)
def _exposure(
    weights: Weights,
    band: int | None,
    on_route: bool | None,
    use: tuple[ObservedUse, ...],
    access: Access | None,
    history: IncidentHistory | None,
) -> _Third:
    answers = _answers(weights)
    return _Third.of(
        _distance("school_distance_m", band, weights.school),
        _flag("on_route", on_route, weights.on_route),
        _worst(answers["observed_use"], use),
        _answer(answers["access"], access),
        _answer(answers["incident_history"], history),
    )


@lru_cache(maxsize=1024)
def _consequence(
    weights: Weights, depth: DepthClass | None, flow: Flow | None, bank: Bank | None, bed: Bed | None
) -> _Third:
    answers = _answers(weights)
    return _Third.of(
        _answer(answers["depth_m"], depth),
        _answer(answers["flow"], flow),
        _answer(answers["bank"], bank),
        _answer(answers["bed"], bed),
    )


@lru_cache(maxsize=4096)
def _control(weights: Weights, states: tuple[KitState | None, ...]) -> _Third:
    answers = _answers(weights)
    return _Third.of(
        *(
            _answer(answers[_KIT_FIELDS[item]], state)
            for item, state in zip(weights.kit_items, states, strict=True)
        )
    )


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
    """The part of an answer; `unknown` is in no table and scores worst, like a missing one."""
    return answers.get(value) or answers[None]


def _worst(answers: Answers, values: tuple[Term, ...]) -> Part:
    if not values:
        return answers[None]
    parts = [_answer(answers, value) for value in values]
    return max(parts, key=lambda part: (part.points, part.missing))


def _band(distance_m: int | None, bands: Mapping[int, int]) -> int | None:
    """The points of a distance in metres; None for a missing one."""
    if distance_m is None:
        return None
    return max((points for up_to, points in bands.items() if distance_m <= up_to), default=0)


def _distance(name: str, points: int | None, bands: Mapping[int, int]) -> Part:
    most = max(bands.values())
    return Part(name, most, most, True) if points is None else Part(name, points, most)


def _flag(name: str, value: bool | None, points: int) -> Part:
    return Part(name, 0 if value is False else points, points, value is None)


_KIT_FIELDS = {item: f"kit_{item.value}" for item in KitItem}


def _kit_states(hazard: Hazard, items: Sequence[KitItem]) -> tuple[KitState | None, ...]:
    checks: list[KitCheck | None] = [getattr(hazard, _KIT_FIELDS[item]) for item in items]
    return tuple([check.state if check else None for check in checks])


def _whole(share: float) -> int:
    """A share of 1 as whole points of 100, rounded half up."""
    return floor(100 * share + 0.5 + 1e-9)
