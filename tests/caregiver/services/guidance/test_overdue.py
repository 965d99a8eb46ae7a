"""Physicians hear once a week, in staffed hours, that pages are past their review date."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from caregiver import tasks
from caregiver.models import GuidancePage
from caregiver.queries.guidance import reading
from caregiver.services.guidance import overdue
from notifications.models import Message
from notifications.rules.text import health_words, segments
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "medicines"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.STAFF_CHECKS = True


def told() -> list[str]:
    return sorted(Message.objects.values_list("to", flat=True))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Pages for families are past their review date. Please look at them:"),
        ("es", "Hay páginas para familias con la fecha de revisión vencida. Revíselas, por favor:"),
    ],
)
def test_lead_gets_a_link_and_neither_title_nor_health_word(
    late, lead, staffed, clinic, settings, language, words
):
    late()
    lead.user.language = language
    lead.user.save(update_fields=["language"])

    assert overdue.text_medical_leads(now=staffed) == 1

    message = Message.objects.get()
    address = f"{settings.PUBLIC_BASE_URL}/cms/overview/"
    assert (message.to, message.service, message.language) == (str(lead.phone), "paging", language)
    assert message.body == f"{clinic.sms_brand}: {words} {address}"
    assert health_words(message.body) == []
    assert segments(message.body).count <= 2


def test_leads_are_texted_once_a_week_however_often_and_wherever_it_runs(late, lead, staffed):
    late()
    late("en", "temperature")
    days = (0, 0, 1, 4, 7, 7.1)

    for day in days:
        overdue.text_medical_leads(now=staffed + timedelta(days=day))

    weeks = list(Message.objects.order_by("created_at").values_list("created_at", flat=True))
    assert weeks == [staffed, staffed + WEEK]


def test_physician_of_two_clinics_hears_once(late, lead, staffed, other_clinic):
    late()
    factories.PatientFactory(clinic=other_clinic)
    factories.CoveringStaffFactory(clinic=other_clinic, role="physician", user=lead.user)

    overdue.text_medical_leads(now=staffed)

    assert len(told()) == 1


def test_nobody_else_is_texted(late, clinic, lead, staffed, now):
    late()
    for role in ("nurse", "educator", "administrator"):
        factories.CoveringStaffFactory(clinic=clinic, role=role)
    factories.StaffFactory(clinic=clinic, role="physician")
    factories.CoveringStaffFactory(clinic=clinic, role="physician", user__is_active=False)
    factories.CoveringStaffFactory(clinic=clinic, role="physician", ended_at=now, ended_by=lead.user)

    overdue.text_medical_leads(now=staffed)

    assert told() == [str(lead.phone)]


def test_nothing_is_sent_where_no_page_is_late(pages, lead, staffed):
    assert overdue.text_medical_leads(now=staffed) == 0
    assert told() == []


def test_page_is_late_the_day_after_its_date_by_the_clinics_own_calendar(late, lead, staffed, clinic):
    late()
    clinic.staffed_hours = {"sun": [["00:00", "24:00"]]}
    clinic.save(update_fields=["staffed_hours"])
    # Monday in UTC, still Sunday in New York.
    sunday_night = staffed - timedelta(hours=11)
    assert (staffed.date(), sunday_night.date()) == (date(2026, 11, 23), date(2026, 11, 23))

    GuidancePage.objects.filter(slug=PAGE).update(review_by=date(2026, 11, 22))
    assert overdue.text_medical_leads(now=sunday_night) == 0
    GuidancePage.objects.filter(slug=PAGE).update(review_by=date(2026, 11, 21))
    assert overdue.text_medical_leads(now=sunday_night) == 1


def test_nobody_is_texted_outside_staffed_hours(late, lead, now):
    late()

    assert overdue.text_medical_leads(now=now) == 0
    assert told() == []


@pytest.mark.parametrize(("offered", "count"), [(("es",), 1), ((), 0)])
def test_late_translation_counts_only_where_it_is_offered(pages, late, staffed, offered, count):
    clinic = factories.ClinicFactory(languages=offered)
    factories.PatientFactory(clinic=clinic)
    factories.CoveringStaffFactory(clinic=clinic, role="physician")
    late("es")

    assert overdue.text_medical_leads(now=staffed) == count


def test_nobody_is_texted_about_a_page_that_families_do_not_see(late, lead, staffed):
    late()
    GuidancePage.objects.filter(slug=PAGE).update(live=False)

    assert overdue.text_medical_leads(now=staffed) == 0


def test_clinic_that_looks_after_nobody_hears_nothing(late, other_clinic, staffed):
    late()
    factories.CoveringStaffFactory(clinic=other_clinic, role="physician")
    factories.PatientFactory(clinic=other_clinic, is_synthetic=True, status="ended")

    assert overdue.text_medical_leads(now=staffed) == 0


def test_checks_that_are_switched_off_send_nothing(late, lead, staffed, settings):
    settings.STAFF_CHECKS = False
    late()

    assert overdue.text_medical_leads(now=staffed) == 0


def test_one_clinics_trouble_keeps_nobody_else_from_hearing(late, lead, staffed, other_clinic):
    late()
    factories.PatientFactory(clinic=other_clinic)
    type(other_clinic).objects.filter(pk=other_clinic.pk).update(time_zone="Nowhere/AtAll")

    assert overdue.text_medical_leads(now=staffed) == 1


def test_late_page_is_still_served(late, lead, staffed):
    late()
    overdue.text_medical_leads(now=staffed)

    page = reading.guidance_page(slug=PAGE, language="en", now=staffed)

    assert page is not None and not page.has_ended


def test_task_texts_the_leads(late, lead, staffed):
    late()
    with time_machine.travel(staffed, tick=False):
        tasks.tell_of_overdue_guidance()

    assert told() == [str(lead.phone)]
