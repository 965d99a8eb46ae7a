"""Rate limits on failed attempts at a secret, counted per source address.

Only failures count: whoever has the right secret is let through, even from an address that guesses.
"""

import logging

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


def _seconds_to_wait(key: str) -> int:
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        count = int(cache.incr(key))
    except ValueError:
        # The window ended between the two calls; a new one starts with the next guess.
        return 0
    except Exception:
        logger.warning("guesses cannot be counted, the cache does not answer")
        return 0
    return WINDOW_SECONDS if count > ALLOWED_PER_WINDOW else 0
