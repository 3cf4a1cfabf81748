"""The weight of each answer in the risk score: a proposal; every figure is configurable."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
