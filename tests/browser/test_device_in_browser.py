"""The browser's device code in a real browser, tested against the same contracts as the native code."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from shared.records.photo_edits import UNEDITED, Edits
from tests.browser.bare_python import BareSite, run
from tests.support import drawn, photo_cases

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BUILT = Path(__file__).parents[2] / "build" / "phone-web"

PREPARE = """
import base64
from mobile_app.device.photos import PickedPhoto, prepare
from mobile_app.device.photo_files import open_photo_files
from shared.problems import Problem
from shared.records.photo_edits import Edits, Mark, MarkKind
from shared.vocabulary import PhotoSource
async def work():
    photo_files = open_photo_files(None)
    edits = Edits(turns, tuple(Mark(MarkKind(kind), tuple(one), tuple(two)) for kind, one, two in marks))
    data = base64.b64decode(photo) + bytes(zeros)
    try:
        picked = PickedPhoto(data, "a.jpg", PhotoSource.GALLERY)
        made = await prepare(picked, photo_files, longest=2048, quality=80, stamp=stamp, edits=edits)
    except Problem as problem:
        return {"problem": problem.code}
    kept = await photo_files.get(made.sha256)
    return {
        **{n: getattr(made, n) for n in
           ("sha256", "original_sha256", "mime", "width", "height", "bytes", "taken_at")},
        "position": made.position and [made.position.lat, made.position.lon],
        "kept": base64.b64encode(kept).decode(), "preview": base64.b64encode(made.preview).decode(),
    }
json.dumps(await work())
"""

PHOTO_FILES = """
import asyncio
from pathlib import Path
from mobile_app.device.storage_usage import Storage
from mobile_app.device.photo_files import open_photo_files
from shared.problems import Problem
async def work():
    photo_files = open_photo_files(None)
    await asyncio.gather(*(photo_files.put("a", b"1" * 300_000) for _ in range(2)))
    await photo_files.put("a", b"1" * 300_000)
    await photo_files.put("b", b"2")
    names, size = await photo_files.names(), len(await photo_files.get("a"))
    used = await Storage().used(Path("/nowhere"))
    await photo_files.remove("a")
    await photo_files.remove("a")
    try:
        await photo_files.get("a")
    except Problem as problem:
        return [names, size, problem.code, await photo_files.names(), used]
json.dumps(await work())
"""

REMOVE = """
from mobile_app.device.photo_files import open_photo_files
async def work():
    photo_files = open_photo_files(None)
    for name in await photo_files.names():
        await photo_files.remove(name)
json.dumps(await work())
"""

WEBKIT_MOVE = """
from pyodide.code import run_js
run_js('''
    const move = FileSystemFileHandle.prototype.move;
    FileSystemFileHandle.prototype.move = function (...given) {
        if (given.length < 2) throw new TypeError("Not enough arguments");
        return move.apply(this, given);
    };
''')
json.dumps(None)
"""

NO_ACCESS_HANDLES = """
from pyodide.code import run_js
run_js('''
    FileSystemFileHandle.prototype.createSyncAccessHandle = async () => {
        throw new DOMException("as in WebKitGTK", "NotSupportedError");
    };
''')
json.dumps(None)
"""

SIZES = [30_000_000, 10, 1000]
READ_FILES = f"""async (in_order) => {{
    const {{ readInOrder }} = await import("/reading.js");
    if (in_order) readInOrder();
    const ended = [];
    await Promise.all({SIZES}.map((size) => new Promise((done) => {{
        const reader = new FileReader();
        reader.onloadend = () => done(ended.push(reader.result.byteLength));
        reader.readAsArrayBuffer(new Blob([new Uint8Array(size)]));
    }})));
    return ended;
}}"""

FETCH = """
import hashlib
from mobile_app.device.browser import page_origin
from mobile_app.sync.transport import open_transport
from shared.problems import Problem
async def work():
    here = open_transport(page_origin())
    body = bytes(range(256)) * 400
    found = []
    for method in ("POST", "PATCH"):
        answer = await here.send(method, "/said", {"X-Said": "a"}, body)
        method_there, header, sha256 = json.loads(answer.body)
        found.append([answer.status, answer.headers["anlan-api"], method_there, header,
                      sha256 == hashlib.sha256(body).hexdigest()])
    found.append([(await here.send("HEAD", "/bare.html", {})).status])
    found.append(["anlan-api" in (await here.send("POST", "/away", {})).headers])
    for transport, path in ((here, "/slow"), (open_transport("http://127.0.0.1:1"), "/")):
        try:
            await transport.send("POST", path, {}, seconds=1)
        except Problem as problem:
            found.append([problem.code])
    return found
json.dumps(await work())
"""

OPEN = """
from mobile_app.device.disk import open_disk
from mobile_app.store.database import journal, meta
from mobile_app.store.database.ids import record_id
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import outbox, recording
from mobile_app.store.log.recording import Moment
from mobile_app.store.queries import hazards
from shared.problems import Problem
from shared.sync.wire import EnrolAnswer
import secrets, time
try:
    database = await PhoneDatabase.open(await open_disk())
    opened = "opened"
