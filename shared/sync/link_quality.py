"""Estimates the quality of the link to the server from the requests that syncing makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

SMALL_BYTES = 8 * 2**10
"""Requests up to this size measure latency; larger ones measure throughput."""
GOOD_SECONDS, POOR_SECONDS = 0.5, 1.5
GOOD_RATE, POOR_RATE = 256 * 2**10, 64 * 2**10
"""Bytes per second: a photo of 400 kB within 1.6 s is good, one that takes over 6 s poor."""
_RECENT = 6
"""How many of the latest samples of each kind count."""


class Network(StrEnum):
    """The type of network that the device reports. UNKNOWN: it is connected but does not say how."""

    NONE = "none"
    WIFI = "wifi"
    MOBILE = "mobile"
    UNKNOWN = "unknown"


class Quality(StrEnum):
    """好, 一般, 差, 无网络, or not measured yet."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RequestSample:
    """One request and its answer: bytes in both directions, seconds until the answer was complete."""

    bytes: int
    seconds: float
    arrived: bool = True


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """The estimate: `seconds` for a small answer and `rate` in bytes per second, None if not measured."""

    quality: Quality = Quality.UNKNOWN
    seconds: float | None = None
    rate: float | None = None


NOTHING_MEASURED = LinkQuality()


def assess(samples: Sequence[RequestSample], network: Network) -> LinkQuality:
    """Estimate the quality from the latest `samples`, oldest first, and the network that the device reports.

    Rate and seconds are medians, so one outlier changes nothing. If the latest request or half of the recent
    ones failed, the link is poor however fast the others were; if the last two failed, there is no link.
    """
    if network is Network.NONE:
        return LinkQuality(Quality.NONE)
    if not samples:
        return NOTHING_MEASURED
    arrived = [sample for sample in samples if sample.arrived]
    small = [sample.seconds for sample in arrived if sample.bytes <= SMALL_BYTES][-_RECENT:]
    seconds = median(small) if small else None
    large = [sample for sample in arrived if sample.bytes > SMALL_BYTES][-_RECENT:]
    rate = median(_rate(sample, seconds or 0.0) for sample in large) if large else None
    if len(samples) > 1 and not any(sample.arrived for sample in samples[-2:]):
        return LinkQuality(Quality.NONE, seconds, rate)
    if not arrived:
        return LinkQuality(Quality.POOR)
    lost = 1.0 if not samples[-1].arrived else _share_lost(samples)
    return LinkQuality(_quality(lost, seconds, rate), seconds, rate)


def _rate(sample: RequestSample, latency: float) -> float:
    return sample.bytes / max(sample.seconds - latency, sample.seconds / 10, 1e-3)


def _share_lost(samples: Sequence[RequestSample]) -> float:
    recent = samples[-_RECENT:]
    return sum(not sample.arrived for sample in recent) / len(recent)


def _quality(lost: float, seconds: float | None, rate: float | None) -> Quality:
    slow = seconds is not None and seconds > POOR_SECONDS
    low_rate = rate is not None and rate < POOR_RATE
    if lost >= 0.5 or slow or low_rate:
        return Quality.POOR
    quick = seconds is None or seconds <= GOOD_SECONDS
    high_rate = rate is None or rate >= GOOD_RATE
    return Quality.GOOD if quick and high_rate and not lost else Quality.FAIR


def holds_photos(network: Network, *, wifi_only: bool) -> bool:
    """Whether photos wait for Wi-Fi. They are sent if the device does not report its network: otherwise they
    might never be sent."""
    return wifi_only and network is Network.MOBILE
