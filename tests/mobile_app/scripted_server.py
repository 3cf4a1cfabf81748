"""A small server that speaks the protocol and misbehaves on command; it remembers what it was sent."""

import base64
import gzip
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared import merge
from shared.operations import GENESIS, Operation, Stamp, next_fingerprint
from shared.sync.waiting import HEADER
from shared.sync.wire import VERSION
from tests.mobile_app import enrolled_store

MARK = {"Anlan-Api": VERSION}
ENROLLED = enrolled_store.ENROLLED.model_dump(mode="json")
CUT_AFTER = 100_000
PORTAL = b"<html><body>Sign in to the hotel's network</body></html>"


class ScriptedServer:
    """A log, some photos, and the faults still to come: the next request that matches takes its fault."""

    def __init__(self) -> None:
        self.epoch = "first"
        self.log: list[dict[str, Any]] = []
        self.settled: dict[int, str] = {}
        self.names: dict[str, dict[str, str]] = {}
        self.successors = 0
        self.scope: Callable[[str], bool] = lambda _record: True
        self.spoil: tuple[str, dict[str, Any]] = ("", {})
        self.photos: dict[str, bytes] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.waiting: list[str] = []
        """What the phone said of what waits there."""
        self.enrolled: list[dict[str, Any]] = []
        self.received = 0
        """Bytes of photos that came, those that came twice included."""
        self.refuse: dict[str, str] = {}
        self.progress: list[dict[str, Any]] | None = None
        """The numbers of towns that it tells, None for a server of before; `progress_asked`: how often."""
        self.progress_asked = 0
        self._faults: list[tuple[str, str]] = []
        handler = type("Bound", (Handler,), {"world": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def fault(self, match: str, kind: str, times: int = 1) -> None:
        """The next `times` requests whose "METHOD path" contains `match` meet `kind`: portal, broken, busy,
        revoked, detour, unheard (nothing is done), unanswered (it is done, the answer is cut), cut (the link
        breaks after `CUT_AFTER` bytes of the body, which are kept)."""
        self._faults += [(match, kind)] * times

    def take_fault(self, line: str) -> str:
        for number, (match, kind) in enumerate(self._faults):
            if match in line:
                del self._faults[number]
                return kind
        return ""

    def tip(self, seq: int) -> str:
        """The log's tip at `seq`."""
        tip = GENESIS
        for row in self.log[:seq]:
            tip = next_fingerprint(tip, json.dumps(row["op"], sort_keys=True))
        return tip

    def records(self) -> list[dict[str, Any]]:
        """The records as they stand, events and photos first."""
        by_record: dict[str, list[tuple[Operation, Stamp]]] = {}
        for row in self.log:
            stamp = Stamp(row["stamp"]["seq"], row["stamp"]["hlc"], row["stamp"].get("ledger_no"))
            operation = Operation.model_validate(row["op"])
            by_record.setdefault(operation.record, []).append((operation, stamp))
        by_record = {record: those for record, those in by_record.items() if self.scope(record)}
        order = ["hazard_event", "photo", "hazard"]
        told = [
            {
                "record": record,
                "type": those[0][0].type,
                "ledger_no": next((stamp.ledger_no for _, stamp in those if stamp.ledger_no), None),
                "state": merge.to_json(merge.merge(those)),
            }
            for record, those in by_record.items()
        ]
        return sorted(told, key=lambda one: (order.index(one["type"]), one["record"]))

    def store(self, raw: dict[str, Any]) -> dict[str, Any]:
        for row in self.log:
            if (row["op"]["device"], row["op"]["n"]) == (raw["device"], raw["n"]):
                if row["op"] != raw:
                    raise KeyError({"device": raw["device"], "n": raw["n"]})
                return {"n": raw["n"], "status": "duplicate", **row["stamp"]}
        if raw["n"] in self.settled:
            status = self.settled[raw["n"]]
            return {"n": raw["n"], "status": status, "why": {"code": status, "details": {"reason": "重复"}}}
        if raw["type"] in self.refuse:
            return {"n": raw["n"], "status": "quarantined", "why": {"code": self.refuse[raw["type"]]}}
        stamp: dict[str, Any] = {"seq": len(self.log) + 1, "hlc": raw["hlc"]}
        if raw["type"] == "hazard":
            stamp["ledger_no"] = f"DG-{len(self.log) + 1:05d}"
        self.log.append({"op": raw, "stamp": stamp})
        return {"n": raw["n"], "status": "stored", **stamp}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    world: ScriptedServer
    cut = False

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do(self) -> None:
        line = f"{self.command} {self.path}"
        if "/home-visits" in line:  # it has none
            return self.say(403, {"code": "role_forbidden", "details": {}})
        if self.path.endswith("/progress"):
            return self.progress(self.world.take_fault(line))
        if self.path == "/tiles/tiles.json":  # a server of before
            return self.say(404, {"code": "not_found", "details": {}})
        self.world.asked.append(line)
        self.world.waiting += self.headers.get_all(HEADER) or []
        fault, length = self.world.take_fault(line), int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(length, CUT_AFTER) if fault == "cut" else length)
        self.world.received += len(body) if self.command == "PATCH" else 0
        match fault:
            case "portal":
                return self.answer(200, PORTAL, {"Content-Type": "text/html"})
            case "broken":
                return self.answer(500, b"<h1>Internal Server Error</h1>", {})
            case "busy":
                return self.say(503, {"code": "overloaded", "details": {}}, {"Retry-After": "7"})
            case "revoked":
                return self.say(401, {"code": "token_invalid", "details": {}})
            case "detour":
                return self.answer(302, b"", {"Location": "http://127.0.0.1:1/portal"})
            case "unheard":
                self.close_connection = True
                return None
            case "unanswered":
                self.cut = True
            case "cut":
                self.world.uploads[self.path.rsplit("/", 1)[1]]["data"] += body
                self.close_connection = True
                return None
        path = urlsplit(self.path)
        return self.serve(path.path.removeprefix("/api/v1"), parse_qs(path.query), body)

    do_GET = do_POST = do_HEAD = do_PATCH = do

    def serve(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        if path.endswith("/push"):
            return self.push(json.loads(gzip.decompress(body)))
        if path.endswith("/pull"):
            since = int(query["since"][0])
            if self.another(query):
                return None
            rows = self.world.log[since : since + 2]  # small pages, so that there are several
            ops = [{**row["op"], "seq": row["stamp"]["seq"], **_number(row)} for row in rows]
            more = since + len(rows) < len(self.world.log)
            told = {"next": since + len(rows), "tip": self.world.tip(since + len(rows)), "more": more}
            told["devices"] = self.world.names
            return self.say(200, {"ops": ops, **told, **self.told()})
        if path.endswith("/snapshot"):
            return None if self.another(query) else self.snapshot(query.get("after", [""])[0])
        if path in ("/device", "/enrol"):
            self.world.enrolled += [json.loads(body)] if body else []
            self.world.successors += 1
            device = f"{self.world.successors:016x}"
            told = {**ENROLLED, "device": device, "token": f"token {device}", **self.told()}
            return self.say(201, told)
        if path == "/photos":
            return self.create()
        if path.endswith("/original"):
            return self.original(path.split("/")[-2])
        if path.startswith("/photos/"):
            return self.upload(path.rsplit("/", 1)[1], body)
        return self.say(404, {"code": "not_found", "details": {}})

    def push(self, message: dict[str, Any]) -> None:
        if message["epoch"] != self.world.epoch:
            return self.say(409, {"code": "epoch_changed", "details": {"epoch": self.world.epoch}})
        try:
            results = [self.world.store(raw) for raw in message["ops"]]
        except KeyError as rewritten:
            return self.say(409, {"code": "operation_rewritten", "details": rewritten.args[0]})
        end = len(self.world.log)
        told = {
            "device": message["ops"][0]["device"],
            "results": results,
            **self.told(),
            "seq": end,
            "tip": self.world.tip(end),
        }
        return self.say(200, told)

    def another(self, query: dict[str, list[str]]) -> bool:
        """Whether who asks knows another log; that is then said."""
        since = int(query["since"][0])
        if since <= len(self.world.log) and query["tip"][0] == self.world.tip(since):
            return False
        self.world.epoch += "-again"
        self.say(409, {"code": "epoch_changed", "details": {"epoch": self.world.epoch}})
        return True

    def snapshot(self, after: str) -> None:
        told = self.world.records()
        keys = ["", *(f"{one['type']}/{one['record']}" for one in told)]
        start = keys.index(after)
        page = told[start : start + 3]
        end = len(self.world.log)
        self.say(
            200,
            {
                "records": page,
                "next": keys[start + 3] if start + 3 < len(told) else None,
                "seq": end,
                "tip": self.world.tip(end),
                "devices": self.world.names,
                **self.told(),
            },
        )

    def create(self) -> None:
        pairs = dict(pair.split(" ") for pair in self.headers["Upload-Metadata"].split(","))
        sha256 = base64.b64decode(pairs["sha256"]).decode()
        length = int(self.headers["Upload-Length"])
        if sha256 in self.world.photos:
            here = {"Location": f"/api/v1/photos/{sha256}", "Upload-Offset": str(length)}
            return self.answer(201, b"", {**MARK, **here})
        name = f"u{len(self.world.uploads)}"
        self.world.uploads[name] = {"sha256": sha256, "length": length, "data": b""}
        return self.answer(201, b"", {**MARK, "Location": f"/api/v1/photos/{name}"})

    def upload(self, name: str, body: bytes) -> None:
        upload = self.world.uploads.get(name)
        if upload is None:
            return self.say(404, {"code": "upload_unknown", "details": {}})
        if self.command == "PATCH":
            if int(self.headers["Upload-Offset"]) != len(upload["data"]):
                return self.say(409, {"code": "upload_offset_conflict", "details": {}})
            upload["data"] += body
            if len(upload["data"]) == upload["length"]:
                del self.world.uploads[name]
                if hashlib.sha256(upload["data"]).hexdigest() != upload["sha256"]:
                    return self.say(422, {"code": "photo_hash_mismatch", "details": {}})
                self.world.photos[upload["sha256"]] = upload["data"]
        return self.answer(204, b"", {**MARK, "Upload-Offset": str(len(upload["data"]))})

    def progress(self, fault: str) -> None:
        self.world.progress_asked += 1
        if fault == "unheard":
            self.close_connection = True
            return None
        if fault:
            return self.answer(503 if fault == "busy" else 200, PORTAL, MARK if fault == "broken" else {})
        if self.world.progress is None:
            return self.say(404, {"code": "not_found", "details": {}})
        return self.say(
            200, {"year": 2026, "definition": "closed_only", "towns": self.world.progress, **self.told()}
        )

    def original(self, sha256: str) -> None:
        if sha256 not in self.world.photos:
            return self.say(404, {"code": "photo_not_here", "details": {}})
        return self.answer(200, self.world.photos[sha256], {**MARK, "Content-Type": "image/jpeg"})

    def told(self) -> dict[str, str]:
        return {"epoch": self.world.epoch, "server_time": "2026-11-23T04:00:00Z"}

    def say(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        match, wrong = self.world.spoil
        if match and match in self.path:
            document = {**document, **wrong}
        return self.answer(status, json.dumps(document).encode(), {**MARK, **(headers or {})})

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        if self.cut and status == 204:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) + 10 * self.cut))
        self.end_headers()
        self.close_connection = self.close_connection or self.cut
        if self.command != "HEAD":
            self.wfile.write(body)


def _number(row: dict[str, Any]) -> dict[str, str]:
    number = row["stamp"].get("ledger_no")
    return {"ledger_no": number} if number else {}