except Problem as problem:
    opened = problem.code
def save(session):
    moment = Moment("2026-11-23T12:00:00+08:00", 1, lambda: record_id(1, secrets.randbits(74)))
    pond = {"water_name": "石井塘", "water_type": "pond", "town_code": "441900003"}
    hazard, saved = recording.add_hazard(session, pond, [], moment)
    return hazard, journal.saved(saved)
def stored():
    return sorted(row.id for row in database.read(hazards.listed))
json.dumps(opened)
"""

ENROL = """
await database.write(lambda session: meta.enrolled(session, EnrolAnswer.model_validate(answer), ""))
await database.settle()
json.dumps(None)
"""

SAVE = """
ids, began = [], time.time()
for _ in range(count):
    ids.append(await database.save(save))
json.dumps([sorted(ids), (time.time() - began) / count])
"""

START_OVER = """
from mobile_app.store.log import recovery, snapshot
from mobile_app.sync import answer_checks
from shared import clock
from shared.profiles.drowning import DROWNING
from shared.sync.wire import SnapshotAnswer
def snapshot_records(first, count):
    for n in range(first, first + count):
        hlc = clock.stamp(1_795_406_400_000 + n)
        pond = {"water_name": f"塘{n}", "town_code": "441900003", "description": "深" * 30}
        write = ["1" * 16, n, n, 0, hlc, "02", "2026-11-23T12:00:00+08:00", pond]
        record = f"00000000-0000-7000-8000-{n:012x}"
        yield {"record": record, "type": "hazard", "state": {"live": [write]}}
began, longest = time.time(), 0
for first in range(1, 1001, 500):
    records = [*snapshot_records(first, 500)]
    after = None if first == 501 else f"hazard/{records[-1]['record']}"
    raw = {"records": records, "next": after, "seq": 1000, "tip": "0" * 16, "epoch": "", "server_time": ""}
    page = answer_checks.check_snapshot(SnapshotAnswer.model_validate_json(json.dumps(raw)), "", DROWNING)
    for start in range(0, 500, snapshot.SLICE):
        slice_began = time.time()
        part = page.records[start : start + snapshot.SLICE]
        await database.write(lambda session: snapshot.store(session, part))
        longest = max(longest, time.time() - slice_began)
    await database.write(lambda session: snapshot.turn_page(session, page))
