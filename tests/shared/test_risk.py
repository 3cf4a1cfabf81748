"""The risk score: its figures, what missing input does, and that nothing safer ever scores worse."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.profiles.risk import assess, level_of, settled_level
from shared.profiles.risk_weights import DEFAULT, Weights
from shared.records.models import Hazard
from shared.vocabulary import KitItem, RiskLevel

KIT = [f"kit_{item.value}" for item in KitItem]
SAFEST: dict[str, Any] = {
    "school_distance_m": 1001,
    "on_route": False,
    "observed_use": ["none"],
    "access": "closed",
    "incident_history": "none",
    "depth_m": 0.4,
    "flow": "still",
    "bank": "gentle",
    "bed": "firm",
    **{name: {"state": "good"} for name in KIT},
}
WORST: dict[str, Any] = {
    "school_distance_m": 200,
    "on_route": True,
    "observed_use": ["fishing", "swimming"],
    "access": "inviting",
    "incident_history": "death",
    "depth_m": 2.1,
    "flow": "fast",
    "bank": "vertical",
    "bed": "drop",
    **{name: {"state": "missing"} for name in KIT},
}


def hazard(**changed: Any) -> Hazard:
    return Hazard.model_validate({**SAFEST, **changed})


def test_the_groups_have_the_figures_of_the_proposal() -> None:
    risk = assess(hazard())
    assert sum(part.most for part in risk.exposure) == 14
    assert sum(part.most for part in risk.consequence) == 12
    assert sum(part.most for part in risk.control) == 14


def test_the_safest_scores_nothing_and_the_worst_everything() -> None:
    safest, worst = assess(hazard()), assess(Hazard.model_validate(WORST))
    assert (safest.inherent, safest.residual, safest.level) == (0, 0, RiskLevel.LOW)
    assert (worst.inherent, worst.residual, worst.level) == (100, 100, RiskLevel.MAJOR)
    assert not safest.incomplete
    assert not worst.incomplete


def test_an_empty_record_scores_worst_and_says_what_is_missing() -> None:
    risk = assess(Hazard())
    assert (risk.inherent, risk.residual) == (100, 100)
    assert risk.incomplete
    assert set(risk.missing) == set(SAFEST)


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("school_distance_m", 200, 3),
        ("school_distance_m", 201, 2),
        ("school_distance_m", 500, 2),
        ("school_distance_m", 1000, 1),
        ("on_route", True, 2),
        ("observed_use", ["washing"], 1),
        ("observed_use", ["none", "playing"], 2),
        ("observed_use", ["swimming"], 3),
        ("access", "partial", 1),
        ("access", "open", 2),
        ("access", "inviting", 3),
        ("incident_history", "near_miss", 2),
        ("depth_m", 0.5, 1),
        ("depth_m", 1, 1),
        ("depth_m", 1.1, 2),
        ("depth_m", 2, 2),
        ("depth_m", 2.1, 3),
        ("flow", "slow", 1),
        ("flow", "tidal", 2),
        ("bank", "steep", 2),
        ("bed", "silt", 2),
        ("kit_ring", {"state": "damaged"}, 1),
        ("kit_ring", {"state": "missing"}, 2),
        ("kit_ring", {"state": "na"}, 0),
    ],
)
def test_each_answer_has_its_points(name: str, value: Any, points: int) -> None:
    risk = assess(hazard(**{name: value}))
    parts = [part for part in (*risk.exposure, *risk.consequence, *risk.control) if part.points]
    assert [(part.field, part.points) for part in parts] == ([(name, points)] if points else [])


@pytest.mark.parametrize("name", ["access", "incident_history", "flow", "bank", "bed"])
def test_unknown_counts_as_missing(name: str) -> None:
    risk = assess(hazard(**{name: "unknown"}))
    assert risk.missing == (name,)
    assert risk.residual > 0


def test_a_measured_depth_outweighs_the_class_and_the_class_fills_in() -> None:
    assert assess(hazard(depth_class="gt_2")).residual == 0
    assert assess(hazard(depth_m=None, depth_class="lt_0_5")).missing == ()
    assert assess(hazard(depth_m=None, depth_class="unknown")).missing == ("depth_m",)


def test_the_scores_are_the_formula() -> None:
    risk = assess(
        hazard(access="open", on_route=True, depth_m=1.5, bank="steep", kit_ring={"state": "missing"})
    )
    a, b, c = 4 / 14, 4 / 12, 2 / 14
    assert risk.residual == round(100 * (0.40 * a + 0.35 * b + 0.25 * c)) == 27
    assert risk.inherent == round(100 * (0.40 * a + 0.35 * b) / 0.75) == 31


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (100, "major"),
        (70, "major"),
        (69, "larger"),
        (50, "larger"),
        (49, "ordinary"),
        (30, "ordinary"),
        (29, "low"),
    ],
)
def test_levels_begin_where_the_proposal_says(score: int, level: str) -> None:
    assert level_of(score) is RiskLevel(level)


def test_a_death_with_open_access_is_at_least_larger() -> None:
    assert assess(hazard(incident_history="death")).level is RiskLevel.LOW
    for access in ("open", "inviting", "unknown", None):
        risk = assess(hazard(incident_history="death", access=access))
        assert risk.level is RiskLevel.LARGER
        assert risk.raised
    assert not assess(Hazard.model_validate(WORST)).raised


def test_an_override_needs_a_reason() -> None:
    for reason, expected in (("  ", (RiskLevel.LOW, None)), ("上月有险情", (RiskLevel.MAJOR, "上月有险情"))):
        overridden = hazard(risk_override="major", risk_override_reason=reason)
        assert settled_level(overridden, assess(overridden)) == expected


def test_weights_and_kit_are_the_deployments() -> None:
    four = Weights(kit_items=tuple(KitItem)[:4], major=1)
    risk = assess(hazard(kit_fence=None, kit_sign={"state": "missing"}), four)
    assert [part.field for part in risk.control] == KIT[:4]
    assert risk.missing == ()
    assert risk.residual == round(100 * 0.25 * 2 / 8)
    assert risk.level is RiskLevel.MAJOR
    assert assess(hazard(), Weights(kit_items=())).residual == 0


choices = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([SAFEST[name], WORST[name]]) for name in SAFEST}
)


@given(choices, st.sampled_from(sorted(SAFEST)))
def test_nothing_safer_scores_worse(given_values: dict[str, Any], name: str) -> None:
    values = {key: value for key, value in given_values.items() if key != name}
    safer, worse, missing = (
        assess(Hazard.model_validate({**values, **more}))
        for more in ({name: SAFEST[name]}, {name: WORST[name]}, {})
    )
    assert safer.residual <= worse.residual <= missing.residual
    assert safer.inherent <= worse.inherent <= missing.inherent
    assert 0 <= safer.residual <= missing.residual <= 100
    assert name in missing.missing
    order = list(reversed(RiskLevel))
    assert order.index(safer.level) <= order.index(missing.level)


def test_the_default_shares_add_up() -> None:
    assert DEFAULT.exposure + DEFAULT.consequence + DEFAULT.control == pytest.approx(1)
