"""The house rules, read from the source: who may import whom, what the core may not touch, dead names."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from sync_server.queries import undoings
from sync_server.texts import audit_words

ROOT = Path(__file__).parents[1]
SIDES = ("shared", "mobile_app", "sync_server")
OUTSIDE = {"tests", "tools"}  # ours, but no part of the product
EVERY_ROOM = {"*"}

# What each room may import besides itself: rooms of its own side, and "shared" for the whole functional core.
MAY_IMPORT: dict[str, dict[str, set[str]]] = {
    "mobile_app": {
        "screens": {"widgets", "services", "state", "store", "texts", "theme", "shared"},
        "widgets": {"texts", "theme"},
        "state": {"texts", "shared"},
        "texts": {"shared"},
        "theme": set(),
        "store": {"shared"},
        "device": {"shared"},
        "sync": {"store", "device", "shared"},
        "services": {
            *("ports", "visits", "same_places", "signs", "today", "unsent", "office_numbers"),
            *("hazard_map", "app_lock"),
            *("store", "device", "sync", "state", "texts"),
            "shared",
        },
        "service_part": {"store", "sync", "state", "shared"},
        "visits": {"service_part", "store", "device", "sync", "state", "shared"},
        "same_places": {"service_part", "store", "device", "sync", "shared"},
        "signs": {"store"},
        "today": {"store", "device", "shared"},
        "unsent": {"store", "device", "sync", "shared"},
        "office_numbers": {"store", "device", "sync", "shared"},
        "hazard_map": {"map_ground", "store", "device", "state"},
        "map_ground": {"store", "device", "sync", "shared"},
        "app_lock": {"store", "device", "state", "shared"},
        "ports": {"store", "device", "sync", "shared"},
        "packaging": {"shared"},
        "app": EVERY_ROOM,
        "main": {"app"},
    },
    "sync_server": {
        "http": {"database", "settings", "shared"},
        "api": {
            *("http", "deps", "commands", "queries", "access", "log", "photos", "database"),
            *("settings", "unsent", "vault", "shared"),
        },
        "pages": {
            *(
                "http",
                "deps",
                "commands",
                "queries",
                "access",
                "exports",
                "imports",
                "maps",
                "photos",
                "database",
            ),
            *("contract", "settings", "texts", "unsent", "vault", "shared"),
        },
        "contract": {"api", "deps", "shared"},
        "commands": {"log", "queries", "access", "database", "shared"},
        "queries": {"database", "access", "log", "shared"},
        "log": {"database", "access", "shared"},
        "vault": {"database", "access", "shared"},
        "unsent": {"http", "log", "vault", "database", "access", "shared"},
        "access": {"database", "shared"},
        "database": {"shared"},
        "photos": {"database", "shared"},
        "maps": {"shared"},
        "exports": {"shared"},
        "imports": {"shared"},
        "maintenance": {"log", "database", "photos", "access", "settings", "vault", "shared"},
        "settings": {"shared"},
        "texts": {"shared"},
        "ledger_file": EVERY_ROOM,
        "startup_message": {"access", "maintenance", "settings", "texts", "shared"},
        "demo": {"log", "database", "photos", "access", "maintenance", "settings", "shared"},
        "deps": {"http", "database", "photos", "access", "settings", "unsent", "vault", "shared"},
        "app": EVERY_ROOM,
        "cli": EVERY_ROOM,
        "subcommands": EVERY_ROOM,
        "refused_requests": {"access", "database", "deps", "shared"},
    },
}

# The functional core: no clock, disk, network or chance; time, ids and randomness are passed in.
CORE_LIBRARIES = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "geopy", "prcoords"}
IMPURE_MODULES = {
    *(
        "asyncio",
        "glob",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
    ),
    *("signal", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib"),
}
IMPURE_CALLS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("uuid1", "uuid4", "uuid6", "uuid7", "uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7"),
    *("open", "print", "input"),
}

# Flet 1.0: the old way, which most tutorials still show.
DEAD_FLET = {"UserControl", "app", "ElevatedButton", "colors", "icons"}
DEAD_PAGE = {
    *(
        "add",
        "client_storage",
        "close",
        "dialog",
        "go",
        "open",
        "shared_preferences",
        "snack_bar",
        "update",
        "views",
    ),
}

WITHOUT_WORDS = {
    *(("mobile_app", room) for room in ("screens", "widgets")),
    *(("sync_server", room) for room in ("api", "pages")),
}
MAY_WRITE_AUDIT = {"sync_server/database/audit_chain.py"}
AUDIT_WRITES = {"AuditRow", "AuditEndRow"}
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
LONGEST = 300  # lines
MOST_FILES = 15  # modules of one folder: more of them want rooms
# Long because the field has many words and columns.
TABLES = {
    *(f"mobile_app/texts/{name}.py" for name in ("en", "words", "zh")),
    *(
        "shared/problem_texts.py",
        "shared/records/models.py",
        "shared/vocabulary.py",
        "sync_server/texts/en.py",
        "sync_server/texts/words.py",
        "sync_server/texts/zh.py",
    ),
}
TOP_LEVEL = {
    *SIDES,
    *("assets", "docs", "requirements", "tests", "tools"),
    *(".ci", ".git", ".gitattributes", ".github", ".gitignore", ".npmrc"),
    *("CHANGELOG.md", "LICENSE", "Makefile", "README.md", "flet.toml", "pyproject.toml"),
    *("package.json", "package-lock.json"),
}


def room_of(path: str) -> tuple[str, str]:
    """Name the side and the room of a file; ``mobile_app/app.py`` is a room of its own."""
    side, *rest = Path(path).with_suffix("").parts
    return side, rest[0]


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Every imported name in full, those inside functions and ``TYPE_CHECKING`` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def import_faults(path: str, tree: ast.AST) -> Iterator[str]:
    side, room = room_of(path)
    for name in imports_of(tree):
        target, *rest = name.split(".")
        if target in OUTSIDE or (target in SIDES and target not in {side, "shared"}):
            yield f"imports {name}: the other side, or no part of the product"
        if side == "shared":
            if target not in {*CORE_LIBRARIES, "shared"} and target not in sys.stdlib_module_names:
                yield f"imports {name}: no library of the functional core"
            if target in IMPURE_MODULES:
                yield f"imports {name}: the functional core has no clock, disk, network or chance"
            continue
        if room == "__init__" or target not in {side, "shared"}:
            continue
        wanted = "shared" if target == "shared" else rest[0]
        allowed = MAY_IMPORT[side].get(room)
        if allowed is None:
            yield f"stands in {side}/{room}, a room that the layout does not have"
        elif allowed != EVERY_ROOM and wanted not in {*allowed, room}:
            yield f"imports {name}: {room} may import {sorted(allowed)}"


def call_faults(path: str, tree: ast.AST) -> Iterator[str]:
    side, _ = room_of(path)
    uses_flet = any(name.split(".")[0] == "flet" for name in imports_of(tree))
    for node in ast.walk(tree):
        if side == "shared" and isinstance(node, ast.Call):
            called = ".".join(_dotted(node.func)[-2:])
            if called in IMPURE_CALLS:
                yield f"line {node.lineno} calls {called}: time, ids and files are passed in"
        if side == "mobile_app" and uses_flet and isinstance(node, ast.Attribute):
            owner = _dotted(node.value)[-1]
            if (owner == "ft" and node.attr in DEAD_FLET) or (owner == "page" and node.attr in DEAD_PAGE):
                yield f"line {node.lineno} uses {owner}.{node.attr}: dead in Flet 1.0"
            elif node.attr == "update":
                yield f"line {node.lineno} uses {owner}.update: what shows follows from state"


def _dotted(node: ast.expr) -> list[str]:
    """``ctx.page.go`` → ``["ctx", "page", "go"]``; whatever is no plain name counts as ``"()"``."""
    if isinstance(node, ast.Attribute):
        return [*_dotted(node.value), node.attr]
    return [node.id if isinstance(node, ast.Name) else "()"]


def word_faults(path: str, tree: ast.AST) -> Iterator[str]:
    """Chinese in screens, widgets and routes; docstrings may name the field's own words."""
    if room_of(path) not in WITHOUT_WORDS:
        return
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in bare:
            continue
        if any("\u3400" <= letter <= "\u9fff" for letter in node.value):
            yield f"line {node.lineno} says {node.value!r}: words shown to people stand in the texts"


