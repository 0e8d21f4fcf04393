"""Who guesses waits longer and longer, but nobody is ever shut out (TRUST T-9)."""

from datetime import datetime, timedelta

from app.identity.attempts import Attempts
from app.identity.rules import FAILURES_HALVE_IN, LONGEST_DELAY, faded, slow_down

NONE = timedelta(0)


def test_a_few_slips_cost_nothing() -> None:
    assert slow_down(0, 0) == NONE
    assert slow_down(3, 100) == NONE


def test_the_wait_grows_with_failures_and_is_capped() -> None:
    own = [slow_down(failures, 0) for failures in (3, 4, 5, 9)]
    everybody = [slow_down(0, failures) for failures in (100, 150, 200)]

    assert own == [NONE, timedelta(seconds=0.5), timedelta(seconds=1), timedelta(seconds=3)]
    assert everybody == [NONE, timedelta(seconds=1), timedelta(seconds=2)]
    assert slow_down(1e9, 1e9) == LONGEST_DELAY == timedelta(seconds=4)


def test_failures_fade() -> None:
    assert faded(8, NONE) == 8
    assert faded(8, FAILURES_HALVE_IN) == 4
    assert faded(8, 3 * FAILURES_HALVE_IN) == 1
    assert faded(8, -FAILURES_HALVE_IN) == 8  # a clock put back does not make more of them


def test_guesses_at_one_prefix_slow_down_that_prefix_only(now: datetime) -> None:
    attempts = Attempts()

    waits = [attempts.begin("return 1234", now).total_seconds() for _ in range(6)]

    assert waits == [0, 0, 0, 0, 0.5, 1]
    assert attempts.begin("return 9999", now) == NONE


def test_guesses_at_everything_slow_down_everything(now: datetime) -> None:
    attempts = Attempts()
    for number in range(150):
        attempts.begin(f"return {number}", now)

    assert attempts.begin("return 9999", now) == timedelta(seconds=1)
    assert attempts.begin("return 9999", now + timedelta(hours=1)) == NONE


def test_two_hundred_right_codes_in_ten_minutes_never_wait(now: datetime) -> None:
    attempts = Attempts()

    for number in range(200):
        at = now + timedelta(seconds=3 * number)
        assert attempts.begin("return 1234", at) == NONE
        attempts.succeeded("return 1234", at)


def test_a_thousand_at_once_do_not_find_a_clean_record(now: datetime) -> None:
    attempts = Attempts()

    waits = [attempts.begin("name amina", now) for _ in range(1000)]

    assert waits[-1] == LONGEST_DELAY
