"""kill -9 of workers and of the database at random moments: nothing acknowledged is missing,
nothing is double, the audit holds. The controls do it wrong on purpose and must be caught.

What this does not show is the loss of power: a killed server leaves the operating system's cache.
"""

import pytest

from tests.crash.siege import rounds

ROUNDS = 4
CONTROL_ROUNDS = 6


@pytest.mark.timeout(180)
def test_nothing_acknowledged_is_lost_and_nothing_is_double(siege):
    victims = rounds(siege, ROUNDS)

    assert siege.check() == []
    assert siege.acknowledged() > 50
    assert {"database"} <= set(victims)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("variant", "complaint"),
    [
        ("hasty", ("missing: ",)),
        ("torn", ("audit before: order paid", "audit after: order paid")),
    ],
)
def test_control_what_is_done_wrong_is_caught(siege, variant, complaint):
    """Not waiting for the disk; posting in a transaction of its own."""
    siege.variant = variant
    for _ in range(CONTROL_ROUNDS):
        siege.start(3)
        siege.server.kill()
        siege.kill_workers()
        found = siege.check()
        if any(problem.startswith(complaint) for problem in found):
            return
    pytest.fail(f"{variant} was not caught in {CONTROL_ROUNDS} rounds")


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("siege", [11, 12], indirect=True)
def test_a_hundred_rounds(siege):
    for _ in range(10):
        rounds(siege, 10)
        assert siege.check() == []
