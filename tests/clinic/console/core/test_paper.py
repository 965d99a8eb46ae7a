"""What a page says on paper that is told apart in the template, not by a style alone."""

import re

from django.conf import settings

from clinic.services.escalations import lifecycle
from tests import cases

TEMPLATES = settings.BASE_DIR / "clinic" / "templates" / "console"
# Where the first line of a page leads back to; the name of a patient stays on paper.
_WAY_BACK = re.compile(r"{% block content %}\s*<p([^>]*)><a href=\"{% url '(\w+)'")
_NAMES_THE_PATIENT = {"console_patient", "console_risk", "console_outcomes"}


def test_way_back_is_not_printed():
    found = {
        path.name: (attributes, url_name)
        for path in TEMPLATES.rglob("*.html")
        for attributes, url_name in _WAY_BACK.findall(path.read_text())
        if url_name not in _NAMES_THE_PATIENT
    }

    assert len(found) > 20
    assert [name for name, (attributes, _) in found.items() if "no-print" not in attributes] == []


def test_whoever_took_an_alert_has_a_name_on_paper(client, nurse, patient, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    client.force_login(nurse)

    page = client.get(f"/console/escalations/{escalation.pk}/").content.decode()

    assert re.search(r'<span class="no-print">You took it at', page)
    assert re.search(r'<span class="on-paper">Nora Nurse took it at', page)


def test_week_of_the_ledger_is_on_paper(client, nurse):
    client.force_login(nurse)

    page = client.get("/console/ledger/?week=2026-11-18").content.decode()

    assert re.search(r'<p class="on-paper strong">Week from Nov 16(, 2026)?</p>', page)
