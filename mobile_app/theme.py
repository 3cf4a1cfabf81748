"""The phone's visual theme: colours with enough contrast for sunlight and for the night, large touch targets.

A colour is a role. Flutter looks the role up in `LIGHT` or `DARK`, whichever the device asks for, so that
nothing is drawn again when that changes.
"""

import flet as ft

FONT = "AnlanSans"
_SEED = "#0B7A8C"

PAPER = ft.Colors.SURFACE
CARD = ft.Colors.SURFACE_CONTAINER_LOW
WELL = ft.Colors.SURFACE_CONTAINER_HIGH
"""The place of a picture that is not there yet."""
TRACK = ft.Colors.SURFACE_CONTAINER_HIGHEST
"""What is left of a progress bar."""
INK = ft.Colors.ON_SURFACE
QUIET = ft.Colors.ON_SURFACE_VARIANT
LINE = ft.Colors.OUTLINE_VARIANT
"""Between things that are only shown."""
OUTLINE = ft.Colors.OUTLINE
"""Around what can be tapped or written into."""
PRIMARY = ft.Colors.PRIMARY
ON_PRIMARY = ft.Colors.ON_PRIMARY
AROUND_ME = ft.Colors.with_opacity(0.18, PRIMARY)
"""On a map, where the device may be as well."""
GOOD = ft.Colors.ON_SECONDARY_FIXED_VARIANT
WARN = ft.Colors.TERTIARY
BAD = ft.Colors.ERROR
ON_BAD = ft.Colors.ON_ERROR
BAR = ft.Colors.PRIMARY_FIXED
ON_BAR = ft.Colors.ON_PRIMARY_FIXED
MESSAGE = ft.Colors.INVERSE_SURFACE
ON_MESSAGE = ft.Colors.ON_INVERSE_SURFACE

PHOTO_GROUND = "#000000"
"""Around a photo and on the camera's screen, whatever the device asks for."""
ON_PHOTO = "#FFFFFF"
PHOTO_SHADE = "#99000000"
"""Under words that lie on a photo."""
MARK = "#E3131B"
"""What a finger draws on a photo."""
SHUTTER_EDGE = "#9BC6CE"
SHUTTER_WAITING = "#8899A0"

TARGET = ft.Padding.symmetric(horizontal=12, vertical=17)
"""Inside what can be tapped: a line of text in it makes 56 logical pixels, larger text makes more."""
GAP = 12
EDGE = 16

Tone = tuple[ft.Colors, ft.Colors]
"""(text, background)."""

CALM: Tone = (ft.Colors.ON_PRIMARY_CONTAINER, ft.Colors.PRIMARY_CONTAINER)
BUSY: Tone = (ft.Colors.ON_TERTIARY_CONTAINER, ft.Colors.TERTIARY_CONTAINER)
DONE: Tone = (ft.Colors.ON_SECONDARY_FIXED, ft.Colors.SECONDARY_FIXED)
ALARM: Tone = (ft.Colors.ON_ERROR_CONTAINER, ft.Colors.ERROR_CONTAINER)
HANDED_IN: Tone = (ft.Colors.ON_TERTIARY_FIXED, ft.Colors.TERTIARY_FIXED)
GREY: Tone = (QUIET, WELL)
_STATUS: dict[str, Tone] = {
    "reported": CALM,
    "registered": CALM,
    "assigned": BUSY,
    "in_progress": BUSY,
    "controlled": BUSY,
    "pending_acceptance": HANDED_IN,
    "closed": DONE,
    "relapsed": ALARM,
    "returned": ALARM,
}
_UPLOAD: dict[str, Tone] = {
    "waiting": BUSY,
    "uploading": CALM,
    "uploaded": DONE,
    "failed": ALARM,
}

LIGHT = ft.ColorScheme(
    surface="#F3F8F9",
    surface_container_low="#FFFFFF",
    surface_container="#FFFFFF",
    surface_container_high="#E3EEF0",
    surface_container_highest="#D5E5E8",
    on_surface="#0E1F24",
    on_surface_variant="#40555C",
    outline="#5D7278",
    outline_variant="#D3DFE2",
    primary="#005B6A",
    on_primary="#FFFFFF",
    primary_container="#CDEBF0",
    on_primary_container="#004F5D",
    secondary_container="#CDEBF0",
    on_secondary_container="#004F5D",
    tertiary="#8A4B00",
    tertiary_container="#FFE3C2",
    on_tertiary_container="#7A4100",
    error="#A3191F",
    on_error="#FFFFFF",
    error_container="#FFDAD8",
    on_error_container="#8C1218",
    primary_fixed="#005B6A",
    on_primary_fixed="#FFFFFF",
    secondary_fixed="#CFEEDA",
    on_secondary_fixed="#12542C",
    on_secondary_fixed_variant="#1B6B3A",
    tertiary_fixed="#E7DDFB",
    on_tertiary_fixed="#4A2C86",
    inverse_surface="#17343B",
    on_inverse_surface="#FFFFFF",
)
DARK = ft.ColorScheme(
    surface="#0C1619",
    surface_container_low="#16242A",
    surface_container="#16242A",
    surface_container_high="#22333A",
    surface_container_highest="#33474F",
    on_surface="#E3EEF0",
    on_surface_variant="#B3C6CB",
    outline="#8CA3AA",
    outline_variant="#2C3F46",
    primary="#6CD0E1",
    on_primary="#00343D",
    primary_container="#064A56",
    on_primary_container="#C4EEF5",
    secondary_container="#064A56",
    on_secondary_container="#C4EEF5",
    tertiary="#FFB871",
    tertiary_container="#5F3400",
    on_tertiary_container="#FFDDB8",
    error="#FFB4AB",
    on_error="#5C0A0E",
    error_container="#7A1217",
    on_error_container="#FFDAD6",
    primary_fixed="#123039",
    on_primary_fixed="#E3EEF0",
    secondary_fixed="#0F4A26",
    on_secondary_fixed="#C2F1D0",
    on_secondary_fixed_variant="#7FDB9F",
    tertiary_fixed="#4A2C86",
    on_tertiary_fixed="#E9DFFF",
    inverse_surface="#D9EAED",
    on_inverse_surface="#0E1F24",
)


def status_colours(code: str) -> Tone:
    """(text, background) for a 整改状态; always shown together with its word."""
    return _STATUS.get(code, GREY)


def upload_colours(code: str) -> Tone:
    """(text, background) for an upload state."""
    return _UPLOAD.get(code, GREY)


def of(scheme: ft.ColorScheme) -> ft.Theme:
    """The app's theme in the colours `LIGHT` or `DARK`."""
    return ft.Theme(
        color_scheme_seed=_SEED,
        color_scheme=scheme,
        font_family=FONT,
        use_material3=True,
        scaffold_bgcolor=PAPER,
        visual_density=ft.VisualDensity.STANDARD,
        navigation_bar_theme=ft.NavigationBarTheme(  # narrow letters: five tabs fit with large texts
            label_text_style=ft.TextStyle(
                size=11.5, letter_spacing=0, weight=ft.FontWeight.W_500, font_family=FONT, color=INK
            )
        ),
        page_transitions=ft.PageTransitionsTheme(
            android=ft.PageTransitionTheme.NONE,
            ios=ft.PageTransitionTheme.NONE,
            linux=ft.PageTransitionTheme.NONE,
            macos=ft.PageTransitionTheme.NONE,
            windows=ft.PageTransitionTheme.NONE,
        ),
    )
