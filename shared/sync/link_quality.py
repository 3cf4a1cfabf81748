"""How good the way to the server is, judged from what the exchange itself measured on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

SMALL_BYTES = 8 * 2**10
"""A trip with no more bytes tells how long an answer takes; a larger one tells the speed."""
GOOD_SECONDS, POOR_SECONDS = 0.5, 1.5
GOOD_RATE, POOR_RATE = 256 * 2**10, 64 * 2**10
"""Bytes per second: a photo of 400 kB within 1.6 s is good, one that takes over 6 s poor."""
_LATELY = 6
"""How many trips of each kind count."""


class Network(StrEnum):
    """What the device says it is connected by. UNKNOWN: it has a network and does not say which."""

    NONE = "none"
    WIFI = "wifi"
    MOBILE = "mobile"
    UNKNOWN = "unknown"


class Quality(StrEnum):
    """好, 一般, 差, 无网络, and nothing measured yet."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RequestSample:
    """One request and its answer: bytes both ways, seconds between asking and having the whole answer."""

    bytes: int
    seconds: float
    arrived: bool = True


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """The judgement; `seconds` for a small answer and bytes per second, None where nothing told them."""

    quality: Quality = Quality.UNKNOWN
    seconds: float | None = None
    rate: float | None = None


NOTHING_MEASURED = LinkQuality()


def assess(trips: Sequence[RequestSample], network: Network) -> LinkQuality:
    """What the latest `trips`, oldest first, say together with the device's own word.

    Speed and answering time are medians, so that one hiccup changes nothing. Where the latest trip or every
    second one failed the link is poor however fast the others were; where the last two failed there is none.
    """
    if network is Network.NONE:
        return LinkQuality(Quality.NONE)
    if not trips:
        return NOTHING_MEASURED
    arrived = [trip for trip in trips if trip.arrived]
    small = [trip.seconds for trip in arrived if trip.bytes <= SMALL_BYTES][-_LATELY:]
    seconds = median(small) if small else None
    large = [trip for trip in arrived if trip.bytes > SMALL_BYTES][-_LATELY:]
    rate = median(_rate(trip, seconds or 0.0) for trip in large) if large else None
    if len(trips) > 1 and not any(trip.arrived for trip in trips[-2:]):
        return LinkQuality(Quality.NONE, seconds, rate)
    if not arrived:
        return LinkQuality(Quality.POOR)
    lost = 1.0 if not trips[-1].arrived else _share_lost(trips)
    return LinkQuality(_quality(lost, seconds, rate), seconds, rate)


def _rate(trip: RequestSample, answering: float) -> float:
    return trip.bytes / max(trip.seconds - answering, trip.seconds / 10, 1e-3)


def _share_lost(trips: Sequence[RequestSample]) -> float:
    lately = trips[-_LATELY:]
    return sum(not trip.arrived for trip in lately) / len(lately)


def _quality(lost: float, seconds: float | None, rate: float | None) -> Quality:
    slow = seconds is not None and seconds > POOR_SECONDS
    narrow = rate is not None and rate < POOR_RATE
    if lost >= 0.5 or slow or narrow:
        return Quality.POOR
    quick = seconds is None or seconds <= GOOD_SECONDS
    wide = rate is None or rate >= GOOD_RATE
    return Quality.GOOD if quick and wide and not lost else Quality.FAIR


def holds_photos(network: Network, *, wifi_only: bool) -> bool:
    """Whether photos wait for Wi-Fi. Where the device does not say what network it has, they go: a phone that
    cannot know must not keep its photos for good."""
    return wifi_only and network is Network.MOBILE
