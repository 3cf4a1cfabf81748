"""The chunk size follows the speed of the link and stays small compared to what it carries between cuts."""

from hypothesis import given
from hypothesis import strategies as st

from shared.sync import chunk_sizer
from shared.sync.chunk_sizer import ChunkSizer


def test_the_chunk_size_follows_the_speed_of_the_link() -> None:
    some = ChunkSizer(chunk_sizer.LARGEST // 4, run=2 * chunk_sizer.LARGEST * chunk_sizer.CHUNKS_PER_CUT)
    assert some.arrived(some.size, 0.1).size == 2 * some.size
    assert some.arrived(some.size, 5.0).size == some.size
    assert some.arrived(some.size, 30.0).size == some.size // 2
    assert some.arrived(900, 0.1).size == some.size
    assert some.lost().size == some.size // 2
    assert ChunkSizer().lost().size == chunk_sizer.FIRST // 2
    assert ChunkSizer().lost().lost().lost().size == chunk_sizer.SMALLEST


@given(st.lists(st.tuples(st.floats(0, 60), st.booleans()), max_size=50))
def test_the_chunk_size_stays_within_its_bounds(past: list[tuple[float, bool]]) -> None:
    now = ChunkSizer()
    for seconds, cut in past:
        now = now.cut(now.size // 2) if cut else now.arrived(now.size, seconds)
        assert chunk_sizer.SMALLEST <= now.size <= chunk_sizer.LARGEST


def test_a_link_that_is_cut_every_300_kb_resends_little() -> None:
    """A browser sends a piece that was cut once more by itself: all of it counts, and the photo is the sum of
    what arrived."""
    now, left_phone, arrived, room = ChunkSizer(), 0, 0, 300_000
    while arrived < 20_000_000:
        size = now.size
        if size <= room:
            now, room = now.arrived(size, 0.1), room - size
            left_phone, arrived = left_phone + size, arrived + size
        else:
            again = min(size, 300_000)  # on the new connection, in vain
            left_phone, arrived = left_phone + room + again, arrived + room
            now, room = now.cut(room), 300_000 - again
    assert left_phone < 1.1 * arrived


def test_chunks_grow_again_when_cuts_stop() -> None:
    now = ChunkSizer().cut(100_000)
    assert now.size == chunk_sizer.SMALLEST
    for _ in range(300):
        now = now.arrived(now.size, 0.1)
    assert now.size == chunk_sizer.LARGEST
