"""What happened to a patient is read by the leads in words, not in codes."""

from datetime import timedelta

import pytest

from clinic.models import AuditEvent
from clinic.queries.watch import audit_words
from clinic.services.escalations import life_events, lifecycle
from clinic.services.patients import fact_corrections
from tests import cases, factories

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_every_act_about_a_life_has_words_and_is_found_among_those_about_care(clinic, nurse, now):
    patient = factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    for step, kind in enumerate(("relapsed", "admitted", "discharged", "ended", "died"), start=1):
        at = now + step * MINUTE
        last = life_events.record(
            patient_id=patient.pk, kind=life_events.Kind(kind), by=nurse, at=at, reason="Asked for", now=at
        )
    life_events.take_back(
        patient_id=patient.pk, event_id=last.pk, by=nurse, reason="Another person", now=now + 6 * MINUTE
    )
    fact_corrections.correct(
        patient_id=patient.pk, by=nurse, facts={"given_name": "Walther"}, reason="Slip", now=now + 7 * MINUTE
    )

    written = AuditEvent.objects.filter(patient_id=patient.pk, at__gt=now)
    actions = set(written.values_list("action", flat=True))
    assert {"patient.died", "patient.event_taken_back", "patient.facts_corrected"} <= actions
    assert {action for action in actions if not audit_words.in_words(action)} == set()
    assert actions <= set(audit_words.actions_of("care"))
