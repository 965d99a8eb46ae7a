"""“Who can help tonight?”: asked once, answered with one tap, and never with a health word."""

import pytest

from clinic.access import NotVisible
from clinic.models import HelpRequest
from clinic.queries.checkins import strain as queries
from clinic.services.checkins import family_help
from clinic.services.patients import care_team, enrolment
from notifications.models import Message
from tests import factories


@pytest.fixture
def second(patient, caregiver):
    return factories.CareTeamMemberFactory(patient=patient, user__name="Bea Backup").user


def sent():
    return Message.objects.filter(dedupe_key__startswith="family_help:")


def test_the_others_are_texted_once_and_neither_name_nor_illness_is_in_it(patient, caregiver, second, now):
    for _tap in range(2):
        family_help.ask(patient_id=patient.pk, by=caregiver, now=now)

    (message,) = sent()
    assert message.to == str(second.phone)
    assert "asks for help tonight" in message.body
    assert patient.given_name not in message.body


def test_first_who_can_counts_and_the_others_are_asked_no_more(patient, caregiver, second, now):
    third = factories.CareTeamMemberFactory(patient=patient, user__name="Tom Third").user
    request = family_help.ask(patient_id=patient.pk, by=caregiver, now=now)

    family_help.offer(request_id=request.pk, by=second, now=now)
    family_help.offer(request_id=request.pk, by=third, now=now)

    request.refresh_from_db()
    assert request.answered_by == second
    assert {one.state for one in sent()} == {"suppressed"}
    assert queries.help_tonight(by=caregiver, patient=patient, now=now).unanswered == ()


def test_who_asks_cannot_answer_nor_can_a_stranger(patient, caregiver, second, stranger, now):
    request = family_help.ask(patient_id=patient.pk, by=caregiver, now=now)

    for person in (caregiver, stranger):
        with pytest.raises(NotVisible):
            family_help.offer(request_id=request.pk, by=person, now=now)


def test_family_of_one_has_nobody_to_ask(patient, caregiver, now):
    assert not queries.help_tonight(by=caregiver, patient=patient, now=now).can_ask
    with pytest.raises(family_help.NobodyElse):
        family_help.ask(patient_id=patient.pk, by=caregiver, now=now)
    assert not HelpRequest.objects.exists()


def test_pause_takes_the_text_back(patient, caregiver, second, nurse, now):
    family_help.ask(patient_id=patient.pk, by=caregiver, now=now)
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now.replace(day=now.day + 2), reason="Away", now=now
    )

    assert {one.state for one in sent()} == {"suppressed"}


def test_whoever_leaves_is_asked_no_more_and_asks_no_more(patient, caregiver, second, nurse, now):
    family_help.ask(patient_id=patient.pk, by=caregiver, now=now)

    care_team.end_access(member_id=patient.care_team.get(user=caregiver).pk, by=nurse, now=now)

    assert {one.state for one in sent()} == {"suppressed"}
