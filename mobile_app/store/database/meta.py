"""What the phone knows about itself: its identity, its position on the log, its clock, its counters."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlmodel import Session

from mobile_app.store.database.kept_values import read as _read
from mobile_app.store.database.kept_values import write as _write
from shared import clock
from shared.home_visits.wire import VisitKeysAnswer
from shared.operations import GENESIS
from shared.permissions import Grant
from shared.profiles import registry
from shared.profiles.profile import Profile
from shared.sync.given_roles import grants_of
from shared.sync.progress import ProgressAnswer
from shared.sync.wire import MAX_BEFORE, CampaignSettings, EnrolAnswer, GivenRole, OfficeKey
from shared.vocabulary import Role

MOST_TOKENS = 8
"""Former tokens that a phone keeps: a server restored from a backup of that many months ago knows one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this device is: its person, campaign, token, and the server it was enrolled at (an origin).

    `was`: the tokens that it and the devices this phone was before first had, newest first.
    """

    device: str
    token: str
    person: str
    name: str
    role: Role
    campaign: str
    origin: str
    device_name: str = ""
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the server at `origin` answered to a code, before this phone uses it."""

    answer: EnrolAnswer
    origin: str
    device_name: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The phone's position on the log: own operations counted, greatest stamp, pull cursor, epoch, clock.

    `fingerprint`: the log's at the cursor. `offset_ms`: what must be added to the device's clock to get the
    server's. `snapshot`: the key after which the server's records still have to be read, "" for all, None
    when all are here; `reading` counts the snapshots. `ahead` and `ahead_fingerprint` become the cursor and
    its fingerprint with the last page; until then, nobody here has seen that much. `farthest` and
    `farthest_fingerprint`: the highest seq of this log that any answer named, and the fingerprint there; a
    log without it was restored, which `receipt` proves. `scope`: the fingerprint of what the person may see,
    under which this was read; "" for all.
    """

    n: int = 0
    hlc: str = clock.ZERO
    cursor: int = 0
    fingerprint: str = GENESIS
    epoch: str = ""
    offset_ms: int = 0
    snapshot: str | None = None
    reading: int = 0
    ahead: int = 0
    ahead_fingerprint: str = GENESIS
    farthest: int = 0
    farthest_fingerprint: str = GENESIS
    receipt: str = ""
    scope: str = ""

    def with_end(self, seq: int, fingerprint: str, receipt: str) -> "Progress":
        """The same, after an answer that named this position of the log and gave a receipt for it."""
        if seq < self.farthest or (seq == self.farthest and self.receipt):
            return self
        return replace(self, farthest=seq, farthest_fingerprint=fingerprint, receipt=receipt)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose for photos: only over Wi-Fi; after how many days at the server an original leaves
    this phone, None for never; their longest side in pixels, None for what the office says; whether those
    taken in the app get a stamp; and whether faces in them are looked for and blurred. And after how many
    minutes in the background the app asks for its PIN, where it has one."""

    wifi_only: bool = False
    free_after_days: int | None = None
    photo_side: int | None = None
    lock_minutes: int = 5
    stamp: bool = True
    blur_faces: bool = True


def identity(session: Session) -> Identity | None:
    """Who this device is, None until it is enrolled."""
    found = _read(session, "identity")
    if found is None:
        return None
    return Identity(**{**found, "role": Role(found["role"]), "was": tuple(found.get("was", ()))})


def settings(session: Session) -> CampaignSettings | None:
    """The campaign's settings, as last received."""
    found = _read(session, "settings")
    return None if found is None else CampaignSettings.model_validate(found)


def profile(session: Session) -> Profile:
    """The profile of the programme that this phone works for."""
    known = settings(session)
    return registry.profile_of(known.programme) if known else registry.DEFAULT


def enrolled(session: Session, answer: EnrolAnswer, origin: str, device_name: str = "") -> Identity:
    """Become the device that `answer` names, which has counted and seen nothing yet."""
    who = set_identity(session, answer, origin, device_name)
    set_progress(session, Progress(epoch=answer.epoch, snapshot="", reading=1))
    return who


def set_identity(session: Session, answer: EnrolAnswer, origin: str, device_name: str) -> Identity:
    """Be the device that `answer` names from now on."""
    before = identity(session)
    was: tuple[str, ...] = (answer.token,)
    if before and answer.device == before.device:
        was = before.was
    elif before and answer.predecessor == before.device:
        was = (answer.token, *before.was)[:MAX_BEFORE]
    who = Identity(
        device=answer.device,
        token=answer.token,
        person=answer.person.id,
        name=answer.person.name,
        role=answer.person.role,
        campaign=answer.campaign,
        origin=origin,
        device_name=device_name,
        was=was,
    )
    same = before is not None and (before.device, before.origin) == (who.device, who.origin)
    _keep(session, who, [before.token, *other_tokens(session)] if before and same else [])
    _write(session, "settings", answer.settings.model_dump(mode="json"))
    if answer.office_key or before is None or before.origin != origin:
        _write(session, "office_key", answer.office_key and answer.office_key.model_dump(mode="json"))
    return who


