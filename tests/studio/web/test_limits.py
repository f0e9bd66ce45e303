from datetime import UTC, datetime, timedelta

import pytest

from studio.web.limits import AttemptLimiter, TooManyAttempts

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def fail(
    limiter: AttemptLimiter, times: int, address: str = "a", name: str = "lan", now: datetime = NOW
) -> None:
    for _ in range(times):
        limiter.check(address, name, now)
        limiter.count_failure(address, name, now)


def test_a_name_rests_after_five_failures_and_is_free_again_after_the_window():
    limiter = AttemptLimiter()
    fail(limiter, 5)
    with pytest.raises(TooManyAttempts) as refusal:
        limiter.check("a", " LAN", NOW + timedelta(seconds=60))
    assert refusal.value.data == {"seconds": 240}
    limiter.check("a", "lan", NOW + timedelta(minutes=5))


def test_nobody_locks_a_colleague_out_from_elsewhere():
    limiter = AttemptLimiter()
    fail(limiter, 5, address="a")
    limiter.check("b", "lan", NOW)


def test_an_address_that_tries_many_names_rests_too():
    limiter = AttemptLimiter(per_address=30)
    for number in range(30):
        fail(limiter, 1, name=f"name{number}")
    with pytest.raises(TooManyAttempts):
        limiter.check("a", "another", NOW)


def test_forgotten_failures_take_no_memory():
    limiter = AttemptLimiter(per_address=10_000)
    for number in range(100):
        limiter.count_failure("a", f"name{number}", NOW)
    for number in range(100):
        limiter.check("a", f"name{number}", NOW + timedelta(hours=1))
    assert limiter._failures == {}
