"""Every byte that arrived before a cut is kept, so that the next attempt resumes after it."""

import base64
import hashlib
from urllib.parse import urlsplit

import pytest
import requests

from tests.support import drawn
from tests.support.faulty_link import Faults, FaultyLink
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.mark.timeout(60)
def test_every_byte_received_before_a_cut_is_kept(served: Served) -> None:
    phone = WirePhone.enrol(served.url, served.code())
    headers = {**phone.headers, **TUS}
    data = drawn.photo(640, 480, noise=True)
    values = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
    metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in values.items())
    announced = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    created = requests.post(f"{served.url}/api/v1/photos", headers={**headers, **announced}, timeout=30)
    path = urlsplit(created.headers["Location"]).path
    offset = 0
    with FaultyLink(served.port, Faults(cut_up=10_000)) as link:
        for _ in range(5):
            sent = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            with pytest.raises(requests.RequestException):
                requests.patch(link.url + path, data=data[offset:], headers={**headers, **sent}, timeout=30)
            before = offset
            while offset == before:  # the server may not have noticed the cut yet
                offset = _offset(served.url + path, headers)
            assert offset - before > 9_000  # the head counts too


def _offset(upload: str, headers: dict[str, str]) -> int:
    answer = requests.head(upload, headers=headers, timeout=30)
    return int(answer.headers["Upload-Offset"])
