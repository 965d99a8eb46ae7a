import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.rules.protocols import editing
from clinic.services.protocols import drafts, versions
from tests import factories


@pytest.fixture
def first(clinic):
    return versions.current_version(clinic=clinic)


@pytest.fixture
def second(clinic, first, nurse, now):
    document = editing.with_values(
        first.document, {"tables[temp].rows[1].from": 40.3, "tables[temp].rows[2].to": 40.2}
    )
    return versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=now)


def page(version):
    return reverse("console_protocol_version", args=[version.pk])


def changes(version):
    return reverse("console_protocol_changes", args=[version.pk])


@pytest.mark.parametrize("role", ["nurse", "physician", "educator", "administrator"])
def test_all_staff_read_the_published_version(client, clinic, first, role):
    client.force_login(factories.StaffFactory(clinic=clinic, role=role).user)

    seen = client.get(page(first)).content.decode()

    # What is reported and its level are said once, in their columns; the danger signs are named.
    assert "Temperature from 38.0 to 39.9\u00a0°C</th>" in seen
    assert "Temperature from 38.0 to 39.9\u00a0°C is urgent" not in seen
    assert "is same day up to day 30" not in seen
    assert "<li>Will not wake up</li>" in seen
    assert "This version is in force." in seen
    assert "Call the clinic today" in seen
    assert page(first) in client.get(reverse("console_protocols")).content.decode()


def test_times_are_said_in_units_that_one_thinks_in(client, clinic, first, nurse):
    client.force_login(nurse)

    seen = client.get(page(first)).content.decode()

    for said in (
        "Reminders: at that time, 1 hour later and 3 hours later.",
        "Reminders: at that time and 3 days later.",
        "No report for 45 days</td>",
        "In each of these stretches: on its day 1 and 4.",
    ):
        assert said in seen
    for raw in ("1080 hours", "1440 minutes", "counted from 0"):
        assert raw not in seen


def test_advice_is_read_with_the_clinics_own_numbers_and_when_it_is_given(client, clinic, first, nurse):
    client.force_login(nurse)

    seen = client.get(page(first)).content.decode()
    conditions = [
        part.partition("</p>")[0]
        for part in seen.split('<div class="protocol-advice">')[1:]
        if '<p class="soft">If ' in part.partition("<ol>")[0]
    ]

    assert "{" not in seen.partition("<main")[2].partition("</main>")[0]
    assert f"call {clinic.emergency_number}" in seen
    assert "The clinic opens [day and time]. Call then" in seen
    assert len(conditions) == sum(
        "when" in variant for advice in first.document["advice"] for variant in advice["variants"]
    )


def test_educator_sees_no_draft(client, clinic, first, nurse, now):
    draft = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)
    client.force_login(factories.StaffFactory(clinic=clinic, role="educator").user)

    assert client.get(reverse("console_protocol_draft", args=[draft.pk])).status_code == 403
    assert str(draft.pk) not in client.get(reverse("console_protocols")).content.decode()


def test_versions_are_compared_in_words(client, nurse, first, second):
    client.force_login(nurse)

    seen = client.get(changes(second)).content.decode()

    assert "Temperature from 40.3\u00a0°C is an emergency" in seen
    assert "<del>40.0\u00a0°C</del>" in seen
    assert "This version is no longer in force." in client.get(page(first)).content.decode()
    assert "nothing to compare it with" in client.get(changes(first)).content.decode()


@pytest.mark.parametrize("since", ["", "1", "2", "7", "-1", "x", "9" * 40])
def test_comparison_falls_back_to_the_version_before(client, nurse, second, since):
    client.force_login(nurse)

    answer = client.get(changes(second), {"since": since})

    assert answer.context["older"].number == 1


def test_other_clinics_version_is_not_found(client, other_nurse, caregiver, first):
    for person in (other_nurse, caregiver):
        client.force_login(person)
        assert client.get(page(first)).status_code == 404
        assert client.get(changes(first)).status_code == 404


def test_reading_costs_the_same_with_more_versions(client, clinic, nurse, first, second, now):
    client.force_login(nurse)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page(first)).status_code == 200
        return len(seen)

    queries()
    two = queries()
    versions.publish(
        clinic=clinic, code="car-t", document=first.document | {"minimum_age": 21}, by=nurse, now=now
    )

    assert queries() == two