def audit_faults(path: str, tree: ast.AST) -> Iterator[str]:
    """Rows of the audit log that are changed, deleted, or added other than on its chain."""
    if path in MAY_WRITE_AUDIT or "migrations/versions/" in path:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _dotted(node.func)[-1] in AUDIT_WRITES:
            yield f"line {node.lineno}: the audit log is written by database/audit_chain alone"
        if isinstance(node, ast.Call) and _dotted(node.func)[-1] in {"insert", "update", "delete"}:
            named = {name for one in (node.func, *node.args) for name in _dotted(one)}
            if named & AUDIT_WRITES or named & {"AUDIT", "_AUDIT"}:
                yield f"line {node.lineno}: rows of the audit log are never changed"


def faults(path: str, source: str) -> list[str]:
    """Everything in one source file that breaks a rule of the house."""
    tree = ast.parse(source, path)
    found = [*import_faults(path, tree), *call_faults(path, tree), *word_faults(path, tree)]
    found += audit_faults(path, tree)
    lines = source.count("\n")
    if lines > LONGEST and path not in TABLES:
        found.append(f"has {lines} lines: a file holds one idea")
    if path.endswith("__init__.py") and source:
        found.append("is not empty")
    if EMPTY_NAMES & set(Path(path).with_suffix("").parts):
        found.append("has a name that says nothing")
    return found


