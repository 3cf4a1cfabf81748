"""Photos by tus: kept as they come, verified at the end, refused with a code when they are something else."""

import base64
import hashlib
import io
import struct
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from shared.sync.wire import MAX_PHOTO
from sync_server.database.tables import PhotoFileRow, UploadRow
from sync_server.database.transactions import in_transaction, reading
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def create(
    phone: TestPhone, data: bytes, mime: str = "image/jpeg", said: str | None = None, **more: str
) -> httpx2.Response:
    return phone.client.post(
        "/api/v1/photos",
        headers={
            **phone.headers,
            **TUS,
            "Upload-Length": str(len(data)),
            "Upload-Metadata": metadata(sha256=said or sha256(data), mime=mime, **more),
        },
    )


def patch(phone: TestPhone, where: str, at: int, part: bytes, **more: str) -> httpx2.Response:
    headers = {**phone.headers, **BYTES, "Upload-Offset": str(at), **more}
    return phone.client.patch(where, content=part, headers=headers)


def send(phone: TestPhone, data: bytes, mime: str = "image/jpeg", said: str | None = None) -> httpx2.Response:
    created = create(phone, data, mime, said)
    assert created.status_code == 201, created.text
    return patch(phone, created.headers["location"], 0, data)


def files(server: Server) -> list[str]:
    whole = Path(server.settings.photos).rglob("*")
    return sorted(path.name for path in whole if path.is_file())


def test_a_photo_arrives_is_verified_and_can_be_had_in_three_sizes(server: Server, phone: TestPhone) -> None:
    data = drawn(1600, 1200, orientation=6)
    done = send(phone, data)
    assert (done.status_code, done.headers["upload-offset"]) == (204, str(len(data)))
    assert files(server) == [sha256(data)]
    with reading(server.engine) as session:
        row = session.get_one(PhotoFileRow, (phone.campaign, sha256(data)))
    assert (row.mime, row.bytes) == ("image/jpeg", len(data))
    original = phone.client.get(f"/api/v1/photos/{sha256(data)}/original", headers=phone.headers)
    assert original.content == data
    for size, side in (("preview", 1280), ("thumb", 320)):
        answer = phone.client.get(f"/api/v1/photos/{sha256(data)}/{size}", headers=phone.headers)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in answer.headers["cache-control"]
        with Image.open(io.BytesIO(answer.content)) as small:
            assert max(small.size) == side
            assert not small.getexif()
            red, _, blue = small.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
            assert red > 200 > blue
        again = phone.client.get(
            f"/api/v1/photos/{sha256(data)}/{size}",
            headers={**phone.headers, "If-None-Match": answer.headers["etag"]},
        )
        assert (again.status_code, again.content) == (304, b"")


def test_bytes_that_are_here_are_not_sent_again(phone: TestPhone) -> None:
    data = drawn()
    send(phone, data)
    again = create(phone, data)
    assert (again.status_code, again.headers["upload-offset"]) == (201, str(len(data)))
    where = again.headers["location"]
    asked = phone.client.head(where, headers={**phone.headers, **TUS})
    assert (asked.status_code, asked.headers["upload-offset"]) == (200, str(len(data)))
    assert patch(phone, where, 0, data).json()["code"] == "upload_offset_conflict"
    assert patch(phone, where, len(data), b"").status_code == 204


def test_a_photo_of_another_campaign_is_not_said_to_be_here(server: Server, phone: TestPhone) -> None:
    data = drawn()
    send(phone, data)
    foreign = UploadRow(
        id="a" * 32,
        campaign="dg-2025",
        device="0" * 16,
        sha256="f" * 64,
        mime="image/png",
        length=9,
        created_at="x",
        expires_at="9999",
    )
    in_transaction(server.engine, lambda s: s.add(foreign))
    answer = phone.client.head(f"/api/v1/photos/{foreign.id}", headers={**phone.headers, **TUS})
    assert answer.status_code == 404


