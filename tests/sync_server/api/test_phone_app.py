"""The phone app as it is served: typed, validated, packed, under its own policy, and nothing beside it."""

import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.server import Server

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"


@pytest.fixture
def folder(server: Server) -> Path:
    """A small built app."""
    folder = server.settings.phone_web
    (folder / "python").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>app</title>")
    (folder / "main.mjs").write_text("export const x = 1;\n" * 100)
    (folder / "main.mjs.gz").write_bytes(gzip.compress((folder / "main.mjs").read_bytes()))
    (folder / "main.mjs.br").write_bytes(b"pretend brotli")
    for name in ("a.wasm", "f.woff2", "python/app.tar.gz"):
        (folder / name).write_bytes(b"bytes of " + name.encode())
    (folder / "anlan-web.json").write_text(json.dumps({"csp": POLICY}))
    (folder.parent / "secret.txt").write_text("secret")
    return folder


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/app/", "text/html; charset=utf-8"),
        ("/app/index.html", "text/html; charset=utf-8"),
        ("/app/hazards/7", "text/html; charset=utf-8"),
        ("/app/main.mjs", "text/javascript; charset=utf-8"),
        ("/app/a.wasm", "application/wasm"),
        ("/app/f.woff2", "font/woff2"),
        ("/app/python/app.tar.gz", "application/gzip"),
    ],
)
def test_files_have_their_types_and_the_builds_policy(
    server: Server, folder: Path, path: str, media_type: str
) -> None:
    answer = server.client.get(path, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in answer.headers


def test_what_the_browser_has_is_not_sent_again(server: Server, folder: Path) -> None:
    first = server.client.get("/app/index.html")
    again = server.client.get("/app/index.html", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-security-policy"] == POLICY  # a browser replaces what it kept by these
    (folder / "index.html").touch()
    assert server.client.get("/app/index.html").headers["etag"] == first.headers["etag"]
    (folder / "index.html").write_text("<!doctype html><title>newer</title>")
    changed = server.client.get("/app/index.html", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_packed_copies_are_sent_to_those_who_take_them(server: Server, folder: Path) -> None:
    tags = set()
    for offered, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("identity", None), ("zstd", None)):
        with server.client.stream("GET", "/app/main.mjs", headers={"Accept-Encoding": offered}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["vary"] == "Accept-Encoding"
        packed = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
        assert raw == (folder / f"main.mjs{packed}").read_bytes()
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/app/%2e%2e/secret.txt",
        "/app/..%2fsecret.txt",
        "/app/%2fetc%2fpasswd.txt",
        "/app/..%5csecret.txt",
        "/app/a%00.js",
        "/app/anlan-web.json",
        "/app/missing.js",
        "/app/😀.png",
    ],
)
def test_nothing_else_can_be_read(server: Server, folder: Path, path: str) -> None:
    answer = server.client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_without_a_build_there_is_no_app(server: Server) -> None:
    assert server.client.get("/app/").status_code == 404


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/enrol?code=ab-cd23", "/app/?code=ABCD23"),
        ("/enrol?code=%0d%0aSet-Cookie:x", "/app/?code=SETCKEX"),
        ("/enrol", "/app/?code="),
        ("/app", "/app/"),
    ],
)
def test_short_links_lead_into_the_app(server: Server, link: str, target: str) -> None:
    answer = server.client.get(link)
    assert answer.status_code in (303, 308)
    assert answer.headers["location"] == target


def test_an_absolute_path_leads_nowhere(server: Server, folder: Path) -> None:
    secret = quote(str((folder.parent / "secret.txt").resolve()), safe="")
    assert server.client.get(f"/app/{secret}").status_code == 404
