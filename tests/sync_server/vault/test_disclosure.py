"""What is said of counts: true, the same each time, and no small count follows from any of it."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sync_server.vault.disclosure import STEP, at_least

counts = st.integers(0, 400)
secrets = st.text(min_size=1, max_size=20)
SCHOOLS, MODES, REASONS = "甲乙丙", ("in_person", "phone"), ("safety", "study", "care")
Visit = tuple[str, str, str]
EVERY: list[Visit] = list(product(SCHOOLS, MODES, REASONS))
visits = st.lists(st.sampled_from(EVERY), max_size=80)


def tables(some: list[Visit]) -> Counter[tuple[str, ...]]:
    """Every count that any table or filter could ask for: of all, by each part, and by parts together."""
    found: Counter[tuple[str, ...]] = Counter()
    for visit in some:
        for asked in range(8):
            found[tuple(part if asked & (1 << place) else "*" for place, part in enumerate(visit))] += 1
    return found


@given(counts, secrets)
def test_what_is_said_is_true_and_says_nothing_of_a_small_count(count: int, secret: str) -> None:
    said = at_least(count, secret, "x")
    assert 0 <= said <= count
    assert said % STEP == 0
    assert said == at_least(count, secret, "x")
    assert count >= STEP or said == 0


@given(st.integers(10, 60))
def test_the_same_number_may_be_said_of_many_counts(count: int) -> None:
    said = {at_least(count, str(number), "x") for number in range(400)}
    assert {count - count % STEP, count - count % STEP - STEP} <= said


def test_what_is_said_is_seldom_far_below() -> None:
    lacking = [100 - at_least(100, str(number), "x") for number in range(2000)]
    assert max(lacking) >= 10
    assert sum(lacking) / len(lacking) < 5


@given(visits, secrets, st.data())
def test_all_that_is_said_could_be_said_whatever_a_small_count_were(
    some: list[Visit], secret: str, data: st.DataObject
) -> None:
    """Whoever knows all that is said, of every table and filter, cannot bound a small count by it."""
    found = tables(some)
    said = {cell: at_least(count, secret, *cell) for cell, count in found.items()}
    small = sorted(cell for cell, count in found.items() if count < STEP)
    if not small:
        return
    cell = data.draw(st.sampled_from(small))
    wanted = data.draw(st.integers(0, 50))
    elsewhere = [visit for visit in some if not is_in(visit, cell)]
    for one, number in said.items():
        elsewhere += [outside(one, cell)] * number if number else []
    twin = tables([*elsewhere, *[inside(cell)] * wanted])
    assert twin[cell] == wanted
    assert all(twin[one] >= number for one, number in said.items())


def is_in(visit: Visit, cell: tuple[str, ...]) -> bool:
    return all(part in ("*", own) for part, own in zip(cell, visit, strict=True))


def inside(cell: tuple[str, ...]) -> Visit:
    """A visit that a cell counts."""
    return next(visit for visit in EVERY if is_in(visit, cell))


def outside(one: tuple[str, ...], cell: tuple[str, ...]) -> Visit:
    """A visit that one cell counts and another does not."""
    return next(visit for visit in EVERY if is_in(visit, one) and not is_in(visit, cell))
