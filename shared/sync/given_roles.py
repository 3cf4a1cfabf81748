"""A person's grants as a pull names them, and back."""

from collections.abc import Iterable, Mapping

from shared.permissions import CITY, Grant, School, Towns
from shared.sync.wire import GivenRole
from shared.vocabulary import Role


def described(grants: Iterable[Grant], school_names: Mapping[str, str], unit: str = "") -> list[GivenRole]:
    """The grants as a pull names them, to somebody of that unit; `school_names`: code → what the school is
    called now."""
    return [_described(grant, school_names).model_copy(update={"unit": unit}) for grant in grants]


def grants_of(given: Iterable[GivenRole]) -> tuple[Grant, ...]:
    """The grants that these roles are; those that are not known here permit nothing."""
    return tuple(_grant(one) for one in given if one.role in set(Role))


def _described(grant: Grant, school_names: Mapping[str, str]) -> GivenRole:
    match grant.scope:
        case School(code, classes):
            name = school_names.get(code, code)
            return GivenRole(role=grant.role, school=code, school_name=name, classes=tuple(sorted(classes)))
        case Towns(codes):
            return GivenRole(role=grant.role, towns=tuple(sorted(codes)))
    return GivenRole(role=grant.role)


def _grant(given: GivenRole) -> Grant:
    role = Role(given.role)
    if given.school:
        return Grant(role, School(given.school, frozenset(given.classes)))
    return Grant(role, Towns(frozenset(given.towns)) if given.towns else CITY)
