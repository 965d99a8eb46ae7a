"""What `check_setup` says of the guidance."""

from datetime import datetime

from django.conf import settings

from caregiver.queries.guidance import reading
from caregiver.services.guidance import orphans
from clinic.queries.watch.setup import Missing


def missing(*, now: datetime) -> tuple[Missing, ...]:
    """Whether families find a page behind each answer; without any, advice in an emergency has none."""
    if not reading.live_guidance(language=settings.LANGUAGE_CODE, now=now):
        what = "No guidance page is live: families find nothing to read, in an emergency either."
        return (Missing("no_guidance", what, "Load what ships with the program: manage.py load_guidance."),)
    lead_nowhere = len(orphans.current(now=now))
    if not lead_nowhere:
        return ()
    what = f"{lead_nowhere} answers, warning signs or links lead to no live guidance page."
    todo = "manage.py check_guidance names them; an educator mends them on the guidance desk."
    return (Missing("guidance_leads_nowhere", what, todo, alarms=False),)
