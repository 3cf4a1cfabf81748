"""Starts the phone app."""

import flet as ft

from mobile_app.app import main

if __name__ == "__main__":
    ft.run(main)
