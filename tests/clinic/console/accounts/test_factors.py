import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(clinic):
    return [factories.StaffFactory(clinic=clinic, role="administrator").user for _ in range(2)]


@pytest.fixture
def address(nurse):
    Authenticator.objects.create(user=nurse, type="totp", data={"secret": "x"})
    return f"/console/staff/{nurse.staff_roles.get().pk}/factor/"


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_one_asks_another_agrees(leads, address, nurse):
    first, second = browser(leads[0]), browser(leads[1])

    assert first.post(f"{address}ask/", {"reason": ""}).status_code == 422
    asked = first.post(f"{address}ask/", {"reason": "Lost her phone"}, follow=True).content.decode()
    assert "another administrator has to agree" in asked
    assert "Take the factor away now" not in asked
    own = first.post(f"{address}decide/", {"answer": "agree"}, follow=True).content.decode()
    assert "A second person has to agree" in own
    assert (
        "A second person has to agree about their lost factor"
        in second.get("/console/staff/").content.decode()
    )
    shown = second.get(address).content.decode()
    assert "Lost her phone" in shown
    assert "Decline" in shown and "Withdraw the request" not in shown
    assert "Withdraw the request" in first.get(address).content.decode()
    done = second.post(f"{address}decide/", {"answer": "agree"}, follow=True).content.decode()

    assert "The second factor is gone" in done
    assert "There is no second factor to take away." in done
    assert not Authenticator.objects.filter(user=nurse).exists()


def test_withdrawn_twice_says_that_it_is_closed(leads, address, nurse):
    client = browser(leads[0])
    client.post(f"{address}ask/", {"reason": "Lost"})

    first = client.post(f"{address}decide/", {"answer": "withdraw"}, follow=True).content.decode()
    again = client.post(f"{address}decide/", {"answer": "withdraw"}, follow=True).content.decode()

    assert "The request is withdrawn." in first
    assert "This request is closed." in again
    assert Authenticator.objects.filter(user=nurse).exists()


def test_own_page_says_why_not(leads):
    role = leads[0].staff_roles.get()

    page = browser(leads[0]).get(f"/console/staff/{role.pk}/factor/").content.decode()

    assert "Nobody resets their own second factor." in page
    assert '<form class="form"' not in page
