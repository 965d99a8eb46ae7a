"""The dead man's switch: an outside address is pinged every two minutes, but only while the audit passes.

The monitor behind that address alarms when the pings stop, so a dead scheduler, worker, database or network
is noticed by something that does not depend on them.
"""

import logging
from datetime import datetime

from django.conf import settings

from clinic.queries.watch import engine_audit
from clinic.services.watch import outside_addresses

logger = logging.getLogger(__name__)


def report_if_sound(*, now: datetime) -> tuple[str, ...]:
    """Audit, then tell the monitor if nothing is wrong; gives what is. An audit that raises tells nothing."""
    problems = engine_audit.problems(now=now)
    if problems and engine_audit.is_first():
        logger.info("No round has ended yet: %s", ", ".join(problems))
    elif problems:
        logger.error("The audit fails: %s", ", ".join(problems))
    elif settings.HEARTBEAT_URL:
        _ping(settings.HEARTBEAT_URL)
    return problems


def _ping(url: str) -> None:
    try:
        outside_addresses.call(url)
    except (OSError, ValueError) as error:
        logger.error("The outside monitor could not be told: %s", type(error).__name__)