def test_every_action_and_detail_of_the_audit_log_has_words() -> None:
    actions, details = {undoings.UNDONE, undoings.WITHDRAWN}, {"since", "end"}
    for path in (ROOT / "sync_server").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _dotted(call.func)[-1] in {"note", "_note"}:
                said = {one.value for one in call.args[1:] if isinstance(one, ast.Constant)}
                actions |= {one for one in said if isinstance(one, str)}
                details |= {word.arg for word in call.keywords if word.arg}
    assert {"sign_in", "home_visit_opened", "quarantine_discarded", "export"} <= actions
    assert actions - audit_words.ACTIONS.keys() == set(), "say it in sync_server/texts/audit_words.py"
    assert details - {"person", "device", "subject"} - audit_words.DETAILS.keys() == set()
    assert audit_words.ACTIONS.keys() >= audit_words.BY_STRANGERS


def sources() -> list[str]:
    found = (path.relative_to(ROOT).as_posix() for side in SIDES for path in (ROOT / side).rglob("*.py"))
    return sorted(found)


@pytest.mark.parametrize("path", sources())
def test_file_keeps_the_house_rules(path: str) -> None:
    assert faults(path, (ROOT / path).read_text(encoding="utf-8")) == []


def test_no_folder_holds_more_modules_than_one_can_look_over() -> None:
    folders = Counter(Path(path).parent.as_posix() for path in sources() if not path.endswith("__init__.py"))
    del folders["sync_server/database/migrations/versions"]  # read by their numbers, and never taken away
    assert {folder: count for folder, count in folders.items() if count > MOST_FILES} == {}


def test_nothing_stands_at_the_top_but_the_fixed_names() -> None:
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()]
    names = {path.name for path in ROOT.iterdir() if not any(fnmatch(path.name, line) for line in ignored)}
    assert names - TOP_LEVEL == set()


def test_the_locks_hold_every_package_that_the_project_names() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [said["project"]["dependencies"], *said["project"]["optional-dependencies"].values()]
    for lock, wanted in (("run", lists), ("dev", [*lists, *said["dependency-groups"].values()])):
        text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        names = {re.split(r"[^\w-]", requirement)[0].lower() for one in wanted for requirement in one}
        assert names - set(re.findall(r"^[\w-]+(?===)", text, re.MULTILINE)) == set()
        assert "://" not in text, "a lock names no place to fetch from"
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("mobile_app/sync/push.py", "from sync_server.database import tables"),
        ("mobile_app/store/queries/hazards.py", "import mobile_app.widgets.badge"),
        ("mobile_app/screens/hazards/hazard_details.py", "from mobile_app import device"),
        ("mobile_app/attic/hazard.py", "from mobile_app import store"),
        ("sync_server/database/tables.py", "def f():\n    from sync_server.access import people"),
        ("sync_server/api/push.py", "import tests.support"),
        ("shared/merge.py", "import sqlmodel"),
        ("shared/merge.py", "from time import monotonic"),
        ("shared/clock.py", "import datetime\nnow = datetime.datetime.now(datetime.UTC)"),
        ("shared/operations.py", "import uuid\nname = uuid.uuid4()"),
        ("shared/profiles/risk.py", "table = open('risk.csv')"),
        ("mobile_app/widgets/badge.py", "import flet as ft\nbutton = ft.ElevatedButton()"),
        ("mobile_app/app.py", "import flet as ft\ndef f(ctx):\n    ctx.page.go('/')"),
        (
            "mobile_app/screens/hazards/hazard_details.py",
            "import flet as ft\ndef f(control):\n    control.update()",
        ),
        ("mobile_app/screens/hazards/hazard_details.py", "title = f'{1} 新增隐患'"),
        ("sync_server/database/__init__.py", "import sqlmodel"),
        ("sync_server/database/utils.py", ""),
        ("sync_server/queries/hazards.py", "\n" * 301),
        ("sync_server/access/people.py", "session.add(AuditRow(number=1))"),
        ("sync_server/access/people.py", "session.execute(delete(AuditRow).where(AuditRow.number == 1))"),
        ("sync_server/access/people.py", "session.execute(update(tables.AuditRow).values(subject=''))"),
        ("sync_server/access/people.py", "session.execute(_AUDIT.update().values(subject=''))"),
    ],
)
def test_a_breach_is_seen(path: str, source: str) -> None:
    assert faults(path, source) != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "mobile_app/screens/hazards/hazard_details.py",
            "from mobile_app.widgets import badge\nfrom shared.merge import shown",
        ),
        (
            "mobile_app/store/queries/photos.py",
            "import hashlib\ndigest = hashlib.sha256()\ndigest.update(b'')",
        ),
        ("mobile_app/screens/hazards/hazard_details.py", '"""The screen behind 新增隐患."""'),
        ("shared/clock.py", "from datetime import datetime\nfrom shared.merge import heads"),
        ("sync_server/app.py", "from sync_server.api import push\nfrom sync_server.pages import ledger"),
    ],
)
def test_a_file_within_the_rules_passes(path: str, source: str) -> None:
    assert faults(path, source) == []
