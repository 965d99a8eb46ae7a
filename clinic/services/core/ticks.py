"""Records that an engine has completed a round, for /health/engine and the console's banner."""

from datetime import datetime

from clinic.models import Tick


def record(*, name: str, now: datetime) -> None:
    """This engine has finished a whole round now."""
    Tick.objects.update_or_create(name=name, defaults={"at": now})
