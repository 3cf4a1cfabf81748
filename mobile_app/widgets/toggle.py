"""A checkbox or a switch with a label of any length."""

import flet as ft

from mobile_app import theme


def toggle(control: ft.Checkbox | ft.Switch, label: str) -> ft.Control:
    """`control` before its label, which breaks into lines; a tap on either counts, and both are one to a
    screen reader."""
    return ft.MergeSemantics(
        ft.ListTile(
            leading=control,
            title=ft.Text(label, size=17, color=theme.INK),
            toggle_inputs=True,
            content_padding=0,
            horizontal_spacing=8,
        )
    )
