"""Inviting a colleague on the staff page, and the page of the link."""

import pytest
from django.test import Client

from clinic.models import StaffInvitation, User
from clinic.services.accounts import staff_invitations
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "ruby-lantern-gravel-otter"


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def desk(lead):
    client = Client()
    client.force_login(lead)
    return client


@pytest.fixture
def link(clinic, lead):
    def make(email="new@river.example"):
        from django.utils import timezone

        sent = staff_invitations.invite(
            clinic_id=clinic.pk, email=email, name="Nia New", role="nurse", by=lead, now=timezone.now()
        )
        return sent.url.removeprefix("http://testserver")

    return make


def test_invited_sent_again_and_withdrawn_on_the_staff_page(desk):
    whom = {"name": "Nia New", "email": "nia@river.example", "role": "nurse"}
    told = desk.post("/console/staff/invite/", whom, follow=True).content.decode()
    assert "A link is on its way to nia@river.example. It holds for three days." in told
    assert "Invited, not here yet" in told

    first = StaffInvitation.objects.get()
    desk.post(f"/console/staff/invitations/{first.pk}/again/")
    second = StaffInvitation.objects.get(revoked_at=None)
    assert second.pk != first.pk
    told = desk.post(f"/console/staff/invitations/{second.pk}/revoke/", follow=True).content.decode()
    assert "The invitation of Nia New is withdrawn." in told
    assert "Invited, not here yet" not in told


def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk, nurse):
    empty = desk.post("/console/staff/invite/", {"name": "Nia New", "email": "nia@"})
    assert empty.status_code == 422
    shown = empty.content.decode()
    assert "Enter an e-mail address such as name@hospital.example." in shown
    assert "Choose a role." in shown
    assert 'value="Nia New"' in shown

    known = desk.post("/console/staff/invite/", {"name": "Nora", "email": nurse.email, "role": "nurse"})
    assert "This person has a role here already." in known.content.decode()


def test_new_colleague_chooses_a_password_and_signs_in(link):
    address, visitor = link(), Client()

    shown = visitor.get(address).content.decode()
    assert "Join the team of River Cancer Center" in shown
    assert "new@river.example" in shown
    assert not User.objects.filter(email="new@river.example").exists()
    weak = visitor.post(address, {"name": "Nia", "password": "kinwatch2026", "again": "kinwatch2026"})
    assert weak.status_code == 422
    two = visitor.post(address, {"name": "Nia", "password": PASSWORD, "again": "another"})
    assert "The two passwords differ." in two.content.decode()
    done = visitor.post(address, {"name": "Nia", "password": PASSWORD, "again": PASSWORD}, follow=True)
    assert "Your sign-in is made." in done.content.decode()
    assert "Somebody has used it." in visitor.get(address).content.decode()

    signed_in = visitor.post("/accounts/login/", {"login": "new@river.example", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert visitor.get("/console/").status_code == 200


def test_colleague_of_another_clinic_takes_it_up_signed_in(link, other_nurse, nurse):
    address, browser = link(other_nurse.email), Client()

    assert browser.get(address)["Location"] == f"/accounts/login/?next={address}"
    browser.force_login(nurse)
    assert browser.post(address).status_code == 403
    browser.force_login(other_nurse)
    assert "Take the role up" in browser.get(address).content.decode()
    assert (
        "You are on the team of River Cancer Center." in browser.post(address, follow=True).content.decode()
    )
    assert other_nurse.staff_roles.filter(clinic__slug="river").exists()


def test_cut_off_link_says_so():
    answer = Client().get("/accounts/invited/cut-off/")

    assert answer.status_code == 404
    assert "Was it cut off in your e-mail?" in answer.content.decode()
