from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import Shift, ShiftSwap
from tests import factories

pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def person(clinic, name, **more):
    at = timezone.now()
    proven = {"phone_verified_at": at, "phone_tested_at": at}
    return factories.CoveringStaffFactory(clinic=clinic, user__name=name, **{**proven, **more})


@pytest.fixture
def pia(clinic):
    staff, at = person(clinic, "Pia Proven"), timezone.now()
    factories.ShiftFactory(staff=staff, starts_at=at - timedelta(hours=2), ends_at=at + timedelta(hours=2))
    return staff


@pytest.fixture
def bob(clinic):
    return person(clinic, "Bob Back")


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def post(staff_or_user, pia, **more):
    user = getattr(staff_or_user, "user", staff_or_user)
    client = browser(user)
    return client.post("/console/rota/now/primary/", {"clinic": "river", "from": pia.pk, **more}, follow=True)


def test_colleague_steps_in_from_the_rota(pia, bob):
    client = browser(bob.user)
    assert "/console/rota/now/primary/?clinic=river" in client.get("/console/rota/").content.decode()
    assert "I take over now" in client.get("/console/rota/now/primary/").content.decode()

    page = post(bob, pia, act="step_in").content.decode()

    assert "You are on shift now." in page
    assert Shift.objects.filter(staff=bob).count() == 1


def test_second_press_says_who_has_it(clinic, pia, bob):
    post(bob, pia, act="step_in")

    page = post(person(clinic, "Cat Third"), pia, act="step_in").content.decode()

    assert "Bob Back has this shift now. Nothing was done." in page


def test_person_on_shift_asks_and_the_colleague_accepts(pia, bob):
    assert "Hand over now" in browser(pia.user).get("/console/rota/mine/").content.decode()
    assert "is asked" in post(pia, pia, act="offer", person=bob.pk).content.decode()
    theirs = browser(bob.user)
    assert "asks you to take over their shift now" in theirs.get("/console/rota/mine/").content.decode()

    swap = ShiftSwap.objects.get()
    page = theirs.post(f"/console/rota/swaps/{swap.pk}/answer/", {"answer": "accept"}, follow=True)

    assert "You are on shift now." in page.content.decode()
    again = theirs.post(f"/console/rota/swaps/{swap.pk}/answer/", {"answer": "accept"}, follow=True)
    assert "Nothing was done." in again.content.decode()


def test_lead_assigns_and_an_unverified_number_is_refused_in_words(clinic, admin, pia, bob):
    doubtful = person(clinic, "Dan Doubt", phone_verified_at=None)

    refused = post(admin, pia, act="assign", person=doubtful.pk)
    assert refused.status_code == 422
    assert "This number is not verified" in refused.content.decode()

    assert (
        "Bob Back is on shift now and is texted."
        in post(admin, pia, act="assign", person=bob.pk).content.decode()
    )


def test_nurse_whose_number_is_not_verified_reads_what_to_do(clinic, pia):
    doubtful = person(clinic, "Dan Doubt", phone_verified_at=None)

    page = browser(doubtful.user).get("/console/rota/now/primary/").content.decode()

    assert "I take over now" not in page
    assert "Verify it on" in page


def test_nurse_assigns_nobody(clinic, pia, bob):
    cat = person(clinic, "Cat Third")

    assert post(cat, pia, act="assign", person=bob.pk).status_code == 422
    assert not Shift.objects.filter(staff=bob).exists()


def test_layer_that_nobody_is_on_or_that_is_none(bob):
    client = browser(bob.user)

    assert "Nobody is on now" in client.get("/console/rota/now/backup/").content.decode()
    assert client.get("/console/rota/now/everything/").status_code == 404
