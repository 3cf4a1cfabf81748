"""Which 巡查 of a hazard on this phone count."""

from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.patrols import signs
from mobile_app.store.queries import listing
from mobile_app.store.queries.listing import Bundle
from shared.hazards import patrols
from shared.vocabulary import PatrolValidity


def of_hazard(session: Session, hazard: str, bundle: Bundle) -> dict[str, PatrolValidity]:
    """Each 巡查 of a hazard by its record, and whether it counts (`patrols.judged`)."""
    events = listing.timeline(bundle)
    scanned = {code for event in events if (code := event.write.fields.get("sign_code"))}
    place = listing.shown(bundle).get("position")
    point = (place["lat"], place["lon"]) if place else None
    near_m = meta.profile(session).patrol_m
    return patrols.judged(events, signs.codes_of(session, hazard, scanned), point, near_m)
