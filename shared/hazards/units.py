"""单位: whether a hazard was 交办 to the unit that somebody works for; both are names that people typed."""

from shared.search.folding import fold


def key(unit: str | None) -> str:
    """The name of a unit in the form in which such names are compared; "" for none."""
    return "".join(fold(unit or "").split())
