"""This phone's token is replaced when the server asks for it; former ones are kept.

The server may know only an older one: it was restored from a backup, or offered another to a copy of this
phone. So when it refuses a token, the others are tried.
"""

from collections.abc import Awaitable, Callable

from mobile_app.store.database import meta
from mobile_app.store.database.meta import Identity
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.sync.server import Server
from shared import problems
from shared.problems import Problem

Outcome = tuple[Problem | None, float]
"""Why a round failed, None if it did not; and the seconds to wait before the next."""


async def renew(database: PhoneDatabase, server: Server) -> None:
    """Get a new token and store it durably; the next request uses it.

    The old one works until then. If none comes, the next round asks again.
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
    outcome, others = await run(who), database.read(meta.other_tokens)
    for _ in others:
        if not _is_unknown(outcome):
            return outcome
        outcome = await run(await database.write(meta.next_token))
    if others and _is_unknown(outcome):
        await database.write(meta.next_token)  # none is known: begin with the same one the next time
    return outcome


def _is_unknown(outcome: Outcome) -> bool:
    problem, _ = outcome
    return problem is not None and problem.kind is problems.token_invalid
