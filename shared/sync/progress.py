"""How far a year is toward its target, as the server tells phones."""

from typing import Annotated

from pydantic import Field

from shared.sync.wire import Message


class TownProgress(Message):
    """How many hazards of a year count toward its `target`, in a town or, without one, in the whole city.

    `net`: those `counted`, without the `relapsed` (`shared.counting`). `target` is 0 where none is set.
    """

    town_code: str | None = None
    target: Annotated[int, Field(ge=0)]
    counted: Annotated[int, Field(ge=0)]
    relapsed: Annotated[int, Field(ge=0)]
    net: Annotated[int, Field(ge=0)]


class ProgressAnswer(Message):
    """200: the numbers of the present year in China, of what the phone's person may see.

    `definition`: the code of the `shared.counting.Definition` by which they were counted.
    """

    year: int
    definition: str
    towns: Annotated[list[TownProgress], Field(max_length=100)]
    server_time: str
