"""Which screen stands where. What is rarely used is imported when it is first opened."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import flet as ft

from mobile_app.screens.app_context import AppContext
from mobile_app.screens.enrol.enrol_screen import Enrol
from mobile_app.screens.keyed import keyed
from mobile_app.screens.loading import Closed, Loading, Locked
from mobile_app.state.app_lock import LockStanding
from shared.permissions import Action


@ft.component
def AtAddress(component: Callable[..., ft.Control]) -> ft.Control:
    """The component of a route, another one for each address: what is filled in at one stays there."""
    return keyed(ft.use_view_path(), component)()


def _later(module: str, name: str) -> Callable[[], Any]:
    """The component `name` of `module`, which is imported when it is wanted."""

    def component() -> Any:
        return keyed(name, AtAddress)(getattr(import_module(f"mobile_app.screens.{module}"), name))

    return component


def _form(module: str, name: str) -> Callable[[], Any]:
    """The same for the form of a hazard or a visit, which those alone see who may save it."""

    def component() -> Any:
        form = getattr(import_module(f"mobile_app.screens.{module}"), name)
        not_allowed = import_module("mobile_app.screens.records.not_allowed")
        return keyed(name, AtAddress)(partial(not_allowed.IfAllowed, Action.EDIT_RECORDS, form))

    return component


_OPEN = [
    ft.Route(
        path="/",
        component=_later("hazards.hazard_list", "Hazards"),
        children=[
            ft.Route(path="filter", component=_later("hazards.hazard_filters", "HazardFilters")),
            ft.Route(path="new", component=_form("hazards.hazard_form", "NewHazard")),
            ft.Route(path="draft", component=_form("hazards.hazard_form", "NewHazardDraft")),
            ft.Route(path="draft/:draft", component=_form("hazards.hazard_form", "NewHazardDraft")),
            ft.Route(
                path="hazards/:hazard",
                component=_later("hazards.hazard_details", "HazardDetails"),
                children=[
                    ft.Route(path="edit", component=_form("hazards.hazard_form", "EditHazard")),
                    ft.Route(path="edit/:at", component=_form("hazards.hazard_form", "EditHazard")),
                    ft.Route(path=":step", component=_later("steps.step", "Step")),
                    ft.Route(path=":step/:how/:code", component=_later("steps.step", "Step")),
                ],
            ),
        ],
    ),
    ft.Route(path="/today", component=_later("today.today_screen", "Today")),
    ft.Route(path="/scan", component=_later("scan.scan_screen", "Scan")),
    ft.Route(path="/scan/:code", component=_later("scan.scan_screen", "Scan")),
    ft.Route(
        path="/visits",
        component=_later("visits.visit_list", "Visits"),
        children=[
            ft.Route(path="new", component=_form("visits.visit_form", "NewVisit")),
            ft.Route(path="next", component=_form("visits.visit_form", "NextHousehold")),
            ft.Route(path="draft/:draft", component=_form("visits.visit_form", "NewVisitDraft")),
            ft.Route(path="draft/:draft/hazard", component=_form("hazards.hazard_form", "HazardOnTheWay")),
            ft.Route(
                path="record/:visit",
                component=_later("visits.visit_details", "VisitDetails"),
                children=[
                    ft.Route(path="edit", component=_form("visits.visit_form", "EditVisit")),
                    ft.Route(path="edit/:at", component=_form("visits.visit_form", "EditVisit")),
                    ft.Route(path="hazard", component=_form("hazards.hazard_form", "HazardOnTheWay")),
                ],
            ),
        ],
    ),
    ft.Route(
        path="/home-visits",
        component=_later("home_visits.home_visit_list", "HomeVisits"),
        children=[
            ft.Route(path="new", component=_later("home_visits.home_visit_form", "NewHomeVisit")),
            ft.Route(path="pin", component=_later("home_visits.pin", "SetPin")),
        ],
    ),
    ft.Route(path="/map", component=_later("map.map_screen", "HazardsOnMap")),
    ft.Route(path="/round", component=_later("map.round_screen", "RoundOnMap")),
    ft.Route(
        path="/sync",
        component=_later("sync.sync_screen", "Sync"),
        children=[ft.Route(path="export", component=_later("sync.unsent_screen", "ExportUnsent"))],
    ),
    ft.Route(
        path="/me",
        component=_later("me.me_screen", "Me"),
        children=[
            ft.Route(path="towns", component=_later("sync.towns", "Towns")),
            ft.Route(path="lock", component=_later("lock.lock_settings", "LockSettings")),
        ],
    ),
]


def _gate(component: Callable[[], ft.Control]) -> list[ft.Route]:
    """Every address leads to the one screen that is open now."""
    return [ft.Route(path="/", component=component), ft.Route(path="/:rest(.*)", component=component)]


_LOADING, _CLOSED, _ENROL, _LOCKED = _gate(Loading), _gate(Closed), _gate(Enrol), _gate(Locked)


def routes_for(app: AppContext) -> list[ft.Route]:
    """Loading, closed, locked before anything was shown, not enrolled yet, or open."""
    if app.closed:
        return _CLOSED
    if app.services is None:
        return _LOADING
    if app.lock is LockStanding.START:
        return _LOCKED
    return _OPEN if app.services.identity else _ENROL
