"""What a process starts as: production, unless somebody asked for the demo by its own command.

Whoever says nothing gets production, which refuses to start where something is missing. The demo, in which a
password alone signs staff in and codes stand on a page, is served by `manage.py demo` only, and in tests.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

SETTINGS = "DJANGO_SETTINGS_MODULE"
PRODUCTION, EMBEDDED = "config.settings.prod", "config.settings.dev"
# Set by `manage.py demo` for itself and the processes that it starts, and by tests.
DEMO_IS_MEANT = "KINWATCH_DEMO"
# Where a worker, or beat, gives its figures, as host:port; each has its own (config/worker_metrics.py).
WORKER_METRICS = "WORKER_METRICS"
# As prometheus_client names it.
COUNTS = "PROMETHEUS_MULTIPROC_DIR"
# As OpenTelemetry names it.
COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"
# Who has these talks to real phones.
_TWILIO = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
_TODO = f"Set {SETTINGS}={PRODUCTION}, or unset it."


def mean_demo() -> None:
    """From here on this process, and what it starts, may serve the demo."""
    os.environ[DEMO_IS_MEANT] = "1"


def choose_settings() -> None:
    """For processes that serve."""
    demo = os.environ.get(DEMO_IS_MEANT) == "1"
    os.environ.setdefault(SETTINGS, EMBEDDED if demo else PRODUCTION)


def choose_settings_of_commands() -> None:
    """For commands: the embedded default, but not beside what belongs to a real clinic."""
    if os.environ.get(SETTINGS):
        return
    sign = next((name for name in _TWILIO if os.environ.get(name)), "")
    if not sign and _is_public(os.environ.get("PUBLIC_BASE_URL", "")):
        sign = "PUBLIC_BASE_URL"
    if sign:
        raise ImproperlyConfigured(f"{sign} is set, but {SETTINGS} is not: this would be the demo. {_TODO}")
    os.environ[SETTINGS] = EMBEDDED


def refuse_unmeant_demo() -> None:
    """Raise ImproperlyConfigured where a server would serve the demo without having been asked to."""
    if settings.DEMO and os.environ.get(DEMO_IS_MEANT) != "1":
        raise ImproperlyConfigured(
            f"This would serve the demo, without second factors. Set {SETTINGS}={PRODUCTION}; the demo is "
            "started by manage.py demo."
        )


def share_counts() -> None:
    """Before anything counts in a worker or beat: the processes that it is made of count into shared files.

    Not in a web process, which is one, and whose figures are its own.
    """
    if os.environ.get(WORKER_METRICS) and "celery" in Path(sys.argv[0]).parts[-2:]:
        os.environ[COUNTS] = tempfile.mkdtemp(prefix="kinwatch-figures-")


def start_traces() -> None:
    """Where a collector is named; elsewhere nothing of OpenTelemetry is read."""
    if os.environ.get(COLLECTOR):
        import_string("config.tracing.start")()


def twilio_key_in_demo() -> str:
    """The name of the first key of a real account, "" without one. A peer on this machine is a test's."""
    if is_of_this_machine(urlsplit(settings.TWILIO_API_BASE).hostname or ""):
        return ""
    return next((name for name in _TWILIO if getattr(settings, name)), "")


def is_of_this_machine(host: str) -> bool:
    """Whether only processes of this machine reach it under this name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def one_line_for_problems() -> Iterator[None]:
    """What is wrong with the configuration ends the process with a line, not with a page of program."""
    try:
        yield
    except ImproperlyConfigured as problem:
        sys.exit(f"Configuration: {problem}")


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and not is_of_this_machine(parts.hostname or "")
