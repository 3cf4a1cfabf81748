"""What an answer must be before anything of it is taken: answers come over foreign networks."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mobile_app.store.database.meta import Progress
from shared import clock, merge, problems, record_types
from shared.operations import Counter, DeviceId, Kind, RecordId, RecordType
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.sync.wire import PullAnswer, SnapshotAnswer, SnapshotRecord

_Place = Annotated[int, Field(ge=0, lt=2**53, strict=True)]
_Stamp = Annotated[str, Field(pattern=clock.PATTERN)]


class _State(BaseModel):
    """The shape of `merge.to_json`."""

    model_config = ConfigDict(extra="forbid")

    live: list[tuple[DeviceId, Counter, _Place | None, _Place, _Stamp, str, str, dict[str, Any]]]
    cover: dict[str, tuple[_Place, dict[DeviceId, Counter]]] = {}


_ID = TypeAdapter(RecordId)


def check_pull(page: PullAnswer, campaign: str, where: Progress, profile: Profile) -> PullAnswer:
    """A page of the log asked for from `where`. Problem: not_our_server when it cannot be one."""
    goes_on = page.next > where.cursor if page.more else page.next >= where.cursor
    stays = page.next != where.cursor or page.tip == where.fingerprint
    if page.epoch == where.epoch and not (goes_on and stays):
        raise problems.not_our_server()
    for stamped in page.ops:
        if stamped.campaign != campaign or stamped.seq > page.next:
            raise problems.not_our_server()
        written_once = stamped.kind in (Kind.APPEND, Kind.ATTACH)
        _check(stamped.type, stamped.fields, profile, written_once=written_once)
    return page


def check_snapshot(page: SnapshotAnswer, after: str, profile: Profile) -> SnapshotAnswer:
    """A page of records asked for after `after`. Problem: not_our_server when it cannot be one."""
    if page.seq < 0:
        raise problems.not_our_server()
    if page.next is not None:
        last = page.records[-1] if page.records else None
        if last is None or page.next == after or page.next != f"{last.type}/{last.record}":
            raise problems.not_our_server()
    for one in page.records:
        _check_state(one, profile)
    return page


def _check_state(one: SnapshotRecord, profile: Profile) -> None:
    try:
        _ID.validate_python(one.record)
        _State.model_validate(one.state)
    except ValidationError:
        raise problems.not_our_server() from None
    values = merge.shown(merge.from_json(one.state))
    _check(one.type, values, profile, written_once=_is_written_once(one.type, values))


def _is_written_once(name: str, values: dict[str, Any]) -> bool:
    """Whether the record is one of an append or an attach, which have fields that must be there."""
    return name == RecordType.HAZARD_EVENT or "sha256" in values


def _check(kind: str, values: dict[str, Any], profile: Profile, *, written_once: bool) -> None:
    """Values that lists and screens could not read would break them."""
    try:
        needed = record_types.kind_of(kind).required if written_once else ()
        record_types.read(kind, values, profile.model(kind))
    except (Problem, ValidationError):
        raise problems.not_our_server() from None
    if any(values.get(name) is None for name in needed):
        raise problems.not_our_server()
