from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.models import ApiToken
from clinic.services.core import tokens
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/patients/"


@pytest.mark.parametrize(
    "header", [None, "Bearer nonsense", "Bearer ", "Bearer", "Bearer kw_é", "Basic eDp5", "Token x"]
)
def test_without_a_good_token_answers_401(header):
    response = Client().get(LIST, **({"HTTP_AUTHORIZATION": header} if header else {}))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize("change", ["expired", "revoked", "inactive"])
def test_token_that_has_ended_answers_401(as_nurse, nurse, change):
    assert as_nurse.get(LIST).status_code == 200
    if change == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "revoked":
        tokens.revoke(token_id=ApiToken.objects.get().pk, by=nurse, now=timezone.now())
    else:
        nurse.is_active = False
        nurse.save(update_fields=["is_active"])

    assert as_nurse.get(LIST).status_code == 401


def test_hundred_bad_tokens_from_one_address_answer_429_and_good_ones_go_on(as_caregiver):
    guesser = APIClient()
    guesser.credentials(HTTP_AUTHORIZATION="Bearer guess")

    codes = [guesser.get(LIST).status_code for _ in range(102)]

    assert codes[:100] == [401] * 100
    assert codes[100:] == [429, 429]
    stopped = guesser.get(LIST)
    assert int(stopped.headers["Retry-After"]) > 0
    assert stopped.json()["error"]["code"] == "too_many_requests"
    assert as_caregiver.get(LIST).status_code == 200
    assert guesser.get(LIST, REMOTE_ADDR="198.51.100.7").status_code == 401


def test_session_reads_without_csrf_token_and_changes_only_with_one(nurse, patient, body, report_url):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nurse)

    assert browser.get(LIST).status_code == 200
    refused = browser.put(report_url, body(), content_type="application/json")
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["error"]["message"]
    browser.get("/accounts/")
    token = browser.cookies["csrftoken"].value
    done = browser.put(report_url, body(), content_type="application/json", HTTP_X_CSRFTOKEN=token)
    assert done.status_code == 201, done.content


def test_request_that_another_site_started_is_refused(nurse, body, report_url):
    browser = Client()
    browser.force_login(nurse)

    response = browser.put(
        report_url, body(), content_type="application/json", headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403


def test_user_without_any_role_sees_nothing(call_as, patient):
    client = call_as(factories.UserFactory())

    assert client.get(LIST).json()["results"] == []
    assert client.get(f"{LIST}{patient.pk}/").status_code == 404