def other_tokens(session: Session) -> list[str]:
    """Tokens that this device was given besides the one that it uses, the newest first."""
    return list(_read(session, "other_tokens") or ())


def take_token(session: Session, token: str) -> None:
    """Use another token of this device from now on, and remember the one before."""
    who = identity(session)
    if who is not None:
        _keep(session, replace(who, token=token), [who.token, *other_tokens(session)])


def next_token(session: Session) -> Identity:
    """Use the next of this device's tokens; after the last one, the first again. It must be enrolled."""
    who, others = identity(session), other_tokens(session)
    if who is None:
        raise ValueError("not enrolled")
    if others:
        _write(session, "other_tokens", [*others[1:], who.token])
        who = replace(who, token=others[0])
        _write(session, "identity", asdict(who))
    return who


def _keep(session: Session, who: Identity, others: Sequence[str]) -> None:
    _write(session, "identity", asdict(who))
    kept = [token for token in dict.fromkeys(others) if token != who.token]
    _write(session, "other_tokens", kept[:MOST_TOKENS])


def progress(session: Session) -> Progress:
    """The phone's position on the log."""
    return Progress(**(_read(session, "progress") or {}))


def set_progress(session: Session, progress: Progress) -> None:
    """Store the phone's position on the log."""
    _write(session, "progress", asdict(progress))


def last_success(session: Session) -> str | None:
    """When everything was last synced with the server (ISO 8601), None if never."""
    found = _read(session, "last_success")
    return None if found is None else str(found)


def succeeded(session: Session, at: str) -> None:
    """Everything was synced with the server at `at`."""
    _write(session, "last_success", at)


def towns(session: Session) -> tuple[str, ...]:
    """The codes of the towns whose records this phone wants; none for all."""
    return tuple(_read(session, "towns") or ())


def set_towns(session: Session, codes: Sequence[str]) -> None:
    """Store which towns' records this phone wants."""
    _write(session, "towns", list(codes))


def visit_keys(session: Session, person: str) -> VisitKeysAnswer | None:
    """The keys to seal home visits with and the places to record them, as last received for this person."""
    found = _read(session, "visit_keys")
    if found is None or found["person"] != person:
        return None
    return VisitKeysAnswer.model_validate(found["answer"])


def set_visit_keys(session: Session, person: str, answer: VisitKeysAnswer | None) -> None:
    """Store them; None where the person may not record home visits."""
    given = answer and {"person": person, "answer": answer.model_dump(mode="json", by_alias=True)}
    _write(session, "visit_keys", given)


def office_key(session: Session) -> OfficeKey | None:
    """The key to which what cannot be sent is sealed, as last received."""
    found = _read(session, "office_key")
    return None if found is None else OfficeKey.model_validate(found)


def set_office_key(session: Session, key: OfficeKey) -> None:
    """Store it."""
    _write(session, "office_key", key.model_dump(mode="json"))


def given_roles(session: Session) -> tuple[GivenRole, ...] | None:
    """The roles that the server last said this phone's person has; None before it has said so."""
    found, who = _read(session, "roles"), identity(session)
    if found is None or who is None or found["person"] != who.person:
        return None
    return tuple(map(GivenRole.model_validate, found["roles"]))


def set_given_roles(session: Session, roles: Sequence[GivenRole]) -> None:
    """Store what the server said of this phone's person."""
    who = identity(session)
    if who:
        given = [role.model_dump(mode="json") for role in roles]
        _write(session, "roles", {"person": who.person, "roles": given})


def grants(session: Session) -> tuple[Grant, ...]:
    """What the phone's person is granted: as the server last said, before that by the role of enrolment."""
    given, who = given_roles(session), identity(session)
    if given is not None:
        return grants_of(given)
    return (Grant(who.role),) if who else ()


def office_numbers(session: Session) -> ProgressAnswer | None:
    """The office's numbers toward the target, as last received for this phone's person."""
    found, who = _read(session, "office_numbers"), identity(session)
    if found is None or who is None or found["person"] != who.person:
        return None
    return ProgressAnswer.model_validate(found["answer"])


def set_office_numbers(session: Session, person: str, answer: ProgressAnswer) -> None:
    """Store them."""
    _write(session, "office_numbers", {"person": person, "answer": answer.model_dump(mode="json")})


def choices(session: Session) -> Choices:
    """What the person chose."""
    return Choices(**(_read(session, "choices") or {}))


def choose(session: Session, choices: Choices) -> None:
    """Keep what the person chose."""
    _write(session, "choices", asdict(choices))
