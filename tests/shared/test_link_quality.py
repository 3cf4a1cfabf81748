"""Link quality, estimated from request samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sync.link_quality import LinkQuality, Network, Quality, RequestSample, assess, holds_photos

KB = 1024
QUICK, SLOW = RequestSample(900, 0.1), RequestSample(900, 3.0)
WIDE, NARROW = RequestSample(600 * KB, 1.1), RequestSample(128 * KB, 2.7)
LOST = RequestSample(900, 10.0, arrived=False)


@pytest.mark.parametrize(
    ("samples", "quality"),
    [
        ([], Quality.UNKNOWN),
        ([QUICK], Quality.GOOD),
        ([QUICK, WIDE], Quality.GOOD),
        ([SLOW], Quality.POOR),
        ([QUICK, NARROW], Quality.POOR),
        ([QUICK, RequestSample(128 * KB, 1.1)], Quality.FAIR),
        ([RequestSample(900, 0.9)], Quality.FAIR),
        ([QUICK, QUICK, LOST, QUICK, QUICK], Quality.FAIR),
        ([QUICK, QUICK, QUICK, QUICK, LOST], Quality.POOR),
        ([QUICK, LOST, QUICK, LOST], Quality.POOR),
        ([LOST], Quality.POOR),
        ([QUICK, LOST, LOST], Quality.NONE),
        ([QUICK, QUICK, QUICK, SLOW], Quality.GOOD),
        ([NARROW] * 6 + [WIDE] * 6, Quality.GOOD),
    ],
)
def test_the_quality_of_typical_samples(samples: list[RequestSample], quality: Quality) -> None:
    assert assess(samples, Network.UNKNOWN).quality is quality


def test_the_rate_excludes_the_latency() -> None:
    link = assess([QUICK, NARROW], Network.MOBILE)
    assert link.seconds == 0.1
    assert link.rate == pytest.approx(128 * KB / 2.6)


def test_a_device_without_a_network_has_no_link() -> None:
    assert assess([QUICK, WIDE], Network.NONE) == LinkQuality(Quality.NONE)


@given(
    st.lists(
        st.builds(RequestSample, st.integers(0, 2**24), st.floats(0, 100), st.booleans()),
        min_size=1,
        max_size=24,
    )
)
def test_every_history_gives_a_quality(samples: list[RequestSample]) -> None:
    link = assess(samples, Network.UNKNOWN)
    assert link.rate is None or link.rate >= 0
    assert link.quality is not Quality.UNKNOWN


def test_photos_wait_only_if_the_device_reports_mobile_data() -> None:
    assert [network for network in Network if holds_photos(network, wifi_only=True)] == [Network.MOBILE]
    assert not any(holds_photos(network, wifi_only=False) for network in Network)
