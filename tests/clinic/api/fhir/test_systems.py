"""Another system at the FHIR address: it signs, gets a token, and reads what was agreed at its own clinic."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.models import AuditEvent, Patient, SystemClient, SystemToken
from clinic.rules.fhir import capability
from clinic.services.accounts import system_clients
from clinic.services.core import rate_limits
from tests import factories
from tests.fakes import system as fakes

# A name of the right form that no system has.
NOBODY = "00000000-0000-4000-8000-000000000000"

pytestmark = pytest.mark.django_db

TOKEN = "/fhir/auth/token"
WHOM = "system_client"


@pytest.fixture
def audience(settings) -> str:
    return f"{settings.PUBLIC_BASE_URL}{TOKEN}"


@pytest.fixture
def system(clinic, settings):
    return factories.SystemClientFactory(clinic=clinic)


@pytest.fixture
def administrator(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def ask(system, audience):
    """Ask for a token as a well-behaved system does, but for what is said here."""

    def send(*, pair=None, scope="system/*.rs", headers=None, form=None, **changes):
        signer = pair or fakes.rsa_pair()
        assertion = signer.sign(fakes.claims(system.pk, audience, **changes), **(headers or {}))
        return post({"scope": scope, "client_assertion": assertion, **(form or {})})

    return send


def post(form, client=None):
    said = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        **form,
    }
    body = "&".join(f"{name}={value}" for name, value in said.items() if value is not None)
    return (client or APIClient()).post(TOKEN, body, content_type="application/x-www-form-urlencoded")


def reader(token) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def refused(response, code) -> None:
    assert (response.status_code, response.json()) == (400, {"error": code})
    assert response["Cache-Control"] == "no-store, private"


def acts(action) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("pk"))


def because() -> list[str]:
    return [one.detail["because"] for one in acts("system_token.refused")]


def test_signed_request_is_given_a_token_that_reads_the_clinics_records(ask, system, patient):
    answer = ask()

    told = answer.json()
    assert answer.status_code == 200
    assert {**told, "access_token": ""} == {
        "access_token": "",
        "token_type": "bearer",
        "expires_in": 300,
        "scope": "system/*.rs",
    }
    assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store, private", "no-cache")
    found = reader(told["access_token"]).get("/fhir/Patient").json()
    assert [one["resource"]["id"] for one in found["entry"]] == [str(patient.pk)]
    system.refresh_from_db()
    assert system.last_token_at is not None
    assert told["access_token"] not in {SystemToken.objects.get().token_hash, ""}


def test_every_kind_that_metadata_names_can_be_had(ask, patient, caregiver):
    factories.ReportFactory(patient=patient, author=caregiver, answers={"pulse": 90})
    client = reader(ask().json()["access_token"])

    for kind in capability.SEARCHES:
        address = f"/fhir/{kind}" if kind == "Patient" else f"/fhir/{kind}?patient={patient.pk}"
        assert client.get(address).status_code == 200, kind
    assert client.get(f"/fhir/Patient/{patient.pk}/$everything").status_code == 200


def test_audit_names_the_system_and_no_person(ask, system, clinic, patient):
    client = reader(ask().json()["access_token"])
    client.get(f"/fhir/Patient/{patient.pk}")
    client.get("/fhir/Patient")

    rows = [*acts("system_token.issued"), *acts("patient.viewed"), *acts("patients.listed")]
    assert [(one.actor_kind, one.actor_id, one.clinic_id) for one in rows] == [
        ("other_system", system.pk, clinic.pk)
    ] * 3


def test_curve_is_as_good(ask, system):
    system.keys = [fakes.rsa_pair().public, fakes.ec_pair().public]
    system.save()

    assert ask(pair=fakes.ec_pair()).status_code == 200


def test_audience_may_be_one_of_several(ask, audience):
    assert ask(aud=["https://elsewhere.example/token", audience]).status_code == 200


def test_configuration_says_where_and_how(audience):
    told = APIClient().get("/fhir/.well-known/smart-configuration")

    assert told["Content-Type"] == "application/json"
    said = told.json()
    assert said["token_endpoint"] == audience
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert "system/Observation.rs" in said["scopes_supported"]
    assert said["capabilities"] == ["client-confidential-asymmetric", "permission-v2"]


# What proves nothing


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"aud": "https://elsewhere.example/fhir/auth/token"}, "claims"),
        ({"aud": None}, "claims"),
        ({"iss": None, "sub": None}, None),
        ({"sub": NOBODY}, "claims"),
        ({"sub": None}, "claims"),
        ({"jti": None}, "claims"),
        ({"jti": ""}, "claims"),
        ({"jti": 7}, "claims"),
        ({"jti": "x" * 256}, "claims"),
        ({"exp": None}, "claims"),
        ({"exp": "tomorrow"}, "claims"),
        ({"exp": True}, "claims"),
        ({"iss": "nobody"}, None),
        ({"iss": NOBODY, "sub": NOBODY}, None),
    ],
    ids=str,
)
def test_claims_that_prove_nothing_are_refused(ask, changes, why):
    refused(ask(**changes), "invalid_client")

    assert because() == ([why] if why else [])
    assert not SystemToken.objects.exists()


def test_one_that_begins_later_is_not_good_yet(ask):
    refused(ask(nbf=int(time.time()) + 120), "invalid_client")


def test_same_signed_request_counts_once(ask, system, audience):
    said = fakes.claims(system.pk, audience)
    form = {"scope": "system/*.rs", "client_assertion": fakes.rsa_pair().sign(said)}

    first, second = post(form), post(form)
    # Signed anew, with another end: the same name is the same request.
    third = ask(jti=said["jti"], exp=int(time.time()) + 100)

    assert first.status_code == 200
    refused(second, "invalid_client")
    refused(third, "invalid_client")
    assert because() == ["used", "used"]
    assert SystemToken.objects.count() == 1


def test_two_systems_may_use_the_same_name_for_a_request(ask, clinic, audience):
    other = factories.SystemClientFactory(clinic=clinic)
    said = fakes.claims(other.pk, audience)
    ask(jti=said["jti"])

    answer = post({"scope": "system/*.rs", "client_assertion": fakes.rsa_pair().sign(said)})

    assert answer.status_code == 200


def test_unsigned_text_is_refused(ask, system, audience):
    parts = [{"alg": "none", "typ": "JWT", "kid": "one"}, fakes.claims(system.pk, audience)]
    text = ".".join(_encoded(json.dumps(one).encode()) for one in parts)

    for assertion in (f"{text}.", f"{text}.{_encoded(b'signed')}", text, "a.b.c", "", "."):
        answer = post({"scope": "system/*.rs", "client_assertion": assertion})
        refused(answer, "invalid_client" if assertion else "invalid_request")


def test_public_key_does_not_sign_as_a_shared_secret(system, audience):
    pem = fakes.rsa_pair().private.public_key()
    secret = pem.public_bytes(*_pem())
    head = {"alg": "HS256", "typ": "JWT", "kid": "one"}
    text = ".".join(_encoded(json.dumps(one).encode()) for one in (head, fakes.claims(system.pk, audience)))
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()

    refused(
        post({"scope": "system/*.rs", "client_assertion": f"{text}.{_encoded(signature)}"}), "invalid_client"
    )
    assert because() == ["signature"]


@pytest.mark.parametrize(
    ("pair", "headers", "why"),
    [
        (fakes.Pair(fakes.rsa_pair("another").private, "RS384", "one"), {}, "signature"),
        (fakes.rsa_pair("another"), {}, "key"),
        (fakes.rsa_pair(), {"kid": None}, "key"),
        (fakes.rsa_pair(), {"alg": "RS256"}, "signature"),
        (fakes.rsa_pair(), {"alg": "PS384"}, "signature"),
        (fakes.Pair(fakes.ec_pair().private, "ES384", "one"), {}, "signature"),
    ],
    ids=["another-key", "unknown-kid", "no-kid", "RS256", "PS384", "curve-under-the-name-of-rsa"],
)
def test_what_none_of_its_keys_has_signed_is_refused(ask, pair, headers, why):
    refused(ask(pair=pair, headers=headers), "invalid_client")

    assert because() == [why]


def test_key_that_the_text_brings_along_is_not_looked_at(ask):
    stranger = fakes.Pair(fakes.rsa_pair("another").private, "RS384", "one")
    headers = {"jwk": stranger.public, "jku": "https://elsewhere.example/keys"}

    refused(ask(pair=stranger, headers=headers), "invalid_client")


# What is asked for


@pytest.mark.parametrize(
    "scope",
    [
        *("", " ", "system/*.rs ", "system/Patient.rs", "system/*.s", "system/*.r"),
        *("system/*.cruds", "system/Patient.c", "system/Patient.write", "system/*.read", "user/*.rs"),
        *("system/Device.rs", "system/Observation.rs?category=laboratory", "openid", "system/Observation.sr"),
    ],
)
def test_more_than_was_agreed_or_is_known_is_refused(ask, system, scope):
    system.scopes = "system/Observation.rs system/Task.rs"
    system.save()

    refused(ask(scope=scope), "invalid_scope")
    assert not SystemToken.objects.exists()


@pytest.mark.parametrize(
    ("scope", "can", "cannot"),
    [
        ("system/Patient.r", ["Patient/{id}"], ["Patient", "Observation?patient={id}"]),
        ("system/Patient.s", ["Patient"], ["Patient/{id}", "Patient/{id}/$everything"]),
        (
            "system/Observation.rs system/Task.rs",
            ["Observation?patient={id}", "Task?patient={id}"],
            ["Patient", "Patient/{id}", "QuestionnaireResponse?patient={id}", "Patient/{id}/$everything"],
        ),
        ("system/*.s", ["Patient", "Observation?patient={id}"], ["Patient/{id}", "Patient/{id}/$everything"]),
        ("system/*.rs", ["Patient/{id}/$everything"], []),
    ],
)
def test_token_does_what_its_scopes_say(ask, patient, scope, can, cannot):
    client = reader(ask(scope=scope).json()["access_token"])

    for address in can:
        assert client.get(f"/fhir/{address.format(id=patient.pk)}").status_code == 200, address
    for address in cannot:
        answer = client.get(f"/fhir/{address.format(id=patient.pk)}")
        assert answer.status_code == 403, address
        assert answer.json()["issue"][0]["diagnostics"] == "The scopes of this token do not cover it."
    assert len(acts("access.refused")) == len(cannot)


def test_nothing_is_written(ask, patient):
    client = reader(ask().json()["access_token"])
    before = Patient.objects.count()

    bundle = {"resourceType": "Bundle", "type": "collection", "entry": []}
    answer = client.post(
        "/fhir/$import?mode=commit", json.dumps(bundle), content_type="application/fhir+json"
    )

    assert answer.status_code == 403
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"/fhir/Patient/{patient.pk}").status_code == 405
    assert Patient.objects.count() == before


def test_another_clinics_patient_is_not_there_and_the_try_is_on_record(ask, system, clinic):
    other = factories.PatientFactory()
    report = factories.ReportFactory(patient=other, answers={"pulse": 90})
    client = reader(ask().json()["access_token"])

    for address in (
        f"Patient/{other.pk}",
        f"Patient/{other.pk}/$everything",
        f"Observation?patient={other.pk}",
        f"QuestionnaireResponse/{report.pk}",
    ):
        assert client.get(f"/fhir/{address}").status_code == 404, address
    for address in ("Patient", f"Patient?_id={other.pk}"):
        assert "entry" not in client.get(f"/fhir/{address}").json()
    denied = acts("access.denied")
    assert {(one.actor_kind, one.actor_id, one.clinic_id) for one in denied} == {
        ("other_system", system.pk, other.clinic_id)
    }


def test_token_is_no_key_to_any_other_door(ask, patient):
    client = reader(ask().json()["access_token"])

    for address in ("/api/v1/patients/", f"/api/v1/patients/{patient.pk}/", "/api/v1/exports/audit.csv"):
        assert client.get(address).status_code == 401
    assert client.get("/console/").status_code == 302


def test_token_ends_after_five_minutes(ask, patient):
    token = ask().json()["access_token"]
    row = SystemToken.objects.get()
    assert row.expires_at - row.issued_at == timedelta(minutes=5)
    assert reader(token).get("/fhir/Patient").status_code == 200

    SystemToken.objects.update(expires_at=timezone.now())

    assert reader(token).get("/fhir/Patient").status_code == 401


@pytest.mark.parametrize("token", ["kwsys_", "kwsys_unknown", "kwsys_" + "x" * 5000, "kwsys_\ud800"])
def test_made_up_token_is_refused_and_counted(token):
    client = APIClient()
    for _ in range(rate_limits.ALLOWED_PER_WINDOW):
        rate_limits.count_failure(kind="token", source="127.0.0.1")

    answer = client.get("/fhir/Patient", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert answer.status_code == 429


def test_ended_system_gets_no_token_and_its_old_ones_open_nothing(ask, system, administrator, patient):
    token = ask().json()["access_token"]
    now = timezone.now()
    system_clients.end(client_id=system.pk, by=administrator, now=now)

    refused(ask(), "invalid_client")
    assert reader(token).get("/fhir/Patient").status_code == 401
    assert reader(token).get(f"/fhir/Patient/{patient.pk}").status_code == 401


# The door itself


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"client_assertion": None}, "invalid_request"),
        ({"client_assertion_type": None}, "invalid_client"),
        (
            {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
            "invalid_client",
        ),
        ({"scope": None}, "invalid_scope"),
    ],
)
def test_form_that_is_not_right_is_told_so(ask, form, code):
    refused(ask(form=form), code)


def test_what_nobody_asked_for_is_ignored_and_what_counts_stands_once(ask, audience, system):
    assert ask(form={"client_id": "me", "resource": "x"}).status_code == 200

    answer = APIClient().post(
        TOKEN,
        "grant_type=client_credentials&grant_type=client_credentials&client_assertion=a",
        content_type="application/x-www-form-urlencoded",
    )
    refused(answer, "invalid_request")


def test_json_is_no_form(ask):
    answer = APIClient().post(TOKEN, {"grant_type": "client_credentials"}, format="json")

    assert answer.status_code == 415


def test_who_guesses_has_to_wait_and_the_right_key_does_not(ask):
    for _ in range(rate_limits.ALLOWED_PER_WINDOW):
        rate_limits.count_failure(kind="system", source="127.0.0.1")

    guess = ask(pair=fakes.rsa_pair("another"))

    assert (guess.status_code, guess["Retry-After"]) == (429, "600")
    assert ask().status_code == 200


def test_system_that_runs_wild_has_to_wait(ask, system, settings):
    settings.API_CALLS_PER_MINUTE = 2
    token = ask().json()["access_token"]
    assert reader(token).get("/fhir/Patient").status_code == 200

    assert reader(token).get("/fhir/Patient").status_code == 429
    wild = ask()
    assert (wild.status_code, wild["Retry-After"]) == (429, "60")


# Keys at an address


@pytest.fixture
def publisher(system, settings):
    with fakes.publishing(fakes.rsa_pair()) as fake:
        settings.LISTENER_TEST_PEER = fake.url
        system.keys, system.keys_address = [], f"{fake.url}/keys"
        system.save()
        yield fake


def test_keys_of_an_address_are_read_once_a_minute(ask, publisher):
    assert [ask().status_code for _ in range(2)] == [200, 200]
    assert len(publisher.asked) == 1

    # A stranger who names the system makes us ask no more often.
    refused(ask(pair=fakes.rsa_pair("another")), "invalid_client")
    assert len(publisher.asked) == 1


def test_key_that_is_withdrawn_opens_nothing_after_a_minute(ask, publisher):
    assert ask().status_code == 200
    publisher.body = fakes.key_set(fakes.ec_pair()).encode()

    until = SystemClient.objects.get().keys_until
    assert until < timezone.now() + timedelta(minutes=1)
    SystemClient.objects.update(keys_until=timezone.now())

    refused(ask(), "invalid_client")
    assert ask(pair=fakes.ec_pair()).status_code == 200


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b""),
        (302, b""),
        (200, b"{"),
        (200, b"[]"),
        (200, b'{"keys": []}'),
        (200, b'{"keys": 7}'),
        (200, b" " * 65_537),
        (200, b'{"keys": [{"kty": "RSA"}], "keys": []}'),
    ],
)
def test_what_is_no_set_of_keys_lets_nobody_in(ask, publisher, status, body):
    publisher.status, publisher.body = status, body

    refused(ask(), "invalid_client")
    assert because() == ["key"]
    assert publisher.asked == ["/keys"]


def test_private_key_at_the_address_lets_nobody_in(ask, publisher):
    told = json.loads(publisher.body)
    told["keys"][0]["d"] = "AQAB"
    publisher.body = json.dumps(told).encode()

    refused(ask(), "invalid_client")


def test_address_that_leads_inside_is_not_asked(ask, system, settings):
    system.keys, system.keys_address = [], "https://localhost.example/keys"
    system.save()

    refused(ask(), "invalid_client")
    assert SystemClient.objects.get(pk=system.pk).keys == []


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _pem():
    from cryptography.hazmat.primitives import serialization

    return serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
