"""A hazard or a visit whose details are open: what its conflicts and what it is called need of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from shared.operations import RecordType

if TYPE_CHECKING:
    from shared.merge import Write
    from shared.sync.wire import DeviceName

HOMES = {RecordType.HAZARD: "/", RecordType.EDUCATION_VISIT: "/visits"}
"""The address of the list of each type."""


@dataclass(frozen=True)
class OpenRecord:
    """`title`: what it is called. `model`: of its fields. `fields`: those that its form here asks for.

    `address`: of its details. `conflicts`: field → the concurrent writes, the shown one last. `writers`:
    device → whose it is. `save` writes fields of it; None where the person may not.
    """

    title: str
    model: type[BaseModel]
    fields: frozenset[str]
    address: str
    conflicts: "Mapping[str, list[Write]]"
    writers: "Mapping[str, DeviceName]"
    save: Callable[[dict[str, Any]], Awaitable[object]] | None


def address_of(type: RecordType, record: str) -> str:
    """The route to the details of a hazard or a visit."""
    return visit_address(record) if type is RecordType.EDUCATION_VISIT else f"/hazards/{record}"


def visit_address(visit: str) -> str:
    """The route to the details of a visit."""
    return f"/visits/record/{visit}"
