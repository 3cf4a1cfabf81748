"""Asks somebody who is signed in for the password before the account is changed: the browser may have been
left open."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from shared import problems
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server.access import names, sessions
from sync_server.access.policy import Access
from sync_server.access.refusals import Refusals, Refused
from sync_server.access.sessions import Checked
from sync_server.access.sign_in.attempts import Attempts, Target
from sync_server.database.transactions import reading
from sync_server.deps import AttemptsDep, EngineDep, RefusalsDep, address_of
from sync_server.pages.rendering import words_for
from sync_server.texts.accounts import account_texts


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """Checks passwords that come from one address, under the limits of signing in."""

    engine: Engine
    attempts: Attempts
    refusals: Refusals
    address: str

    def of(self, own: Access, password: str) -> Checked:
        """The person, if that is their password.

        Problems: sign_in_failed, which the audit log notes, too_many_attempts, overloaded.
        """
        name = own.person.name
        guard = self.attempts.guard(Target.PASSWORD, names.tidy(name), self.address)
        try:
            with guard, reading(self.engine) as session:
                return sessions.check(session, name, password)
        except Problem as problem:
            if problem.kind is problems.sign_in_failed:
                self.refusals.count(Refused("password_refused", own.person.id), self.address)
            raise


async def _password_check(
    request: Request, engine: EngineDep, attempts: AttemptsDep, refusals: RefusalsDep
) -> PasswordCheck:
    return PasswordCheck(engine, attempts, refusals, address_of(request))


PasswordCheckDep = Annotated[PasswordCheck, Depends(_password_check)]


def why_not(request: Request, problem: Problem) -> str:
    """The sentence of a Problem. Not "wrong name or password": the name of who is signed in is right."""
    words = words_for(request)
    if problem.kind is problems.sign_in_failed:
        return account_texts(words.code).password_wrong
    return sentence(problem.code, problem.details, words.code)
