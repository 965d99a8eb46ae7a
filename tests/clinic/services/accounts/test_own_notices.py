"""Whoever's password, second factor or address is another hears of it by the way that was theirs."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from clinic.services.accounts import access_requests, factor_resets, own_notices
from clinic.services.accounts.own_notices import Changed
from notifications.models import Message
from notifications.rules.text import health_words
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_SERVER = {"host": "mail.example", "port": 587}


def told(user):
    return [(one.channel, one.to, one.body) for one in Message.objects.filter(to=user.email)]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Changed.PASSWORD, "your password was changed"),
        (Changed.FACTOR, "your second factor was changed"),
        (Changed.ADDRESS, "your sign-in address was changed"),
    ],
)
def test_notice_says_what_whom_to_tell_and_where_to_look(nurse, clinic, now, what, words):
    own_notices.tell_changed(user=nurse, what=what, now=now)

    [(channel, to, body)] = told(nurse)
    assert (channel, to) == ("email", nurse.email)
    assert body.startswith(f"{clinic.sms_brand}: {words}. Not you? Tell your administrator now.")
    assert body.endswith("/accounts/sessions/") and not health_words(body)


def test_recovery_codes_that_come_with_a_factor_are_no_second_notice(nurse, now):
    for minutes in (0, 1, 61):
        own_notices.tell_changed(user=nurse, what=Changed.FACTOR, now=now + timedelta(minutes=minutes))

    assert len(told(nurse)) == 2


def test_without_a_mail_server_it_is_texted(nurse, now, settings):
    settings.EMAIL_SERVER, settings.DEMO = None, False
    nurse.staff_roles.update(phone="+16175550190")

    own_notices.tell_changed(user=nurse, what=Changed.PASSWORD, now=now)

    assert [(one.channel, one.to) for one in Message.objects.all()] == [("sms", "+16175550190")]


def test_factor_that_two_people_took_away_is_told_to_its_owner(clinic, nurse, now):
    asking, agreeing = (factories.StaffFactory(clinic=clinic, role="administrator").user for _ in range(2))
    Authenticator.objects.create(user=nurse, type=Authenticator.Type.TOTP, data={})
    reset = factor_resets.ask(staff_id=nurse.staff_roles.get().pk, reason="Lost", by=asking, now=now)
    assert told(nurse) == []

    factor_resets.agree(reset_id=reset.pk, by=agreeing, now=now)

    [(_channel, _to, body)] = told(nurse)
    assert "second factor was changed" in body


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("password", make_password("another one"), "password was changed"),
        ("address", "new@harbor.example", "sign-in address was changed"),
    ],
    ids=["password", "address"],
)
def test_what_a_lead_agreed_to_is_told_to_the_old_address(clinic, nurse, now, kind, value, words):
    operator = factories.UserFactory(email="operator@example.org", is_staff=True, is_superuser=True)
    lead = factories.StaffFactory(clinic=clinic, role="administrator").user
    request = factories.AccessRequestFactory(
        clinic=clinic, user=nurse, kind=kind, role="", value=value, asked_by=operator, asked_at=now
    )
    before = nurse.email

    access_requests.agree(request_id=request.pk, by=lead, now=now)

    nurse.refresh_from_db()
    assert nurse.email == before or kind == "address"
    assert [words in one.body for one in Message.objects.filter(to=before)] == [True]
