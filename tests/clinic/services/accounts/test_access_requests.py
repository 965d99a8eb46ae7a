"""What an operator asks for waits for somebody of the clinic (pages: tests/clinic/test_operators.py)."""

from datetime import timedelta

import pytest

from clinic.models import Staff
from clinic.models.access_request import AccessKind
from clinic.services.accounts import access_requests
from clinic.services.accounts.access_requests import RequestRefused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def operator(db):
    return factories.UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def ask(clinic, operator, now):
    def call(user):
        return access_requests.ask(
            clinic=clinic, user=user, kind=AccessKind.ROLE, role="nurse", by=operator, now=now
        )

    return call


def test_asked_twice_it_is_asked_once(ask, lead):
    person = factories.UserFactory()
    ask(person)

    with pytest.raises(RequestRefused, match="asked_already"):
        ask(person)


def test_nobody_asks_for_themselves(ask, operator):
    with pytest.raises(RequestRefused, match="own"):
        ask(operator)


def test_whose_sign_in_was_closed_meanwhile_gets_no_role(ask, lead, now):
    person = factories.UserFactory()
    request = ask(person)
    person.is_active = False
    person.save()

    with pytest.raises(RequestRefused, match="cannot"):
        access_requests.agree(request_id=request.pk, by=lead, now=now)
    assert not Staff.objects.filter(user=person).exists()


def test_who_has_got_a_role_meanwhile_gets_no_second_one(ask, lead, clinic, now):
    person = factories.UserFactory()
    request = ask(person)
    factories.StaffFactory(user=person, clinic=clinic)

    with pytest.raises(RequestRefused, match="cannot"):
        access_requests.agree(request_id=request.pk, by=lead, now=now)


def test_what_nobody_answers_lapses(ask, lead, now):
    request = ask(factories.UserFactory())

    assert access_requests.close_lapsed(now=now + access_requests.LASTS - timedelta(seconds=1)) == 0
    assert access_requests.close_lapsed(now=now + access_requests.LASTS) == 1
    with pytest.raises(RequestRefused, match="closed"):
        access_requests.agree(request_id=request.pk, by=lead, now=now + access_requests.LASTS)
