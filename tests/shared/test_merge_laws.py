"""The laws of the merge hold for the real code."""

import os

from tests.shared.merge_laws import laws_hold

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"


def test_the_laws_hold() -> None:
    laws_hold(5000 if SOAK else 200)
