"""The hazards to which the code of a sign leads, among those on this phone.

Codes follow from ids and no table holds them: hashing 10,000 ids takes less time than opening a screen.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import bundles
from shared.hazards import merging, sign_code
from shared.vocabulary import Status


def hazards_with(session: Session, code: str) -> list[str]:
    """The hazards with the sign `code` that are here and not deleted, by their ids.

    One that was merged stands for the hazard it was merged into, where that is here too.
    """
    ids = session.execute(select(col(ListedHazard.id))).scalars()
    found = [_standing(session, hazard) for hazard in sign_code.with_code(code, ids)]
    return [hazard for hazard in dict.fromkeys(found) if _is_here(session, hazard)]


def codes_of(session: Session, hazard: str, scanned: Collection[str]) -> set[str]:
    """The code of a hazard, and those of `scanned` that are on signs of hazards merged into it."""
    own = sign_code.code_of(hazard)
    codes = {own}
    if others := set(scanned) - codes:
        merged = select(col(ListedHazard.id)).where(col(ListedHazard.status) == Status.MERGED.value)
        for one in session.execute(merged).scalars().all():
            if sign_code.code_of(one) in others and _standing(session, one, hazard) == hazard:
                codes.add(sign_code.code_of(one))
    return codes


def _standing(session: Session, hazard: str, here: str | None = None) -> str:
    """The hazard that a hazard was merged into, and that one again, as far as they are here; else itself.

    `here`: one that is, though its line may not be written yet.
    """
    seen = {hazard}
    while True:
        bundle = bundles.of(session, [hazard])[hazard]
        into = merging.targets(bundles.timeline(bundle)) - seen
        further = next((one for one in sorted(into) if one == here or _is_here(session, one)), None)
        if further is None:
            return hazard
        hazard = further
        seen.add(further)


def _is_here(session: Session, hazard: str) -> bool:
    line = session.get(ListedHazard, hazard)
    return line is not None and not line.deleted
