"""A list of records: searched, narrowed, and asked of the store only as far as it has been scrolled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import flet as ft

from mobile_app.screens.field import Field
from mobile_app.screens.hooks import use_part
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.state.list_search import ListSearch
from mobile_app.widgets import buttons, segments

if TYPE_CHECKING:
    from mobile_app.screens.app_context import AppContext
    from mobile_app.texts.words import Texts

Row = TypeVar("Row")
Narrowed = TypeVar("Narrowed")
_PAGE = 30


@dataclass(frozen=True)
class Listing(Generic[Row, Narrowed]):
    """What is looked for, and the rows read so far of all that were `found`, which is counted only where
    `use_listing` was told how and something is left out. `everything`: nothing is. `emptied`: see
    `ListSearch`."""

    text: str
    narrowed: Narrowed
    everything: bool
    emptied: int
    rows: Sequence[Row]
    found: int
    search: Callable[[str], None]
    empty: Callable[..., None]
    narrow: Callable[[Narrowed], None]
    clear: Callable[..., None]
    scrolled: Callable[[ft.OnScrollEvent], None]


def use_listing(
    app: "AppContext",
    search: ListSearch,
    widest: Narrowed,
    find: Callable[[str, Narrowed, int], Sequence[Row]],
    on_asked: Callable[[], None] = lambda: None,
    count: Callable[[str, Narrowed], int] = lambda _text, _narrowed: 0,
) -> Listing[Row, Narrowed]:
    """`find(text, narrowed, limit)` asks the store for what `search` says; `widest` leaves nothing out.

    `on_asked` is called when the person looks for something else; `count(text, narrowed)` counts what there
    is beyond the rows that were read.
    """
    asked = use_part(search, lambda search: (search.text, search.narrowed, search.emptied))
    text, narrowed = asked[0], widest if asked[1] is None else asked[1]
    grown, set_grown = ft.use_state(cast(Any, (asked, _PAGE)))
    amount = grown[1] if grown[0] == asked else _PAGE
    changed = use_part(app.open.sync, records_changed)
    rows = ft.use_memo(lambda: find(text, narrowed, amount), [text, narrowed, amount, changed])
    everything = not text and narrowed == widest

    def count_found() -> int:
        if everything:
            return 0
        return count(text, narrowed) if len(rows) == amount else len(rows)

    found = ft.use_memo(count_found, [text, narrowed, amount, changed])

    def look_for(wanted: str) -> None:
        on_asked()
        search.text = wanted

    def empty(_event: object = None) -> None:
        on_asked()
        search.empty()

    def narrow(to: Narrowed) -> None:
        on_asked()
        search.narrowed = to

    def clear(_event: object = None) -> None:
        on_asked()
        search.begin()

    def scrolled(event: ft.OnScrollEvent) -> None:
        if event.extent_after < 600 and len(rows) == amount:
            set_grown((asked, amount + _PAGE))

    return Listing(
        text, narrowed, everything, asked[2], rows, found, look_for, empty, narrow, clear, scrolled
    )


def search_field(texts: "Texts", listing: Listing[Any, Any], hint: str) -> ft.Control:
    """The field for what is looked for."""
    empty = buttons.icon_button(texts.clear_search, ft.Icons.CLOSE, listing.empty, key="clear-search")
    return Field(
        texts.search,
        listing.text,
        listing.search,
        name="search",
        hint=hint,
        prefix_icon=ft.Icons.SEARCH,
        suffix_icon=empty if listing.text else None,
        dense=True,
        key=f"search-{listing.emptied}",
    )


def narrowings(listing: Listing[Any, str], names: Sequence[tuple[str, str]]) -> ft.Control:
    """A chip for each (code, name), one of which is chosen."""
    chips: list[ft.Control] = [
        segments.chip(name, code == listing.narrowed, partial(listing.narrow, code), key=f"only-{code}")
        for code, name in names
    ]
    return ft.Row(chips, scroll=ft.ScrollMode.HIDDEN, spacing=8)


def inset(control: ft.Control, top: float = 0, bottom: float = 10) -> ft.Control:
    """Away from the edges of the screen, and from what follows."""
    return ft.Container(control, padding=ft.Padding.only(left=14, right=14, top=top, bottom=bottom))
