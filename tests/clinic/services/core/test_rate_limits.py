import pytest

from clinic.services.core import rate_limits


def test_hundred_failures_pass_and_the_next_must_wait():
    waits = [rate_limits.count_failure(kind="token", source="a") for _ in range(101)]

    assert waits[:100] == [0] * 100
    assert waits[100] == rate_limits.WINDOW_SECONDS


def test_other_sources_and_kinds_are_counted_apart():
    for _ in range(101):
        rate_limits.count_failure(kind="token", source="a")

    assert rate_limits.count_failure(kind="token", source="b") == 0
    assert rate_limits.count_failure(kind="link", source="a") == 0


def test_window_that_ends_between_the_two_calls_lets_the_failure_pass(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert rate_limits.count_failure(kind="token", source="a") == 0


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0"])
def test_cache_that_is_down_locks_nobody_out(settings, url):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}

    assert rate_limits.count_failure(kind="token", source="a") == 0


def test_fifth_failure_of_a_short_secret_is_the_last():
    over = [rate_limits.count_failure_of_short_secret(kind="desk", source="a") for _ in range(6)]

    assert over == [False, False, False, False, True, True]
    assert rate_limits.count_failure_of_short_secret(kind="desk", source="b") is False


def test_short_secret_is_refused_where_nobody_can_count(settings):
    url = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}

    assert rate_limits.count_failure_of_short_secret(kind="desk", source="a") is True
