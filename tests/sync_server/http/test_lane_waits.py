"""A page waits for a lane for so long, and leaves nothing behind that would be done for nobody."""

import threading

import pytest

from sync_server.http.lanes import Lane


def test_a_page_waits_for_a_lane_no_longer_than_it_says() -> None:
    lane, free, done = Lane("picture", 1, 0), threading.Event(), list[str]()
    with pytest.raises(TimeoutError):
        lane.wait_for(free.wait, 0.01)
    with pytest.raises(TimeoutError):
        lane.wait_for(lambda: done.append("late"), 0.01)
    free.set()
    assert lane.wait_for(lambda: "in time", 60) == "in time"
    lane.threads.shutdown()
    assert done == [], "nobody waited for it any more"
