"""How good the network is, and what the person decides about it: Wi-Fi only, and freeing originals."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.hooks import use_maybe
from mobile_app.state.sync import SyncState
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons, labels, segments
from mobile_app.widgets.toggle import toggle
from shared.plural import plural
from shared.sync.link_quality import LinkQuality, Network, Quality

DAYS = (30, 90)
_COLOURS = {
    Quality.GOOD: "uploaded",
    Quality.FAIR: "waiting",
    Quality.POOR: "failed",
    Quality.NONE: "failed",
}


def quality_word(texts: Texts, link: LinkQuality, network: Network) -> str:
    """好, 一般, 差, 无网络, 连不上服务器."""
    if link.quality is Quality.NONE and network is not Network.NONE:
        return texts.link_dead
    return {
        Quality.GOOD: texts.link_good,
        Quality.FAIR: texts.link_fair,
        Quality.POOR: texts.link_poor,
        Quality.NONE: texts.link_none,
        Quality.UNKNOWN: texts.link_unknown,
    }[link.quality]


def figures(texts: Texts, link: LinkQuality) -> str:
    """48 kB/s · 应答 0.3 秒; "" where nothing was measured."""
    parts = []
    if link.rate is not None:
        parts.append(texts.link_rate.format(rate=max(1, round(link.rate / 1024))))
    if link.seconds is not None:
        parts.append(texts.link_seconds.format(seconds=f"{max(0.1, link.seconds):.1f}"))
    return " · ".join(parts)


@part
def LinkCard(sync: SyncState) -> ft.Control:
    """The network, and whether photos wait for Wi-Fi."""
    app = use_app()
    texts, link = app.texts, sync.link
    wifi_only, set_wifi_only = ft.use_state(app.open.sending.choices.wifi_only)

    def choose(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.control.value)
        set_wifi_only(chosen)

        async def keep() -> None:
            await app.open.sending.choose_wifi_only(chosen)

        ft.context.page.run_task(handled(texts, keep))

    measured = figures(texts, link) if link.quality is not Quality.NONE else ""
    unknown = wifi_only and sync.network is Network.UNKNOWN
    return labels.card(
        [
            ft.Row(
                [
                    labels.heading(texts.link),
                    labels.badge(
                        quality_word(texts, link, sync.network),
                        theme.upload_colours(_COLOURS.get(link.quality, "")),
                    ),
                    labels.quiet(measured, key="link-figures"),
                ],
                wrap=True,
                spacing=10,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            toggle(ft.Switch(value=wifi_only, on_change=choose, key="wifi-only"), texts.wifi_only),
            labels.quiet(texts.wifi_unknown if unknown else texts.wifi_only_hint, key="wifi-hint"),
        ]
    )


@part
def FreeingCard() -> ft.Control:
    """When originals that the server has leave this phone; asked before it begins."""
    app = use_app()
    texts, sending = app.texts, app.open.sending
    days, set_days = ft.use_state(sending.choices.free_after_days)
    asking, set_asking = use_maybe()

    async def keep(chosen: int | None) -> None:
        set_asking(None)
        await sending.choose_freeing(chosen)
        set_days(chosen)

    async def never() -> None:
        await keep(None)

    async def agreed() -> None:
        await keep(asking)

    def choose(code: str | None) -> None:
        if code == "never":
            ft.context.page.run_task(handled(texts, never))
        elif code is not None:
            set_asking(int(code))

    ft.use_dialog(
        ask.question(
            texts.freeing,
            _what_goes(texts, asking, *sending.freeable(asking)),
            [
                buttons.quiet_button(texts.cancel, lambda _event: set_asking(None), key="freeing-no"),
                buttons.quiet_button(texts.freeing_yes, handled(texts, agreed), key="freeing-yes"),
            ],
            lambda _event: set_asking(None),
        )
        if asking
        else None
    )
    return labels.card(
        [
            segments.segments(
                texts.freeing,
                [
                    ("never", texts.freeing_never),
                    *((str(some), texts.freeing_days.format(days=some)) for some in DAYS),
                ],
                str(days or "never"),
                choose,
                key="freeing",
            ),
            labels.quiet(texts.freeing_hint),
        ]
    )


def _what_goes(texts: Texts, days: int, count: int, size: int) -> str:
    if not count:
        return texts.freeing_none.format(days=days)
    return plural(texts.freeing_ask, count, days=days, size=texts.size(size))
