"""Every five minutes a made-up urgent report goes all the way to a page in the outbox, and is undone.

The weekly test proves the last part, to a person's answer; between two of them this notices what no queue
shows while nothing happens: that a report could not be taken, scored, or made an alert and a page. A round
that fails is told by its name at /health/engine, and the outside monitor hears nothing from then on.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinic.models import Clinic, Escalation, Page
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.rules.paging import ladder
from clinic.services.escalations import scoring
from clinic.services.paging import chain
from clinic.services.protocols.versions import NoProtocol
from clinic.services.watch import weekly_test

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
# Of more clinics each gets its turn: a round holds a worker for about a tenth of a second a clinic.
CLINICS_A_ROUND = 20


class SelfTestFailed(Exception):
    """At one clinic or more an urgent report would not have become a page."""


def run_due(*, now: datetime) -> int:
    """Try the clinics whose turn it is; returns how many. SelfTestFailed, after all of them were tried."""
    if not settings.STAFF_CHECKS:
        return 0
    clinics = _whose_turn_it_is(now)
    failed = [clinic for clinic in clinics if not _passes(clinic, now)]
    if failed:
        raise SelfTestFailed(", ".join(str(clinic.pk) for clinic in failed))
    return len(clinics)


def _whose_turn_it_is(now: datetime) -> list[Clinic]:
    clinics = list(Clinic.objects.filter(patients__is_synthetic=False).distinct().order_by("pk"))
    if len(clinics) <= CLINICS_A_ROUND:
        return clinics
    first = int(now.timestamp() // EVERY.total_seconds()) * CLINICS_A_ROUND
    return [clinics[(first + place) % len(clinics)] for place in range(CLINICS_A_ROUND)]


def _passes(clinic: Clinic, now: datetime) -> bool:
    try:
        missing = _first_thing_missing(clinic, now)
    except NoProtocol:
        # Nobody can report there; the weekly test and check_setup say so.
        return True
    except Exception:
        logger.exception("the self-test broke off", extra={"clinic_id": str(clinic.pk)})
        return False
    if missing:
        logger.error("the self-test found no %s", missing, extra={"clinic_id": str(clinic.pk)})
    return not missing


@transaction.atomic
def _first_thing_missing(clinic: Clinic, now: datetime) -> str:
    """Which step did not happen, or ""; nothing of it stays, and nothing is sent or pushed."""
    report = weekly_test.submit_report(clinic=clinic, now=now)
    scoring.score(report_id=report.pk, now=now)
    missing = _missing_after_scoring(report.pk, now)
    transaction.set_rollback(True)
    return missing


def _missing_after_scoring(report_id: UUID, now: datetime) -> str:
    escalation = Escalation.objects.filter(events__report=report_id, state=EscalationState.OPEN).first()
    if escalation is None or escalation.severity < ladder.PAGED_FROM.rank:
        return "alert"
    page = Page.objects.filter(escalation=escalation, state=PageState.DUE).order_by("due_at").first()
    if page is None:
        return "page"
    at = max(now, page.due_at)
    chain.send_page_if_due(page_id=page.pk, now=at)
    page.refresh_from_db()
    # One whose phone rings at this moment for something else waits its turn, which is later.
    return "" if page.state != PageState.DUE or page.due_at > at else "message"
