"""How many examples Hypothesis makes up: HYPOTHESIS_PROFILE=development, ci (the default) or nightly.

The examples of `ci` are the same in every run, so that a change never fails for what an earlier one did.
They prove what they proved when they were new, so there are fewer; `nightly` seeks new ones, many times as
many, and `development` a few each time. A failure prints the
`@reproduce_failure` line that makes it happen again.
"""

import os

from hypothesis import settings

TIMES = {"development": 0.1, "ci": 0.4, "nightly": 10}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or "ci"


def examples(count: int) -> int:
    """For `max_examples`: so many times what TIMES says of the profile."""
    return max(5, round(count * TIMES[PROFILE]))


def load_profile() -> None:
    for name in TIMES:
        settings.register_profile(
            name,
            max_examples=round(100 * TIMES[name]),
            derandomize=name == "ci",
            print_blob=True,
            deadline=None,
        )
    settings.load_profile(PROFILE)
