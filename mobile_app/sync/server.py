"""The server's API as the phone uses it: the protocol's messages over one transport."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import BaseModel, ValidationError

from mobile_app.device.photo_files import Part
from mobile_app.store.database.meta import Identity, Progress
from mobile_app.store.queries.photos import WaitingPhoto
from mobile_app.sync import answer_checks
from mobile_app.sync.transport import Answer, Moving, Transport
from shared import problems
from shared.home_visits.wire import EnvelopesAnswer, EnvelopesRequest, VisitKeysAnswer
from shared.profiles.profile import Profile
from shared.sync import wire
from shared.sync.map_layer import MapLayer
from shared.sync.progress import ProgressAnswer
from shared.sync.waiting import HEADER, Waiting
from shared.sync.wire import (
    EnrolAnswer,
    EnrolRequest,
    PreviousIdentity,
    ProblemMessage,
    PullAnswer,
    PushAnswer,
    SnapshotAnswer,
    TokenAnswer,
)

T = TypeVar("T", bound=BaseModel)

API = f"/api/{wire.VERSION}"
PIECE_SECONDS = 60.0
_KINDS = {kind.code: kind for kind in problems.ALL}
_TUS = {"Tus-Resumable": "1.0.0"}


class Server:
    """One server and, once enrolled, the token for it.

    Problems of every method: server_unreachable; not_our_server for an answer that is not ours (captive
    portal, proxy, error page); and whatever the server reports, with `retry_after` in seconds.
    """

    def __init__(
        self, transport: Transport, token: str | None = None, waiting: Callable[[], Waiting] | None = None
    ) -> None:
        """`waiting()`: what is still to be sent, which the server shows to the office."""
        self._transport = transport
        self._waiting = waiting
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def enrol(
        self, code: str, device_name: str, platform: str, who: Identity | None = None
    ) -> EnrolAnswer:
        """Become a device with a one-time code; if this phone was enrolled before, as `who`.

        Problems: code_invalid, invalid, too_many_attempts.
        """
        try:
            was = PreviousIdentity(person=who.person, tokens=list(who.was)) if who else None
            request = EnrolRequest(code=code, device_name=device_name, platform=platform, was=was)
        except ValidationError:
            raise problems.code_invalid() from None
        body = request.model_dump_json(exclude_none=True).encode()
        return _message(EnrolAnswer, await self._ask("POST", f"{API}/enrol", body, _JSON))

    async def push(
        self, campaign: str, where: Progress, wires: Iterable[str], leaving: int = 0
    ) -> PushAnswer:
        """Send operations, given as canonical JSON, to the log that `where` describes.

        `leaving` of them no longer wait once they are answered. Problems: epoch_changed, operation_rewritten.
        """
        head = json.dumps({"epoch": where.epoch, "since": where.farthest, "tip": where.farthest_fingerprint})
        if where.receipt:
            head = f'{head[:-1]},"receipt":{json.dumps(where.receipt)}}}'
        body = f'{head[:-1]},"ops":[{",".join(wires)}]}}'.encode()
        headers = {**_JSON, "Content-Encoding": "gzip", **self._waiting_header(leaving)}
        packed = gzip.compress(body, 5, mtime=0)
        answer = await self._ask("POST", f"{API}/campaigns/{campaign}/push", packed, headers, 60.0)
        return _message(PushAnswer, answer)

    async def succeed(self) -> EnrolAnswer:
        """Become another device of the same person: a copy of this phone is in use."""
        return _message(EnrolAnswer, await self._ask("POST", f"{API}/device"))

    async def new_token(self) -> str:
        """A token to use instead of this one, once it is stored."""
        return _message(TokenAnswer, await self._ask("POST", f"{API}/device/token")).token

    async def pull(
        self, campaign: str, where: Progress, towns: Sequence[str], most: int, profile: Profile
    ) -> PullAnswer:
        """The next page of the log, at most that many operations, of `towns` or, without any, of all.

        Problem: epoch_changed if it is not the log that `where` describes.
        """
        seen = f"since={where.cursor}&tip={where.fingerprint}&epoch={quote(where.epoch)}{_receipt(where)}"
        path = f"{API}/campaigns/{campaign}/pull?{seen}&limit={most}&towns={','.join(towns)}"
        page = _message(
            PullAnswer, await self._ask("GET", path, headers=self._waiting_header(), seconds=60.0)
        )
        return answer_checks.check_pull(page, campaign, where, profile)

    async def snapshot(
        self, campaign: str, where: Progress, towns: Sequence[str], most: int, profile: Profile
    ) -> SnapshotAnswer:
        """The next page of the present records, at most that many, after `where`, of `towns` or all.

        Problem: epoch_changed if it is not the log that `where` describes.
        """
        after = where.snapshot or ""
        seen = f"since={where.farthest}&tip={where.farthest_fingerprint}{_receipt(where)}"
        query = f"after={after}&limit={most}&towns={','.join(towns)}"
        path = f"{API}/campaigns/{campaign}/snapshot?{query}&{seen}"
        page = _message(
            SnapshotAnswer, await self._ask("GET", path, headers=self._waiting_header(), seconds=60.0)
        )
        return answer_checks.check_snapshot(page, after, profile)

    async def progress(self, campaign: str) -> ProgressAnswer:
        """How far the city or the person's towns are toward the target. Problem: not_found before 0.3."""
        return _message(ProgressAnswer, await self._ask("GET", f"{API}/campaigns/{campaign}/progress"))

    async def map_layer(self) -> MapLayer | None:
        """The tiles of the office's map, None where it has none; a server of before has none."""
        try:
            layer = _message(MapLayer, await self._ask("GET", "/tiles/tiles.json"))
        except problems.Problem as problem:
            if problem.kind is not problems.not_found:
                raise
            return None
        return layer if layer.tiles else None

    async def begin_upload(self, photo: WaitingPhoto) -> str | None:
        """Announce a photo; the path to send it to, None if the server has verified it already."""
        metadata_values = {"sha256": photo.sha256, "mime": photo.mime, "record": photo.record}
        metadata = ",".join(
            f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in metadata_values.items()
        )
        headers = {**_TUS, "Upload-Length": str(photo.bytes), "Upload-Metadata": metadata}
        answer = await self._ask("POST", f"{API}/photos", b"", headers)
        path = urlsplit(answer.headers.get("location", "")).path
        if answer.status != 201 or not path.startswith(f"{API}/photos/"):
            raise problems.not_our_server(status=answer.status)
        if answer.headers.get("upload-offset") != str(photo.bytes):
            return path
        if path != f"{API}/photos/{photo.sha256}":  # what is said of another photo proves nothing of this one
            raise problems.not_our_server(status=answer.status)
        return None

    async def upload_offset(self, upload: str) -> int:
        """How many bytes of an upload the server has. Problem: upload_unknown."""
        answer = await self._ask("HEAD", upload, b"", _TUS)
        return _offset(answer)

    @property
    def streams(self) -> bool:
        """Whether the rest of a photo may go as one piece (`Transport.streams`)."""
        return self._transport.streams

    async def send_piece(self, upload: str, offset: int, piece: Part, moving: Moving | None = None) -> int:
        """Send `piece`, the bytes from `offset` on; the new offset. The end is answered after verification.

        `moving` is called with how many bytes of the piece have left. Problems: upload_unknown,
        upload_offset_conflict, photo_hash_mismatch and other refusals of photos.
        """
        headers = {
            **_TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        answer = await self._ask("PATCH", upload, piece, headers, PIECE_SECONDS, moving)
        reached = _offset(answer)
        if not offset < reached <= offset + len(piece):
            raise problems.upload_offset_conflict(offset=reached)
        return reached

    async def original(self, sha256: str) -> bytes:
        """A photo the server has, as it was sent. Problem: photo_not_here."""
        return await self._picture(sha256, "original")

    async def preview(self, sha256: str) -> bytes:
        """A small picture of a photo the server has (JPEG). Problem: photo_not_here."""
        return await self._picture(sha256, "preview")

    async def visit_keys(self) -> VisitKeysAnswer:
        """What is needed to seal home visits. Problem: role_forbidden for persons who may not record any."""
        return _message(VisitKeysAnswer, await self._ask("GET", f"{API}/home-visits/keys"))

    async def send_visits(self, envelopes: Sequence[str]) -> EnvelopesAnswer:
        """Send sealed home visits; the server answers for each in turn. Problem: device_mismatch."""
        body = EnvelopesRequest(envelopes=list(envelopes)).model_dump_json().encode()
        headers = {**_JSON, **self._waiting_header(len(envelopes))}
        answer = await self._ask("POST", f"{API}/home-visits", body, headers, 60.0)
        return _message(EnvelopesAnswer, answer)

    def _waiting_header(self, leaving: int = 0) -> dict[str, str]:
        """The header that says what will still wait here after the request."""
        if self._waiting is None:
            return {}
        now = self._waiting()
        return {HEADER: str(replace(now, records=max(0, now.records - leaving)))}

    async def _picture(self, sha256: str, size: str) -> bytes:
        answer = await self._ask("GET", f"{API}/photos/{sha256}/{size}", seconds=60.0)
        if not answer.headers.get("content-type", "").startswith("image/"):
            raise problems.not_our_server(status=answer.status)
        return answer.body

    async def _ask(
        self,
        method: str,
        path: str,
        body: bytes | Part = b"",
        headers: Mapping[str, str] | None = None,
        seconds: float = 30.0,
        moving: Moving | None = None,
    ) -> Answer:
        answer = await self._transport.send(
            method, path, {**self._headers, **(headers or {})}, body, seconds=seconds, moving=moving
        )
        if answer.headers.get("anlan-api") != wire.VERSION:
            raise problems.not_our_server(status=answer.status)
        if answer.status >= 400:
            raise _refusal(answer, method)
        return answer


_JSON = {"Content-Type": "application/json"}


def _message(kind: type[T], answer: Answer) -> T:
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError:
        raise problems.not_our_server(status=answer.status) from None


_SAID_BY_STATUS = {
    401: problems.token_invalid,
    404: problems.upload_unknown,
    410: problems.upload_unknown,
    503: problems.overloaded,
    507: problems.storage_full,
}


def _refusal(answer: Answer, method: str) -> problems.Problem:
    if method == "HEAD":  # has no body to say more
        said = _SAID_BY_STATUS.get(answer.status)
        message = ProblemMessage(code=said.code if said else "")
    else:
        try:
            message = ProblemMessage.model_validate_json(answer.body)
        except ValidationError:
            return problems.not_our_server(status=answer.status)
    details = dict(message.details)
    after = answer.headers.get("retry-after", "")
    if after.isdecimal():
        details["retry_after"] = int(after)
    kind = _KINDS.get(message.code, problems.internal if answer.status >= 500 else problems.invalid)
    return problems.Problem(kind, details)


def _receipt(where: Progress) -> str:
    return f"&receipt={quote(where.receipt)}" if where.receipt else ""


def _offset(answer: Answer) -> int:
    text = answer.headers.get("upload-offset", "")
    if not text.isdecimal():
        raise problems.not_our_server(status=answer.status)
    return int(text)


def read_code(text: str) -> tuple[str, str]:
    """(code, origin of its server or "") from what somebody typed or scanned: a code or the whole link."""
    text = text.strip()
    link = urlsplit(text)
    if not link.scheme or not link.netloc:
        return text.upper().replace(" ", ""), ""
    code = parse_qs(link.query).get("code", [""])[0]
    return code.strip().upper(), f"{link.scheme}://{link.netloc}"
