"""What a sync round finds in the store before each of its actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.log import outbox
from mobile_app.store.log.entries import Key
from mobile_app.store.log.outbox import Offer
from mobile_app.store.queries import photos
from mobile_app.store.queries.photos import WaitingPhoto
from shared.sync.plan import LinkPolicy, PhotoToSend, View
from shared.sync.wire import MAX_OPERATIONS


@dataclass(slots=True)
class Looked:
    """A view of the store for the plan, and the operations and photos that it stands for."""

    view: View
    wires: Mapping[Key, str]
    photos: Mapping[str, WaitingPhoto]


def look(
    session: Session, *, offered: frozenset[Key] | None, pulled: bool, tried: frozenset[str], link: LinkPolicy
) -> Looked:
    """What the store holds now for a round.

    `offered`: what was offered in this round already; None where what was refused is left in peace. `pulled`:
    whether the round has read the log to its end; `tried`: the SHA-256 of photos that it tried to send.
    """
    unsent = outbox.unsent(session, MAX_OPERATIONS)
    refused = [] if offered is None else outbox.refused(session)
    refused = [offer for offer in refused if (offer.device, offer.n) not in (offered or ())]
    waiting = {photo.sha256: photo for photo in photos.waiting(session)}
    return Looked(
        View(
            unsent=_measured(unsent),
            refused=_measured(refused),
            whole=meta.progress(session).snapshot is None,
            pulled=pulled,
            photos=[PhotoToSend(p.sha256, p.bytes - p.sent, p.n, p.owner) for p in waiting.values()],
            tried=tried,
            link=link,
        ),
        {(offer.device, offer.n): offer.wire for offer in (*unsent, *refused)},
        waiting,
    )


def _measured(offers: Sequence[Offer]) -> list[tuple[str, int, int]]:
    return [(offer.device, offer.n, len(offer.wire.encode())) for offer in offers]
