"""The page on which staff make, see and end their API tokens."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.console.words import day_and_clock
from clinic.models import AccessRequest, ApiToken, AuditEvent
from clinic.services.accounts import access_requests
from clinic.services.core import tokens
from tests import factories
from tests.architecture.test_access import client_of

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-Password-of-staff-9"


@pytest.fixture
def signed_in(nurse):
    """A browser in which the nurse has typed the password."""
    nurse.set_password(PASSWORD)
    nurse.save(update_fields=["password"])
    client = Client()
    client.post("/accounts/login/", {"login": nurse.email, "password": PASSWORD})
    return client


def api(token):
    return Client().get("/api/v1/patients/", headers={"Authorization": f"Bearer {token}"}).status_code


def made_by(client, label="Export"):
    """The token that the page shows once."""
    answer = client.post("/accounts/tokens/new/", {"label": label, "days": "30"})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode().split("<code>")[1].split("</code>")[0]


def test_a_token_is_shown_once_listed_and_revoked(signed_in):
    token = made_by(signed_in)

    assert api(token) == 200
    page = signed_in.get("/accounts/tokens/").content.decode()
    assert "Export" in page and token not in page
    row = ApiToken.objects.get()
    # Two of one name are told apart by when they were made.
    assert f"made {day_and_clock(row.created_at)}" in page
    assert row.expires_at - row.created_at == timedelta(days=30)

    signed_in.post(f"/accounts/tokens/{row.pk}/revoke/")

    assert api(token) == 401
    assert "Export" not in signed_in.get("/accounts/tokens/").content.decode()


def test_a_session_that_lies_open_makes_none(signed_in):
    session = signed_in.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()

    answer = signed_in.post("/accounts/tokens/new/", {"label": "Export", "days": "30"})

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("form", [{"label": "", "days": "30"}, {"label": "x", "days": "4000"}], ids=str)
def test_nonsense_is_refused(signed_in, form):
    assert signed_in.post("/accounts/tokens/new/", form).status_code == 422
    assert not ApiToken.objects.exists()


def test_nobody_makes_tokens_without_end(signed_in, nurse):
    for number in range(tokens.MOST_ALIVE):
        tokens.issue(user=nurse, label=str(number), days=1, now=timezone.now())

    answer = signed_in.post("/accounts/tokens/new/", {"label": "One more", "days": "30"})

    assert answer.status_code == 422
    assert "Revoke one" in answer.content.decode()


def test_a_token_of_a_colleague_is_not_there(signed_in, other_nurse):
    tokens.issue(user=other_nurse, label="Theirs", days=1, now=timezone.now())

    assert "Theirs" not in signed_in.get("/accounts/tokens/").content.decode()
    assert signed_in.post(f"/accounts/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404


def test_changing_the_password_ends_them(signed_in):
    token = made_by(signed_in)
    new = "another-long-Password-of-staff-9"

    signed_in.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert api(token) == 401
    assert AuditEvent.objects.get(action="token.all_revoked").detail["because"] == "password"


def test_signing_out_everywhere_else_ends_them(signed_in, nurse):
    token = made_by(signed_in)
    client_of(nurse).get("/accounts/")

    signed_in.post("/accounts/sessions/")

    assert api(token) == 401
    assert AuditEvent.objects.get(action="token.all_revoked").detail["because"] == "lost_phone"


def test_a_password_that_an_operator_sets_ends_them(signed_in, nurse):
    token = made_by(signed_in)
    operator = factories.UserFactory(is_staff=True, is_superuser=True)
    new = "another-long-Password-of-staff-9"

    client_of(operator).post(
        f"/admin/clinic/user/{nurse.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true"},
    )
    lead = factories.StaffFactory(clinic=nurse.staff_roles.get().clinic, role="administrator").user
    access_requests.agree(request_id=AccessRequest.objects.get().pk, by=lead, now=timezone.now())

    nurse.refresh_from_db()
    assert nurse.check_password(new)
    assert api(token) == 401
