"""The phone's visual theme: colours with enough contrast for sunlight, and large touch targets."""

import flet as ft

FONT = "AnlanSans"
BRAND = "#0B7A8C"
PRIMARY = "#005B6A"
INK = "#0E1F24"
QUIET = "#40555C"
LINE = "#B5C6CA"
PAPER = "#F3F8F9"
CARD = "#FFFFFF"
GOOD = "#1B6B3A"
WARN = "#8A4B00"
BAD = "#A3191F"

TARGET = 52
"""The minimum height of a touch target, in logical pixels."""
GAP = 12
EDGE = 16

_CALM, _BUSY, _DONE, _ALARM, _GREY = (
    ("#004F5D", "#CDEBF0"),
    ("#7A4100", "#FFE3C2"),
    ("#12542C", "#CFEEDA"),
    ("#8C1218", "#FFDAD8"),
    ("#40494C", "#E1E7E9"),
)
_STATUS: dict[str, tuple[str, str]] = {
    "reported": _CALM,
    "registered": _CALM,
    "assigned": _BUSY,
    "in_progress": _BUSY,
    "controlled": _BUSY,
    "pending_acceptance": ("#4A2C86", "#E7DDFB"),
    "closed": _DONE,
    "relapsed": _ALARM,
    "returned": _ALARM,
}
_UPLOAD: dict[str, tuple[str, str]] = {
    "waiting": _BUSY,
    "uploading": _CALM,
    "uploaded": _DONE,
    "failed": _ALARM,
}


def status_colours(code: str) -> tuple[str, str]:
    """(text, background) for a 整改状态; always shown together with its word."""
    return _STATUS.get(code, _GREY)


def upload_colours(code: str) -> tuple[str, str]:
    """(text, background) for an upload state."""
    return _UPLOAD.get(code, _GREY)


def light() -> ft.Theme:
    """The app's only theme."""
    return ft.Theme(
        color_scheme_seed=BRAND,
        color_scheme=ft.ColorScheme(
            primary=PRIMARY,
            on_surface=INK,
            on_surface_variant=QUIET,
            outline="#5D7278",
            surface=PAPER,
            error=BAD,
        ),
        font_family=FONT,
        use_material3=True,
        scaffold_bgcolor=PAPER,
        visual_density=ft.VisualDensity.STANDARD,
        page_transitions=ft.PageTransitionsTheme(
            android=ft.PageTransitionTheme.NONE,
            ios=ft.PageTransitionTheme.NONE,
            linux=ft.PageTransitionTheme.NONE,
            macos=ft.PageTransitionTheme.NONE,
            windows=ft.PageTransitionTheme.NONE,
        ),
    )
