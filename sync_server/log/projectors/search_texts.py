"""The texts of hazards that searches look through.

They are folded before somebody searches, not with each push: that is a seventh of what a push takes.
"""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from shared import merge
from shared.profiles.profile import Profile
from shared.search import hazard_text
from sync_server.access.policy import HAZARD
from sync_server.database import campaigns

_NEW = (
    select(*(HAZARD.c[name] for name in ("id", "state", "ledger_no", "updated_seq")))
    .where(HAZARD.c.campaign == bindparam("campaign"), HAZARD.c.updated_seq > bindparam("searchable"))
    .order_by(HAZARD.c.updated_seq)
    .limit(bindparam("most"))
)
_WRITE = (
    update(HAZARD)
    .where(HAZARD.c.campaign == bindparam("of"), HAZARD.c.id == bindparam("hazard"))
    .values(search=bindparam("plain"), search_persons=bindparam("persons"))
)


def fold_some(session: Session, campaign: str, most: int = 500) -> bool:
    """Fold the texts of the next `most` (3 or more) hazards that changed; whether there are more."""
    end = campaigns.locked_end(session, campaign)
    row = campaigns.get(session, campaign)
    profile = campaigns.profile_of(row)
    asked = {"campaign": campaign, "searchable": row.searchable, "most": most}
    found = session.execute(_NEW, asked).mappings().all()
    if found:
        texts = [{"of": campaign, "hazard": one["id"], **_texts(profile, dict(one))} for one in found]
        session.connection().execute(_WRITE, texts)
    more = len(found) == most
    # An operation changes two hazards at most: the last one's other may not be among them.
    row.searchable = found[-1]["updated_seq"] - 1 if more else end.seq
    session.add(row)
    return more


def _texts(profile: Profile, row: dict[str, Any]) -> dict[str, str]:
    hazard = profile.read_hazard(merge.shown(merge.from_json(row["state"])))

    def read(name: str) -> Any:
        return getattr(hazard, name, None)

    return {
        "plain": hazard_text.plain_text(profile, read, row["ledger_no"]),
        "persons": hazard_text.persons_text(profile, read),
    }
