"""What the pages about one hazard are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session

from shared.hazards.history import HazardHistory
from shared.profiles.profile import Profile
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.deps import campaign_of
from sync_server.pages.review import conflict_view
from sync_server.pages.review.conflict_view import Around
from sync_server.queries import hazard_details, hazards, people_lists, photo_files
from sync_server.queries.hazard_details import KeptPhoto, Patrols, Step
from sync_server.queries.photo_files import PhotoElsewhere


@dataclass(frozen=True, slots=True)
class Sources:
    """What the page is made of."""

    profile: Profile
    row: HazardRow
    history: HazardHistory
    finished: Sequence[KeptPhoto]
    photos: Sequence[KeptPhoto]
    taken_off: Sequence[str]
    steps: Sequence[Step]
    here: frozenset[tuple[str, str]]
    elsewhere: Mapping[str, PhotoElsewhere]
    people: Mapping[str, str]
    devices: Mapping[str, str]
    units: Sequence[str]
    patrols: Patrols
    around: Around


def gather(session: Session, request: Request, access: Access, hazard: str) -> tuple[Sources, dict[str, str]]:
    """All of one hazard, and the 编号 by id of those that it names. Raises hazard_unknown.

    It names those into which it was merged, and those from which it was told apart.
    """
    register = campaign_of(session, request)
    campaign, profile = register.id, campaigns.profile_of(register)
    row = hazards.get(session, access, campaign, hazard)
    photos = hazard_details.photos(session, access, campaign, hazard)
    taken_off = hazard_details.taken_off(session, access, campaign, hazard)
    hashes = [*(kept.photo.sha256 for kept in photos), *taken_off]
    steps = hazard_details.history(session, access, campaign, hazard)
    named = hazards.several(session, access, campaign, _named(steps))
    sources = Sources(
        profile=profile,
        row=row,
        history=hazard_details.life(session, access, campaign, hazard),
        finished=hazard_details.finished_photos(session, access, campaign, hazard),
        photos=photos,
        taken_off=taken_off,
        steps=steps,
        here=photo_files.here(session, campaign, [(hazard, one) for one in hashes]),
        elsewhere=photo_files.elsewhere(
            session, access, campaign, hazard, [kept.photo.sha256 for kept in photos]
        ),
        people=people_lists.people_names(session),
        devices=people_lists.device_names(session, campaign),
        units=people_lists.units(session),
        patrols=hazard_details.patrols(session, access, campaign, row, profile),
        around=conflict_view.gather(session, access, campaign, [row]),
    )
    return sources, {other.id: other.ledger_no or other.id for other in named}


def _named(steps: Sequence[Step]) -> list[str]:
    """The ids of the hazards that the fields of some steps name."""
    merged = [str(step.fields["merged_into"]) for step in steps if step.fields.get("merged_into")]
    apart = [other for step in steps for other in step.fields.get("distinct_from") or ()]
    return list(dict.fromkeys([*merged, *apart]))
