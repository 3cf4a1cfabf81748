"""Which 巡查 of a hazard on this phone count."""

from sqlmodel import Session

from mobile_app.store.log import bundles
from mobile_app.store.log.bundles import Bundle
from mobile_app.store.patrols import signs
from shared import merge
from shared.hazards import patrols
from shared.profiles.profile import Profile
from shared.vocabulary import EventType, PatrolValidity


def of_hazard(session: Session, hazard: str, bundle: Bundle, profile: Profile) -> dict[str, PatrolValidity]:
    """Each 巡查 of a hazard by its record, and whether it counts (`patrols.judged`)."""
    events = [event for event in bundles.timeline(bundle) if event.type is EventType.PATROL]
    if not events:
        return {}
    scanned = {code for event in events if (code := event.write.fields.get("sign_code"))}
    place = merge.shown(bundle.hazard or merge.EMPTY).get("position")
    point = (place["lat"], place["lon"]) if place else None
    return patrols.judged(events, signs.codes_of(session, hazard, scanned), point, profile.patrol_m)
