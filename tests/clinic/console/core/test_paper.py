"""What a page says on paper that is told apart in the template, not by a style alone."""

import re
from datetime import date

import pytest
from django.conf import settings

from clinic.services.escalations import lifecycle
from tests import cases, factories

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


def test_only_the_week_of_the_rota_lies_across():
    """A rule without a name would turn every page that shares the style."""
    styles = [path.read_text() for path in (settings.BASE_DIR / "clinic" / "static").rglob("*.css")]

    assert re.findall(r"@page([^{]*){[^}]*landscape", "".join(styles)) == [" week "]
    assert ".console:has(.rota-week) { page: week; }" in "".join(styles)


@pytest.mark.parametrize(
    ("page", "secret"),
    [
        ("clinic/templates/console/core/listeners.html", "{{ made.secret }}"),
        ("clinic/templates/console/patients/keypad_code.html", "{{ code }}"),
        ("config/templates/account/tokens.html", "<code>{{ made }}</code>"),
        ("config/templates/mfa/totp/activate_form.html", "{{ form.secret }}"),
    ],
)
def test_no_secret_is_printed(page, secret):
    lines = (settings.BASE_DIR / page).read_text().splitlines()

    assert ["no-print" in line for line in lines if secret in line] == [True]
    assert any('on-paper">{% translate "A secret is not printed." %}' in line for line in lines)


def test_accounts_pages_have_a_style_for_paper(client, nurse):
    client.force_login(nurse)

    assert "ui/paper.css" in client.get("/accounts/").content.decode()


def test_what_can_only_be_done_on_the_screen_is_not_on_paper(client, nurse, clinic):
    factories.PatientFactory(clinic=clinic)
    client.force_login(nurse)

    page = client.get("/console/labs/").content.decode()

    assert '<th scope="col" class="no-print">Enter</th>' in page
    assert len(re.findall(r'<td class="no-print"><a class="button" href="[^"]*/labs/"', page)) == 1


def test_paper_of_a_patient_says_who_it_is_and_what_the_family_has_read(client, nurse, patient, now):
    patient.birth_date, patient.hospital_number = date(1971, 2, 9), "H-77"
    patient.save(update_fields=["birth_date", "hospital_number"])
    escalation = cases.escalate(patient, cases.FEVER, now)
    client.force_login(nurse)

    pages = [
        client.get(f"/console/{path}/").content.decode()
        for path in (f"patients/{patient.pk}", f"escalations/{escalation.pk}")
    ]

    said = '<p class="on-paper">born Feb 9, 1971, Hospital number <bdi>H-77</bdi></p>'
    assert [said in page for page in pages] == [True, True]


def test_what_folds_out_of_a_reading_is_not_hidden_on_paper():
    page = (TEMPLATES / "patients" / "patient.html").read_text()
    style = (settings.BASE_DIR / "clinic" / "static" / "console" / "patients.css").read_text()

    assert '<details class="reading">' in page
    assert re.search(r"\.patient details:not\([^)]*\.reading,", style)
