"""What the bench pushes is what a phone could push."""

from shared import record_types
from shared.operations import Operation, canonical
from tests.bench.records import FIELDS, NESTED, Maker, Phone, encoded

PHONE = Phone("c2026", "0123456789abcdef", "0b8f9d3e-1111-4222-8333-944455556666")


def test_made_records_are_possible_and_written_as_a_phone_writes_them() -> None:
    for made in Maker(1).operations(PHONE, 1, 50):
        operation = Operation.model_validate(made)
        record_types.check_fields(operation)
        assert canonical(operation).encode() == encoded(made)


def test_made_records_have_24_fields_and_about_1_kb() -> None:
    made = Maker(2).operations(PHONE, 1, 50)
    assert len(FIELDS) == 24
    assert {tuple(sorted(operation["fields"])) for operation in made} == {tuple(sorted(FIELDS))}
    nested = {name for name, value in made[0]["fields"].items() if isinstance(value, list | dict)}
    assert nested == set(NESTED)
    assert 900 < len(encoded(made)) / len(made) < 1300


def test_the_same_seed_makes_the_same_records() -> None:
    assert Maker(3).operations(PHONE, 1, 3) == Maker(3).operations(PHONE, 1, 3)
    assert Maker(3).operations(PHONE, 1, 3) != Maker(4).operations(PHONE, 1, 3)
