"""What the right to watch hangs on: another mark as soon as anything of it is another."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from clinic.models import Staff
from clinic.queries.core.live import marks_of_sessions
from tests import factories

pytestmark = pytest.mark.django_db


def sign_in(person):
    client = Client()
    client.force_login(person)
    return client.session.session_key


def change_session(nurse, key):
    Session.objects.filter(pk=key).update(session_data="another")


def change_password(nurse, key):
    nurse.set_password("another")
    nurse.save()


def end_role(nurse, key):
    Staff.objects.filter(user=nurse).update(ended_at=timezone.now(), ended_by=nurse)


def change_role(nurse, key):
    Staff.objects.filter(user=nurse).update(role="physician")


def add_factor(nurse, key):
    Authenticator.objects.create(user=nurse, type="totp", data={})


def close_account(nurse, key):
    nurse.is_active = False
    nurse.save()


@pytest.mark.parametrize(
    "change", [change_session, change_password, end_role, change_role, add_factor, close_account]
)
def test_mark_changes_with_whatever_the_right_hangs_on(nurse, other_nurse, now, change):
    key, other = sign_in(nurse), sign_in(other_nurse)
    sessions = {key: nurse.pk, other: other_nurse.pk}
    before = marks_of_sessions(sessions, now=now)
    assert marks_of_sessions(sessions, now=now) == before

    change(nurse, key)

    after = marks_of_sessions(sessions, now=now)
    assert (after[key] == before[key], after[other] == before[other]) == (False, True)


def test_session_that_has_ended_has_none(nurse, now):
    key, deleted = sign_in(nurse), sign_in(nurse)
    Session.objects.filter(pk=deleted).delete()
    sessions = {key: nurse.pk, deleted: nurse.pk}

    assert set(marks_of_sessions(sessions, now=now)) == {key}
    assert marks_of_sessions(sessions, now=now + timedelta(days=400)) == {}


def test_many_sessions_cost_as_many_queries_as_one(clinic, now, django_assert_num_queries):
    people = [factories.StaffFactory(clinic=clinic, role="nurse").user for _number in range(5)]
    sessions = {sign_in(one): one.pk for one in people}

    with django_assert_num_queries(4):
        assert len(marks_of_sessions(sessions, now=now)) == 5
