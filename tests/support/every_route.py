"""Every address of the phone app, from its own table of routes, with records for what varies in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from mobile_app.screens import routes
from shared.hazards import sign_code
from shared.profiles import registry
from shared.vocabulary import EventType


@dataclass(frozen=True)
class Places:
    """What the addresses name: a hazard, a visit, the draft of a new hazard."""

    hazard: str
    visit: str
    draft: str = "0123456789ab"


def addresses(places: Places) -> list[str]:
    """Every address, as it stands behind the `#`. LookupError: nobody has said what a route is to show."""
    table = routes._OPEN
    found = [address for route in table for address in _under(route, "", places)]
    return list(dict.fromkeys(found))


def short(address: str, places: Places) -> str:
    """An address without the ids, for people to read."""
    for value, word in ((places.hazard, "HAZARD"), (places.visit, "VISIT"), (places.draft, "DRAFT")):
        address = address.replace(value, word)
    return address


def _under(route: ft.Route, above: str, places: Places) -> Iterator[str]:
    for path in _filled(str(route.path), places):
        here = f"{above}/{path}".rstrip("/") or "/"
        yield here
        for child in route.children or ():
            yield from _under(child, "" if here == "/" else here, places)


def _filled(path: str, places: Places) -> list[str]:
    """A route's own part of the address, without slashes at its ends, in every way it can be filled in."""
    code, patrol = sign_code.code_of(places.hazard), EventType.PATROL.value
    if path == ":step/:how/:code":  # a sign leads to the patrol alone
        return [f"{patrol}/{how}/{code}" for how in ("scanned", "typed")]
    meant: Mapping[str, Sequence[str]] = {
        ":hazard": [places.hazard],
        ":visit": [places.visit],
        ":draft": [places.draft],
        ":step": [step.value for step in registry.DEFAULT.step_forms],
        ":at": ["address"],
        ":code": [sign_code.code_of("of no hazard here")],  # that of one leads on at once
    }
    found = [""]
    for part in path.strip("/").split("/"):
        if part.startswith(":") and part not in meant:
            raise LookupError(f"say in tests/support/every_route.py what {part} of {path} stands for")
        found = [f"{before}/{word}".strip("/") for before in found for word in meant.get(part, [part])]
    return found
