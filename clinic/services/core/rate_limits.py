"""Rate limits: on failed attempts at a secret by source address, and on what one person does by each door.

Of attempts only failures count: whoever has the right secret is let through, even from an address that
guesses. What a person does is limited so far above need that only a program that runs wild meets it, and
whoever answers with it says what to do in an emergency all the same.
"""

import logging

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)

ALLOWED_PER_WINDOW = 100
WINDOW_SECONDS = 600
SHORT_SECRET_ALLOWED = 5


def count_failure(*, kind: str, source: str) -> int:
    """Count one more wrong guess; returns the seconds to wait once there were too many, else 0.

    A cache that is down lets guesses through: the secrets are long, and a family must not be locked out.
    """
    return _seconds_to_wait(f"guesses:{kind}:{source}")


def count_failure_of_short_secret(*, kind: str, source: str) -> bool:
    """Count one more wrong guess of a secret that is short; True once there were five.

    Also where nobody can count: a short secret is safe only as long as its tries are counted.
    """
    key = f"guesses:{kind}:{source}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        return int(cache.incr(key)) >= SHORT_SECRET_ALLOWED
    except Exception:
        logger.warning("guesses cannot be counted, the cache does not answer")
        return True


def count_use(*, kind: str, subject: object) -> int:
    """Count one more use of a good secret that anybody may hold; the answer is as for `count_failure`."""
    return _seconds_to_wait(f"uses:{kind}:{subject}")


def count_report(*, by: object) -> int:
    """Count one more new report of a person, by whatever door; the answer is as for `count_failure`."""
    return _seconds_to_wait(f"reports:{by}", allowed=settings.REPORTS_PER_HOUR, window=3600)


def count_call(*, by: object) -> int:
    """Count one more call of a person at the API; the answer is as for `count_failure`."""
    return _seconds_to_wait(f"calls:{by}", allowed=settings.API_CALLS_PER_MINUTE, window=60)


def count_emergency_search(*, by: object) -> int:
    """Count one more search for a record to open in an emergency; the answer is as for `count_failure`."""
    return _seconds_to_wait(f"emergency:{by}", allowed=10, window=3600)


def _count(key: str, window: int) -> int:
    """In one question where the cache can (config/cache.py)."""
    at_once = getattr(cache, "count", None)
    if at_once is not None:
        return int(at_once(key, window))
    cache.add(key, 0, window)
    return int(cache.incr(key))


def _seconds_to_wait(key: str, *, allowed: int = ALLOWED_PER_WINDOW, window: int = WINDOW_SECONDS) -> int:
    try:
        count = _count(key, window)
    except ValueError:
        # The window ended between the two calls; a new one starts with the next guess.
        return 0
    except Exception:
        logger.warning("guesses cannot be counted, the cache does not answer")
        return 0
    return window if count > allowed else 0
