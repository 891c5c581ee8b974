"""Several bridges, one PostgreSQL, agents who grab whatever they see, Redis losing everything in the middle.

The short form of `python -m bench.handoff_storm --long`.
"""

import pytest

from bench.handoff_site import Unavailable, scratch
from bench.handoff_storm import SHORT, run


@pytest.mark.timeout(240)
def test_a_storm_gives_no_conversation_to_two_agents_and_none_to_a_full_one() -> None:
    try:
        with scratch() as folder:
            result = run(folder, SHORT)
    except Unavailable as missing:
        pytest.skip(f"NO STORM ON THIS MACHINE: {missing}")

    assert result.problems == []
    assert (result.double_owners, result.over_capacity) == (0, 0)
    assert result.served == SHORT.conversations
    assert result.claims >= SHORT.conversations
