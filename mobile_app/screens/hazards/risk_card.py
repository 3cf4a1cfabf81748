"""The risk of a hazard: its level, what is missing for it, and every part of the score."""

from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import part
from mobile_app.widgets import buttons, labels
from shared.profiles.risk import settled_level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.profiles.risk import Part, Risk


@part
def RiskCard(hazard: Any) -> ft.Control:
    """The card of a hazard, as its programme's model; the parts of the score unfold with a tap."""
    app = use_app()
    opened, set_opened = ft.use_state(False)
    words, risk = app.texts.risk, app.profile.assess(hazard)
    if risk is None:  # a programme without a score
        return ft.Container()
    explain = buttons.tonal_button(
        words.explain, ft.Icons.EXPAND_MORE, lambda _event: set_opened(True), key="risk-explain"
    )
    return labels.card(
        [
            labels.heading(words.title),
            *_verdict(app, hazard, risk),
            *(_parts(app, risk) if opened else [explain]),
        ]
    )


def _verdict(app: AppContext, hazard: Any, risk: "Risk") -> list[ft.Control]:
    words = app.texts.risk
    level, reason = settled_level(hazard, risk)
    if level is None:
        verdict = words.unrated
    elif reason:
        verdict = words.by_hand.format(level=app.texts.of(level), reason=reason)
    else:
        verdict = words.rated.format(level=app.texts.of(level), score=risk.residual)
    missing = app.texts.listed(_label(app, name) for name in risk.missing)
    return [
        ft.Text(verdict, size=16, weight=ft.FontWeight.W_600, color=theme.INK, key="risk-level"),
        *([labels.quiet(words.missing.format(fields=missing), key="risk-missing")] if missing else []),
        *([labels.quiet(words.raised)] if risk.raised and not reason else []),
    ]


def _parts(app: AppContext, risk: "Risk") -> list[ft.Control]:
    words = app.texts.risk
    groups: list[tuple[str, Sequence[Part]]] = [
        (words.exposure, risk.exposure),
        (words.consequence, risk.consequence),
        (words.control, risk.control),
    ]
    return [
        ft.Text(words.residual.format(score=risk.residual), size=16, color=theme.INK),
        ft.Text(words.inherent.format(score=risk.inherent), size=16, color=theme.INK),
        *(control for title, parts in groups for control in _group(app, title, parts)),
        labels.quiet(words.note),
    ]


def _group(app: AppContext, title: str, parts: "Sequence[Part]") -> list[ft.Control]:
    words = app.texts.risk

    def line(one: "Part") -> str:
        text = words.part_missing if one.missing else words.part
        return text.format(label=_label(app, one.field), points=one.points, most=one.most)

    return [
        ft.Text(title, size=16, weight=ft.FontWeight.W_600, color=theme.INK),
        *(ft.Text(line(one), size=15, color=theme.QUIET) for one in parts),
    ]


def _label(app: AppContext, field: str) -> str:
    return app.profile.label(field, app.texts.language)
