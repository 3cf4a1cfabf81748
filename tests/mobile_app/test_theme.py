"""The phone's colours: said once, for a light and a dark device, and readable in both."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import product
from pathlib import Path

import flet as ft
import pytest

from mobile_app import theme

SCHEMES = {"light": theme.LIGHT, "dark": theme.DARK}
MODULES = [path for path in Path("mobile_app").rglob("*.py") if path != Path("mobile_app/theme.py")]
HEX = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
ENOUGH = 4.5
"""WCAG 2.2, 1.4.3: text against its background."""
ENOUGH_FOR_EDGES = 3.0
"""WCAG 2.2, 1.4.11: the edges of what can be tapped."""

INKS = (theme.INK, theme.QUIET, theme.PRIMARY, theme.GOOD, theme.WARN, theme.BAD)
GROUNDS = (theme.PAPER, theme.CARD)
TEXTS = [
    *product(INKS, GROUNDS),
    (theme.ON_PRIMARY, theme.PRIMARY),
    (theme.ON_BAR, theme.BAR),
    (theme.ON_MESSAGE, theme.MESSAGE),
    (theme.ON_BAD, theme.BAD),
    *(theme.CALM, theme.BUSY, theme.DONE, theme.ALARM, theme.HANDED_IN, theme.GREY),
    (ft.Colors.ON_SECONDARY_CONTAINER, ft.Colors.SECONDARY_CONTAINER),  # of buttons
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0–1."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen(scheme: ft.ColorScheme, role: ft.Colors) -> str:
    colour = getattr(scheme, role.name.lower())
    assert isinstance(colour, str), f"{role.name} has no colour"
    return colour


@pytest.mark.parametrize("name", SCHEMES)
def test_every_text_can_be_read_on_its_background(name: str) -> None:
    scheme = SCHEMES[name]
    found = {
        (ink.name, ground.name): contrast(seen(scheme, ink), seen(scheme, ground)) for ink, ground in TEXTS
    }
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < ENOUGH} == {}


@pytest.mark.parametrize("name", SCHEMES)
def test_the_edge_of_a_field_is_seen(name: str) -> None:
    edge, *grounds = (seen(SCHEMES[name], role) for role in (theme.OUTLINE, *GROUNDS))
    assert min(contrast(edge, ground) for ground in grounds) >= ENOUGH_FOR_EDGES


def test_words_on_a_photo_can_be_read_however_bright_it_is() -> None:
    assert contrast(theme.ON_PHOTO, theme.PHOTO_GROUND) >= ENOUGH
    share = int(theme.PHOTO_SHADE[1:3], 16) / 255
    over_white = f"#{round(255 * (1 - share)):02X}"
    assert contrast(theme.ON_PHOTO, f"#{over_white[1:] * 3}") >= ENOUGH


def test_light_and_dark_say_the_same_roles() -> None:
    said = [
        {field.name for field in fields(scheme) if HEX.fullmatch(str(getattr(scheme, field.name)))}
        for scheme in SCHEMES.values()
    ]
    assert said[0] == said[1]
    roles = {value.name.lower() for value in vars(theme).values() if isinstance(value, ft.Colors)}
    assert roles <= said[0]


def colours_in(tree: ast.AST) -> Iterator[str]:
    """What names a colour without the theme: a hexadecimal number, one of Flet's names, a word."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX.search(node.value):
            yield f"{node.lineno}: {node.value}"
        elif isinstance(node, ast.Attribute) and node.attr in ("Colors", "CupertinoColors"):
            yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.keyword) and (node.arg or "").endswith("color"):
            for word in ast.walk(node.value):
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    yield f"{word.lineno}: {word.value}"


def test_only_the_theme_names_colours() -> None:
    found = {str(path): list(colours_in(ast.parse(path.read_text("utf-8")))) for path in MODULES}
    assert {path: colours for path, colours in found.items() if colours} == {}


@pytest.mark.parametrize(
    "line", ['Text(color="#FFFFFF")', "Text(color=ft.Colors.RED)", 'Text(bgcolor="red")']
)
def test_a_colour_beside_the_theme_is_found(line: str) -> None:
    assert list(colours_in(ast.parse(line)))