seconds = time.time() - began
other = EnrolAnswer.model_validate({**answer, "device": "2" * 16})
await database.write_through(lambda session: recovery.succeed(session, other, answer["device"], 2))
await database.write(lambda session: recovery.start_over(session, "second"))
json.dumps([seconds, longest])
"""

ANSWER = {
    "device": "9f0c61d2a4b3e857",
    "token": "t",
    "person": {"id": "0197", "name": "张三", "role": "inspector"},
    "campaign": "dg-2026",
    "epoch": "first",
    "server_time": "",
    "settings": {"name": "", "year": 2026, "target": 2000, "kit": []},
}


@pytest.fixture(scope="module")
def site() -> Iterator[BareSite]:
    if not (BUILT / "python" / "app.zip").is_file():
        pytest.fail("the phone's web app is not built: make install", pytrace=False)
    served = BareSite(BUILT)
    yield served
    served.close()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: BareSite) -> Iterator[Page]:
    yield from _opened(browser, site)


@pytest.fixture(scope="module")
def lasting(browser: Browser, site: BareSite) -> Iterator[Page]:
    """A page for the tests that do not mind what others stored: to start Python takes longer than they do."""
    yield from _opened(browser, site)


def _opened(browser: Browser, site: BareSite) -> Iterator[Page]:
    context = browser.new_context(timezone_id="Asia/Shanghai")
    opened = context.new_page()
    opened.set_default_timeout(120_000)
    opened.goto(site.url)
    yield opened
    context.close()


def test_the_browser_stores_and_removes_photo_files(lasting: Page) -> None:
    assert run(lasting, PHOTO_FILES) == [["a", "b"], 300_000, "photo_not_here", ["b"], 300_001]


def test_photo_files_get_their_names_where_a_move_needs_the_folder_too(lasting: Page) -> None:
    run(lasting, REMOVE)
    run(lasting, WEBKIT_MOVE)
    assert run(lasting, PHOTO_FILES) == [["a", "b"], 300_000, "photo_not_here", ["b"], 300_001]
    run(lasting, REMOVE)


def test_photo_files_are_stored_by_streams_where_an_engine_has_nothing_else(page: Page) -> None:
    run(page, NO_ACCESS_HANDLES)
    assert run(page, PHOTO_FILES) == [["a", "b"], 300_000, "photo_not_here", ["b"], 300_001]


def prepared(
    page: Page, photo: bytes, *, zeros: int = 0, stamp: Sequence[str] = (), edits: Edits = UNEDITED
) -> Any:
    """What PREPARE answers to a photo that ends in so many zeros."""
    return run(
        page,
        PREPARE,
        photo=base64.b64encode(photo).decode(),
        zeros=zeros,
        stamp=list(stamp),
        turns=edits.turns,
        marks=[[mark.kind.value, mark.start, mark.end] for mark in edits.marks],
    )


def test_the_browser_prepares_photos_according_to_the_contract(lasting: Page) -> None:
    for case in photo_cases.cases():
        data = case.data
        bare = data.rstrip(b"\0")  # large files end in zeros, which need not be sent
        zeros = len(data) - len(bare)
        result = prepared(lasting, bare, zeros=zeros)
        for name in {"kept", "preview"} & result.keys():
            result[name] = base64.b64decode(result[name])
        if result.get("position"):
            result["position"] = tuple(result["position"])
        photo_cases.check(case, result)


def test_the_browser_stamps_photos_according_to_the_contract(lasting: Page) -> None:
    plain, stamped = (prepared(lasting, drawn.photo(), stamp=stamp) for stamp in ((), photo_cases.STAMP))
    assert plain["original_sha256"] == stamped["original_sha256"]
    photo_cases.check_stamp(base64.b64decode(plain["kept"]), base64.b64decode(stamped["kept"]))


def test_the_browser_edits_photos_according_to_the_contract(lasting: Page) -> None:
    result = prepared(lasting, photo_cases.NOISY, edits=photo_cases.EDITS)
    assert result["original_sha256"] == hashlib.sha256(photo_cases.NOISY).hexdigest()
    photo_cases.check_edits(base64.b64decode(result["kept"]))


def test_files_are_read_in_the_order_they_were_picked(page: Page) -> None:
    assert page.evaluate(READ_FILES, True) == SIZES
    page.reload()
    assert page.evaluate(READ_FILES, False) != SIZES, "nothing had to be done for it"


def test_the_browser_sends_requests_to_a_server(lasting: Page) -> None:
    assert run(lasting, FETCH) == [
        [200, "v1", "POST", "a", True],
        [200, "v1", "PATCH", "a", True],
        [200],
        [False],
        ["server_unreachable"],
        ["server_unreachable"],
    ]


@pytest.mark.parametrize("engine", ["json.dumps(None)", NO_ACCESS_HANDLES], ids=["handles", "streams"])
def test_saves_survive_a_killed_worker_with_and_without_a_checkpoint(page: Page, engine: str) -> None:
    run(page, engine)
    assert run(page, OPEN) == "opened"
    run(page, ENROL, answer=ANSWER)
    saved, seconds = run(page, SAVE, count=5)
    print(f"a save takes {seconds * 1000:.0f} ms")
    page.evaluate("kill()")  # well before the lazy checkpoint
    page.evaluate("begin()")
    run(page, engine)
    assert run(page, OPEN) == "opened"
    assert run(page, "json.dumps(stored())") == saved
    more, _ = run(page, SAVE, count=2)
    run(page, "await database.settle(); json.dumps(None)")
    last, _ = run(page, SAVE, count=1)
    page.reload()
    assert run(page, OPEN) == "opened"
    assert run(page, "json.dumps(stored())") == sorted([*saved, *more, *last])
    assert run(page, "json.dumps([o.n for o in database.read(lambda s: outbox.unsent(s, 99))])") == [
        *range(1, 9)
    ]


def test_the_browser_reads_a_snapshot_and_starts_over(page: Page) -> None:
    assert run(page, OPEN) == "opened"
    run(page, ENROL, answer=ANSWER)
    saved, _ = run(page, SAVE, count=3)
    seconds, longest = run(page, START_OVER, answer=ANSWER)
    print(f"1,000 records are read in {seconds:.1f} s, the longest slice takes {longest * 1000:.0f} ms")
    page.evaluate("kill()")  # the new identity is durable even if other writes are not
    page.evaluate("begin()")
    assert run(page, OPEN) == "opened"
    assert run(page, "json.dumps(database.read(meta.identity).device)") == "2" * 16
    listed = "json.dumps([row.id for row in database.read(lambda s: hazards.listed(s, limit=9999))])"
    assert set(saved) <= {*run(page, listed)}
    unsent = "json.dumps([(o.device, o.n) for o in database.read(lambda s: outbox.unsent(s, 9))])"
    assert run(page, unsent) == [
        [ANSWER["device"], 1],
        ["2" * 16, 1],
        ["2" * 16, 2],
    ]


def test_a_second_tab_is_refused(page: Page, site: BareSite) -> None:
    assert run(page, OPEN) == "opened"
    second = page.context.new_page()
    second.goto(site.url)
    assert run(second, OPEN) == "opened_elsewhere"
    page.close()
    assert run(second, OPEN) == "opened"
