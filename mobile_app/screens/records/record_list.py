"""A list of records: searched, narrowed, and asked of the store only as far as it has been scrolled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import flet as ft

from mobile_app.screens.field import Field
from mobile_app.screens.hooks import use_part
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.widgets import buttons, segments

if TYPE_CHECKING:
    from mobile_app.screens.app_context import AppContext
    from mobile_app.texts.words import Texts

Row = TypeVar("Row")
ALL = "all"
_PAGE = 30


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """What is looked for, and the rows found so far; `cleared` counts how often the search was emptied."""

    text: str
    narrowed: str
    cleared: int
    rows: Sequence[Row]
    search: Callable[[str], None]
    clear: Callable[..., None]
    narrow: Callable[[str], None]
    scrolled: Callable[[ft.OnScrollEvent], None]

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.text and self.narrowed == ALL


def use_listing(
    app: "AppContext",
    find: Callable[[str, str, int], Sequence[Row]],
    on_asked: Callable[[], None] = lambda: None,
    take_narrowing: Callable[[], str] = lambda: "",
) -> Listing[Row]:
    """`find(text, narrowing, limit)` asks the store; `narrowing` is ALL or the code of a chip.

    `on_asked` is called when the person looks for something else; `take_narrowing` once, for what the
    list is narrowed to at first, "" for nothing.
    """
    text, set_text = ft.use_state("")
    cleared, set_cleared = ft.use_state(0)
    narrowed, set_narrowed = ft.use_state(cast(str, lambda: take_narrowing() or ALL))
    amount, set_amount = ft.use_state(_PAGE)
    changed = use_part(app.open.sync, records_changed)
    rows = ft.use_memo(lambda: find(text, narrowed, amount), [text, narrowed, amount, changed])

    def search(wanted: str) -> None:
        on_asked()
        set_text(wanted)
        set_amount(_PAGE)

    def clear(_event: object = None) -> None:
        search("")
        set_cleared(cleared + 1)

    def narrow(code: str) -> None:
        on_asked()
        set_narrowed(code)
        set_amount(_PAGE)

    def scrolled(event: ft.OnScrollEvent) -> None:
        if event.extent_after < 600 and len(rows) == amount:
            set_amount(amount + _PAGE)

    return Listing(text, narrowed, cleared, rows, search, clear, narrow, scrolled)


def search_field(texts: "Texts", listing: Listing[Row], hint: str) -> ft.Control:
    """The field for what is looked for."""
    clear = buttons.icon_button(texts.clear_search, ft.Icons.CLOSE, listing.clear, key="clear-search")
    return Field(
        texts.search,
        listing.text,
        listing.search,
        name="search",
        hint=hint,
        prefix_icon=ft.Icons.SEARCH,
        suffix_icon=clear if listing.text else None,
        dense=True,
        key=f"search-{listing.cleared}",
    )


def narrowings(listing: Listing[Row], names: Sequence[tuple[str, str]]) -> ft.Control:
    """A chip for each (code, name)."""
    chips: list[ft.Control] = [
        segments.chip(name, code == listing.narrowed, partial(listing.narrow, code), key=f"only-{code}")
        for code, name in names
    ]
    return ft.Row(chips, scroll=ft.ScrollMode.HIDDEN, spacing=8)


def inset(control: ft.Control, top: float = 0, bottom: float = 10) -> ft.Control:
    """Away from the edges of the screen, and from what follows."""
    return ft.Container(control, padding=ft.Padding.only(left=14, right=14, top=top, bottom=bottom))