def test_an_upload_goes_on_where_it_stopped(phone: TestPhone) -> None:
    data = drawn(noise=True)
    where = create(phone, data).headers["location"]
    third = len(data) // 3
    assert patch(phone, where, 0, data[:third]).headers["upload-offset"] == str(third)
    head = phone.client.head(where, headers={**phone.headers, **TUS})
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == (str(third), str(len(data)))
    assert head.headers["cache-control"] == "no-store"
    conflict = patch(phone, where, 0, data)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "upload_offset_conflict")
    assert conflict.json()["details"] == {"offset": third}
    assert patch(phone, where, third, data[third:]).status_code == 204
    head = phone.client.head(where, headers={**phone.headers, **TUS})
    assert head.headers["upload-offset"] == str(len(data))
    assert phone.client.get(f"/api/v1/photos/{sha256(data)}/original", headers=phone.headers).content == data


def test_creation_may_bring_the_bytes(phone: TestPhone) -> None:
    data = drawn()
    answer = phone.client.post(
        "/api/v1/photos",
        content=data,
        headers={
            **phone.headers,
            **BYTES,
            "Upload-Length": str(len(data)),
            "Upload-Metadata": metadata(sha256=sha256(data), mime="image/jpeg"),
        },
    )
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(data)))
    assert create(phone, data).headers["upload-offset"] == str(len(data))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_part_with_a_wrong_checksum_is_forgotten(phone: TestPhone, algorithm: str) -> None:
    data = drawn()
    where = create(phone, data).headers["location"]

    def checksum(part: bytes) -> str:
        return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, part).digest()).decode()}"

    head = {"headers": {**phone.headers, **TUS}}
    bad = patch(phone, where, 0, data[:1000], **{"Upload-Checksum": checksum(b"other")})
    assert (bad.status_code, bad.json()["code"]) == (460, "upload_checksum_mismatch")
    assert phone.client.head(where, **head).headers["upload-offset"] == "0"  # type: ignore[arg-type]
    assert patch(phone, where, 0, data, **{"Upload-Checksum": checksum(data)}).status_code == 204


def test_an_unknown_checksum_is_refused(phone: TestPhone) -> None:
    where = create(phone, drawn()).headers["location"]
    answer = patch(phone, where, 0, b"x", **{"Upload-Checksum": "crc32 AAAA"})
    assert (answer.status_code, answer.json()["code"]) == (400, "upload_checksum_unsupported")


def _jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(drawn(64, 64))
    place = data.index(b"\xff\xc0") if b"\xff\xc0" in data else data.index(b"\xff\xc2")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "mime", "status", "code"),
    [
        (drawn(kind="PNG"), "image/jpeg", 415, "photo_type_mismatch"),
        (_jpeg_of(65_535, 65_535), "image/jpeg", 413, "photo_too_many_pixels"),
        (_jpeg_of(9_000, 9_000), "image/jpeg", 413, "photo_too_many_pixels"),
        (b"GIF89a" + bytes(100), "image/jpeg", 415, "photo_not_an_image"),
        (b"<html>sign in</html>", "image/jpeg", 415, "photo_not_an_image"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "image/jpeg", 415, "photo_not_an_image"),
        (drawn()[:-2000], "image/jpeg", 415, "photo_not_an_image"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png", 415, "photo_not_an_image"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(20), "image/webp", 415, "photo_not_an_image"),
    ],
)
def test_what_is_no_such_picture_is_dropped(
    server: Server, phone: TestPhone, data: bytes, mime: str, status: int, code: str
) -> None:
    answer = send(phone, data, mime)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert files(server) == []


def test_bytes_that_do_not_match_their_hash_are_dropped(server: Server, phone: TestPhone) -> None:
    answer = send(phone, drawn(), said="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_hash_mismatch")
    assert files(server) == []
    assert phone.client.get(f"/api/v1/photos/{'0' * 64}/original", headers=phone.headers).status_code == 404


