"""The server's startup message in the terminal: its addresses, the password link and the phone link."""

import socket
from typing import TYPE_CHECKING

from shared.problem_texts import sentence
from sync_server.texts import console

if TYPE_CHECKING:
    from sync_server.maintenance.setup import Start
    from sync_server.settings import Settings


def address_of(settings: "Settings", port: int = 8000) -> str:
    """The server's address for people."""
    return settings.public_url or f"http://localhost:{port}"


def phone_link(address: str, code: str) -> str:
    """The link that enrols a phone."""
    return f"{address}/app/?code={code}"


def show(settings: "Settings", start: "Start | None", host: str, port: int) -> None:
    """Print the server's addresses and links, once it accepts connections."""
    from sync_server.access.devices import CODE_HOURS
    from sync_server.access.links import VALID_DAYS

    address = address_of(settings, port)
    lines = [console.SERVING.text(url=f"{address}/")]
    if start and start.password_link:
        url = f"{address}/welcome/{start.password_link}"
        lines.append(console.SET_PASSWORD.text(url=url, days=VALID_DAYS))
    link = phone_link(address, start.phone_code) if start and start.phone_code else None
    if link:
        lines.append(console.PHONE.text(url=link, hours=CODE_HOURS))
    if not (settings.phone_web / "index.html").is_file():
        lines.append(console.NO_PHONE_APP.text())
    if start and start.keys_made:
        lines.append(
            console.KEYS_MADE.text(
                path=settings.keys,
                withdrawn=f"{settings.keys.stem}-withdrawn.txt",
                second_factor=settings.second_factor_key.name,
            )
        )
    if start and start.keys_trouble:
        details = {"why": start.keys_trouble}
        lines += [console.KEYS_FILE.text(path=settings.keys)]
        lines += [sentence("keys_unavailable", details, language) for language in ("zh", "en")]
    if start and start.second_factor_trouble:
        details = {"why": start.second_factor_trouble}
        lines += [console.SECOND_FACTOR_FILE.text(path=settings.second_factor_key)]
        lines += [sentence("second_factor_unavailable", details, language) for language in ("zh", "en")]
    print("\n\n".join(lines))
    if link:
        show_qr(link)
    if host in ("0.0.0.0", "::") and (lan := _lan_address()):  # noqa: S104
        print(console.LAN.text(url=f"http://{lan}:{port}/"))
    if settings.public_url is None:
        print(console.SECURE.text())
    print(console.STOP.text(), flush=True)


def show_qr(link: str) -> None:
    """Print a link as a QR code."""
    import segno

    segno.make(link, error="l", micro=False).terminal(compact=True)


def _lan_address() -> str | None:
    """This machine's address on its network, found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: only the route is looked up
        except OSError:
            return None
        return str(probe.getsockname()[0])
