"""A role and its scope: read from a form, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from sqlmodel import Session

from shared.permissions import City, Grant, School, Scope, Towns
from shared.towns import town_name
from shared.vocabulary import Role
from sync_server.access import names, schools
from sync_server.texts.languages import label
from sync_server.texts.people import people_texts
from sync_server.texts.words import Texts

TownCodes = Annotated[list[Annotated[str, Form(max_length=12)]], Form(max_length=50)]


@dataclass(frozen=True, slots=True)
class GrantForm:
    """What was filled in; `classes` as one text."""

    role: Role
    towns: list[str]
    school: str
    classes: str

    def grant(self, session: Session, by: str) -> Grant:
        """The grant that it asks for; a school that is new is put on the list.

        Raises Problem scope_unfit, and invalid for an unknown town or what is no name.
        """
        return schools.grant_of(
            session, self.role, self.towns, self.school, names.listed_in(self.classes), by
        )


def _form(
    role: Annotated[Role, Form()],
    towns: TownCodes = [],  # noqa: B006
    school: Annotated[str, Form(max_length=200)] = "",
    classes: Annotated[str, Form(max_length=2000)] = "",
) -> GrantForm:
    return GrantForm(role, towns, school.strip(), classes.strip())


GrantFormDep = Annotated[GrantForm, Depends(_form)]


def scope_words(scope: Scope, names: Mapping[str, str], words: Texts) -> str:
    """A scope in words; `names`: those of schools by their codes."""
    texts = people_texts(words.code)
    match scope:
        case City():
            return texts.whole_city
        case Towns(codes):
            return words.list_separator.join(town_name(code, words.code) for code in sorted(codes))
        case School(code, classes):
            inside = words.list_separator.join(sorted(classes)) or texts.whole_school
            return f"{names.get(code, code)} · {inside}"


def grant_words(grant: Grant, names: Mapping[str, str], words: Texts) -> dict[str, str]:
    """A grant in words: its role and its scope."""
    return {"role": label(grant.role, words), "scope": scope_words(grant.scope, names, words)}
