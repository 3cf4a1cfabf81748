"""The contents of the built web app, and that an unchanged rebuild is fast."""

import gzip
import json
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from mobile_app.packaging import spec
from mobile_app.packaging.command import PROJECT
from mobile_app.packaging.web import bundle, library, licences, runtime, service_worker
from mobile_app.packaging.web.build import build_web
from shared.problems import Problem
from shared.towns import TOWNS
from tests.mobile_app.packaging.web_server import first_visit_bytes, listed
from tests.mobile_app.packaging.woff2 import characters

PLACE_NAMES = "滘埗碣莞洑涌塱堌氹冚垱磡坣"
CANTONESE = "㙟㛃㘵𡷊"
NAMES = "䶮𬭎𠮷㵐㳚㙍侗坥冔洈㧑䓖"
"""Of 通用规范汉字表 and of people's names, in none of the packages' fonts. Noto Sans CJK lacks 𤭢."""
EMOJI = "🌊🚸👨👩👧⚠"
TIMED = """
import time; begun = time.perf_counter()
from mobile_app.packaging.command import Target, build
build(Target.WEB)
print(time.perf_counter() - begun)
"""


def test_an_unchanged_rebuild_takes_less_than_three_tenths_of_a_second(web_app: Path) -> None:
    times = []
    for _ in range(5):
        program = [sys.executable, "-c", TIMED]
        output = subprocess.run(program, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        times.append(float(output.split()[-1]))
    assert min(times) < 0.3


def test_the_description_lists_version_policy_and_files(web_app: Path, described: dict[str, Any]) -> None:
    present = {path.relative_to(web_app).as_posix() for path in web_app.rglob("*") if path.is_file()}
    assert set(described["files"]) == present - {"anlan-web.json"}
    assert described["base_url"] == "/app/"
    assert f'"{described["version"]}"' in (web_app / "service_worker.js").read_text("utf-8")
    policy = dict(part.split(" ", 1) for part in described["csp"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert "http" not in described["csp"]


def test_the_page_has_no_inline_script_and_uses_its_base_url(web_app: Path) -> None:
    page = (web_app / "index.html").read_text("utf-8")
    assert '<base href="/app/">' in page
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.S) == ["", ""]
    assert not re.search(r"\son\w+=|style=", page)


def test_pulling_down_does_not_load_the_app_again(web_app: Path) -> None:
    style = (web_app / "loading.css").read_text("utf-8")
    assert re.search(r"^html, body \{[^}]*overscroll-behavior: none;", style, re.M)


def test_no_page_or_module_fetches_from_an_external_host(web_app: Path) -> None:
    """The compiled client has URLs in its help texts; the browser tests watch its actual requests."""
    for name in ("index.html", "loading.css", "manifest.json", "config.js", "flutter_bootstrap.js"):
        urls = re.findall(r"https?://[^\s\"'<>)]+", (web_app / name).read_text("utf-8"))
        harmless = (
            "https://github.com/",  # in a comment
            "https://www.gstatic.com/flutter-canvaskit",  # an unused default
        )
        assert [url for url in urls if not url.startswith(harmless)] == []
    for name in ("main.dart.js", "main.dart.wasm"):
        assert runtime.RIVE.encode() not in (web_app / name).read_bytes()
    assert json.loads((web_app / "pyodide/pyodide-lock.json").read_text("utf-8"))["packages"] == {}


def test_only_compiled_phone_code_is_included(web_app: Path) -> None:
    app = zipfile.ZipFile(web_app / "python" / bundle.APP).namelist()
    packages = zipfile.ZipFile(web_app / "python" / bundle.PACKAGES).namelist()
    assert {"main.pyc", "mobile_app/main.pyc", "shared/merge.pyc"} <= set(app)
    assert {name.split("/")[0] for name in app} == {"main.pyc", "mobile_app", "shared"}
    assert not [name for name in (*app, *packages) if name.endswith(".py") or "packaging" in name]
    assert {"flet/__init__.pyc", "sqlalchemy/__init__.pyc", "requests/__init__.pyc"} <= set(packages)
    assert not [name for name in packages if name.startswith(("PIL", "fastapi"))]


def test_the_standard_library_is_compiled_and_has_what_is_used_of_it(web_app: Path) -> None:
    names = set(zipfile.ZipFile(web_app / "pyodide" / library.NAME).namelist())
    assert {"asyncio/__init__.pyc", "typing.pyc", "encodings/cp437.pyc", "sqlite3/dbapi2.pyc"} <= names
    assert not [name for name in names if name.endswith(".py") or name.startswith(("unittest/", "pdb."))]


def test_a_first_visit_downloads_at_most_sixteen_megabytes(web_app: Path) -> None:
    assert first_visit_bytes(web_app) < 16_000_000


def test_the_fonts_have_every_character_of_the_place_names(web_app: Path) -> None:
    app_spec = spec.read(PROJECT)
    families = json.loads((web_app / "assets/FontManifest.json").read_text("utf-8"))
    listed = {one["family"]: [font["asset"] for font in one["fonts"]] for one in families}
    assert app_spec.font.family == "AnlanSans"
    main = set().union(*(characters(web_app / "assets" / asset) for asset in listed["AnlanSans"]))
    slices = sorted((web_app / "assets/fonts").glob("noto*/**/*.woff2"))
    rare = set().union(*(characters(slice_) for slice_ in slices))
    assert set(PLACE_NAMES) <= main | rare
    assert set(CANTONESE) <= rare
    [fallback] = listed["Roboto"]  # the family that the client falls back to by itself
    assert set(NAMES) <= characters(web_app / "assets" / fallback) | main | rare
    assert set("䶮𬭎𠮷") <= characters(web_app / "assets" / fallback) - rare
    assert set(EMOJI) <= rare
    assert set("".join(town.zh for town in TOWNS)) <= main
    assert set("隐患登记水库河涌保存立即同步照片已送达0123456789ABCabc，。：（）…") <= main


def test_it_can_be_installed(web_app: Path) -> None:
    manifest = json.loads((web_app / "manifest.json").read_text("utf-8"))
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/app/", "/app/", "standalone")
    assert "安澜" in manifest["name"]
    assert manifest["launch_handler"]["client_mode"][0] == "navigate-existing", "links from signs open it"
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        *(("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable"))
    }
    for icon in manifest["icons"]:
        content = (web_app / icon["src"]).read_bytes()
        width = int.from_bytes(content[16:20], "big")
        assert f"{width}x{width}" == icon["sizes"]


def test_compressed_copies_hold_the_same_bytes_and_are_smaller(web_app: Path) -> None:
    packed = sorted(web_app.rglob("*.br")) + sorted(web_app.rglob("*.gz"))
    assert {path.name for path in packed} >= {"pyodide.asm.mjs.br", "MaterialIcons-Regular.otf.gz"}
    assert any(path.parent.name == service_worker.PIECES for path in packed)
    assert max(path.with_suffix("").stat().st_size for path in packed) <= service_worker.LARGEST_WHOLE
    for path in packed:
        plain, content = path.with_suffix("").read_bytes(), path.read_bytes()
        assert len(content) < len(plain)
        assert (brotli.decompress(content) if path.suffix == ".br" else gzip.decompress(content)) == plain


def test_a_missing_font_is_a_problem_that_names_its_package(tmp_path: Path) -> None:
    for name in ("flet.toml", "pyproject.toml"):
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    with pytest.raises(Problem) as problem:
        build_web(tmp_path, tmp_path / "out", lambda _: None)
    assert problem.value.code == "phone_font_missing"
    assert problem.value.details["package"] == "@fontsource/noto-sans-sc"


def test_a_build_waits_for_a_running_build(web_app: Path) -> None:
    hold = (
        "import sys; from pathlib import Path; from mobile_app.packaging.programs import file_lock\n"
        "with file_lock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    lock = web_app.with_name(".phone-web.lock")
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        with subprocess.Popen([sys.executable, "-c", TIMED], cwd=PROJECT, stdout=subprocess.PIPE) as waiting:
            time.sleep(1)
            assert waiting.poll() is None
            holder.stdin.close()
            assert waiting.wait(60) == 0


def test_licences_are_served_but_not_cached_on_phones(web_app: Path) -> None:
    packages = (web_app / "python" / licences.NAME).read_text("utf-8")
    assert all(f"\n{name}-" in packages for name in ("flet_camera", "sqlalchemy", "requests", "pydantic"))
    fonts = (web_app / "assets/fonts" / licences.NAME).read_text("utf-8")
    assert "OPEN FONT LICENSE" in fonts
    assert "rare-characters.woff2" in fonts
    files = listed(web_app)
    for name in ("assets/NOTICES", f"assets/fonts/{licences.NAME}", f"python/{licences.NAME}"):
        assert files[name].when == service_worker.NEVER
