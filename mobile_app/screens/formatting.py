"""How records read: words for uploading, accuracy, distance, due dates and photos on a list or a card."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mobile_app.store.queries.upload_states import PhotoState, UploadState
from mobile_app.texts.words import Texts
from shared.geo import accuracy_class, degrees_text
from shared.hazards import due
from shared.plural import plural
from shared.vocabulary import EventType

if TYPE_CHECKING:
    from mobile_app.store.database.meta import Identity
    from mobile_app.store.queries.hazards import HazardRow
    from mobile_app.store.queries.photo_rows import PhotoRow
    from mobile_app.store.queries.visits import VisitRow
    from shared.geo import Bearing
    from shared.records.models import Position
    from shared.sync.wire import DeviceName

_CLOCK_RIGHT = timedelta(minutes=10)
_HERE_M = 10


def upload_word(texts: Texts, state: UploadState) -> str:
    """待上传, 上传中, 已上传, 上传失败."""
    return {
        UploadState.WAITING: texts.waiting,
        UploadState.UPLOADING: texts.uploading,
        UploadState.UPLOADED: texts.uploaded,
        UploadState.FAILED: texts.failed,
    }[state]


def photo_word(texts: Texts, row: "PhotoRow", going: int | None) -> str:
    """How far a photo has come; `going`: how many of its bytes have left, None while it is not on its way."""
    percent = 100 * (row.sent if going is None else going) // (row.photo.bytes or 1)
    if going is not None:
        return texts.photo_sending.format(percent=percent)
    match row.state:
        case PhotoState.LOCAL:
            return texts.photo_local
        case PhotoState.WAITING | PhotoState.UPLOADING:
            return texts.photo_partly.format(percent=percent) if row.sent else texts.photo_waiting
        case PhotoState.DELIVERED:
            delivered = texts.photo_delivered
            return f"{delivered} · {texts.photo_freed}" if row.freed else delivered
        case PhotoState.FAILED:
            return texts.photo_failed
        case PhotoState.REMOTE:
            return texts.photo_remote


def photos_word(texts: Texts, row: "HazardRow | VisitRow") -> str:
    """照片 1/1 已送达."""
    if not row.photos_total:
        return texts.no_photo
    return texts.photos_delivered.format(done=row.photos_done, total=row.photos_total)


def number_word(row: "HazardRow") -> str:
    """The ledger's number, or the temporary one until the server has given it."""
    return row.number or row.temporary


def position_words(position: Mapping[str, Any]) -> str:
    """23.021000, 113.752000."""
    return f"{degrees_text(position['lat'])}, {degrees_text(position['lon'])}"


def accuracy_word(texts: Texts, accuracy_m: float | None) -> str:
    """±8 米 · 精确."""
    words = texts.of(accuracy_class(accuracy_m))
    return words if accuracy_m is None else texts.accuracy.format(metres=round(accuracy_m), words=words)


def position_lines(texts: Texts, position: "Position") -> str:
    """A position, its accuracy and what is doubtful about it, each on a line of its own."""
    lines = (
        position_words(position.model_dump()),
        "" if position.accuracy_m is None else accuracy_word(texts, position.accuracy_m),
        texts.mock_location if position.mock_location else "",
        texts.clock_skewed if position.clock_skewed else "",
        texts.aged.format(age=position.age_s) if position.age_s else "",
    )
    return "\n".join(filter(None, lines))


def overdue(row: "HazardRow", today: date) -> bool:
    """Whether the hazard should have been rectified before `today`."""
    return due.is_overdue(due.deadline(row.status, row.due_date), today.isoformat())


def clock_words(texts: Texts, behind: timedelta) -> str:
    """That this phone's clock is wrong, and by how much; "" where it is right enough."""
    wrong = abs(behind)
    if wrong < _CLOCK_RIGHT:
        return ""
    sentence = texts.clock_behind if behind > timedelta(0) else texts.clock_ahead
    return sentence.format(by=duration_words(texts, wrong))


def duration_words(texts: Texts, span: timedelta) -> str:
    """25分钟, 3小时, 2天."""
    for unit, text in ((timedelta(days=1), texts.some_days), (timedelta(hours=1), texts.some_hours)):
        if span >= unit:
            return plural(text, round(span / unit))
    return plural(texts.some_minutes, round(span / timedelta(minutes=1)))


def step_word(texts: Texts, step: EventType) -> str:
    """What a step is called on its button."""
    return texts.report_again if step is EventType.REPORT else texts.of(step)


def due_word(texts: Texts, row: "HazardRow", today: date) -> str:
    """时限 2026-12-01, 已逾期 …, or "" where there is none."""
    if not row.due_date:
        return ""
    return (texts.overdue if overdue(row, today) else texts.due).format(day=str(row.due_date)[:10])


def distance_words(texts: Texts, bearing: "Bearing | None") -> str:
    """东北 320 米, 东北 3.2 公里, 10 米以内; "" where it is not known."""
    if bearing is None:
        return ""
    direction = texts.of(bearing.direction)
    if bearing.metres < _HERE_M:
        return texts.today.here.format(metres=_HERE_M)
    if bearing.metres < 995:
        return texts.today.metres.format(direction=direction, metres=f"{round(bearing.metres, -1):.0f}")
    return texts.today.kilometres.format(direction=direction, kilometres=f"{bearing.metres / 1000:.1f}")


def fix_age_words(texts: Texts, age: timedelta) -> str:
    """How old the position is by which the hazards are ordered."""
    minutes = int(age / timedelta(minutes=1))
    if minutes < 1:
        return texts.today.fix_now
    if minutes < 60:
        return plural(texts.today.fix_minutes, minutes)
    return plural(texts.today.fix_hours, minutes // 60)


def writer_word(texts: Texts, who: "Identity | None", author: str, writer: "DeviceName | None") -> str:
    """Who wrote something: 我 where it was the person of this phone, `who`; else the person and the phone
    that wrote it, "" where this phone has not heard of them."""
    if who and author == who.person:
        return texts.by_person
    return " · ".join(filter(None, [writer.person, writer.name])) if writer else ""
