"""This phone's token is replaced when the server asks for it; until that is certain, no token is forgotten.

The server may know an older one only: it was restored from a backup, or offered another to a copy of this
phone. So whatever it refuses, the others are tried.
"""

from collections.abc import Awaitable, Callable

from mobile_app.store.database import meta
from mobile_app.store.database.meta import Identity
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.sync.server import Server
from shared import problems
from shared.problems import Problem

Outcome = tuple[Problem | None, float]


async def renew(database: PhoneDatabase, server: Server) -> None:
    """Get a new token and keep it durably, to be used from the next request on.

    The old one works until then. Where none comes, another round asks again.
    """
    try:
        token = await server.new_token()
    except Problem:
        return
    await database.write_through(lambda session: meta.take_token(session, token))


async def with_any_token(
    database: PhoneDatabase, who: Identity, run: Callable[[Identity], Awaitable[Outcome]]
) -> Outcome:
    """How `run` ended under the first token of this device that the server knows."""
    outcome, others = await run(who), len(database.read(meta.other_tokens))
    for turn in range(others + 1):
        if others == 0 or outcome[0] is None or outcome[0].kind is not problems.token_invalid:
            break
        who = await database.write(meta.next_token)
        if turn < others:
            outcome = await run(who)
    return outcome