def test_png_and_webp_are_taken(phone: TestPhone) -> None:
    for kind in ("PNG", "WEBP"):
        data = drawn(kind=kind)
        assert send(phone, data, f"image/{kind.lower()}").status_code == 204
        answer = phone.client.get(f"/api/v1/photos/{sha256(data)}/thumb", headers=phone.headers)
        assert answer.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": None}, 422, "invalid"),
        ({"Upload-Length": "-1"}, 422, "invalid"),
        ({"Upload-Length": "0"}, 422, "invalid"),
        ({"Upload-Length": "1e9"}, 422, "invalid"),
        ({"Upload-Length": str(MAX_PHOTO + 1)}, 413, "photo_too_large"),
        ({"Upload-Metadata": None}, 422, "invalid"),
        ({"Upload-Metadata": "sha256 !!!"}, 422, "invalid"),
        ({"Upload-Metadata": metadata(sha256="../../x", mime="image/jpeg")}, 422, "invalid"),
        ({"Upload-Metadata": metadata(sha256="a" * 64, mime="image/svg+xml")}, 422, "invalid"),
        (
            {"Upload-Metadata": metadata(sha256="a" * 64, mime="image/png", record="../\0😀")},
            422,
            "invalid",
        ),
        ({"Tus-Resumable": "0.9"}, 412, "tus_version_unsupported"),
        ({"Tus-Resumable": None}, 412, "tus_version_unsupported"),
        ({"Authorization": "Bearer nobody"}, 401, "token_invalid"),
    ],
)
def test_a_bad_announcement_is_refused(
    phone: TestPhone, headers: dict[str, str | None], status: int, code: str
) -> None:
    said = {
        **phone.headers,
        **TUS,
        "Upload-Length": "9",
        "Upload-Metadata": metadata(sha256="a" * 64, mime="image/png", filename="../\0😀.jpg"),
        **headers,
    }
    answer = phone.client.post(
        "/api/v1/photos", headers={name: value for name, value in said.items() if value is not None}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_more_bytes_than_announced_are_refused(phone: TestPhone) -> None:
    data = drawn()
    where = create(phone, data).headers["location"]
    answer = patch(phone, where, 0, data + b"more")
    assert (answer.status_code, answer.json()["code"]) == (413, "photo_too_large")


def test_an_upload_is_its_devices_own(server: Server, phone: TestPhone) -> None:
    data = drawn()
    where = create(phone, data).headers["location"]
    other = server.phone()
    answer = patch(other, where, 0, data)
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_unknown")


def test_an_upload_can_be_given_up(server: Server, phone: TestPhone) -> None:
    where = create(phone, drawn()).headers["location"]
    assert phone.client.delete(where, headers={**phone.headers, **TUS}).status_code == 204
    assert phone.client.head(where, headers={**phone.headers, **TUS}).status_code == 404
    assert files(server) == []


def test_uploads_that_nobody_went_on_with_are_forgotten(server: Server, phone: TestPhone) -> None:
    data = drawn()
    where = create(phone, data).headers["location"]

    def expire(session: object) -> None:
        row = session.get_one(UploadRow, where.rpartition("/")[2])  # type: ignore[attr-defined]
        row.expires_at = "2020-01-01T00:00:00.000Z"
        session.add(row)  # type: ignore[attr-defined]

    in_transaction(server.engine, expire)
    assert patch(phone, where, 0, data).status_code == 404
    create(phone, drawn(seed=3))
    assert len(files(server)) == 1


def test_capabilities_are_named(phone: TestPhone) -> None:
    answer = phone.client.options("/api/v1/photos")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) >= {"creation", "checksum", "termination"}


def test_photos_are_not_for_strangers(phone: TestPhone) -> None:
    data = drawn()
    send(phone, data)
    for size in ("original", "thumb"):
        answer = phone.client.get(f"/api/v1/photos/{sha256(data)}/{size}")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")
    for odd in ("x", "A" * 64, ".." + "a" * 62):
        answer = phone.client.get(f"/api/v1/photos/{odd}/thumb", headers=phone.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "photo_not_here")


def test_a_picture_of_several_frames_counts_as_jpeg(phone: TestPhone) -> None:
    written = io.BytesIO()
    first, second = (Image.open(io.BytesIO(drawn(seed=seed))) for seed in (1, 2))
    first.save(written, "MPO", save_all=True, append_images=[second])
    assert send(phone, written.getvalue()).status_code == 204
