"""The page of systems that read records, as an administrator uses it."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEvent, SystemAlarm, SystemClient
from tests import factories
from tests.fakes import system as fakes

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-Password-of-staff-9"
ADDRESS = "https://engine.river.example/keys"


@pytest.fixture
def administrator(clinic):
    person = factories.StaffFactory(clinic=clinic, role="administrator").user
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


@pytest.fixture
def browser(administrator):
    """In which the password was typed a moment ago."""
    client = Client()
    client.post("/accounts/login/", {"login": administrator.email, "password": PASSWORD})
    return client


def let_in(client, **changes):
    form = {"name": "Engine", "kinds": ["Observation", "Patient"], "address": ADDRESS, "document": ""}
    return client.post(reverse("console_systems"), {**form, **changes})


def words(answer) -> str:
    return answer.content.decode()


def acts():
    return list(
        AuditEvent.objects.filter(subject_type="system_client")
        .order_by("pk")
        .values_list("action", "actor_kind")
    )


def test_system_is_let_in_shown_and_told_to_the_leads(browser, administrator, clinic):
    answer = let_in(browser)

    row = SystemClient.objects.get()
    assert (answer.status_code, row.name, row.created_by) == (302, "Engine", administrator)
    assert (row.scopes, row.keys_address, row.keys) == (
        "system/Patient.rs system/Observation.rs",
        ADDRESS,
        [],
    )
    page = words(browser.get(reverse("console_systems")))
    for told in (str(row.pk), "/fhir/auth/token", "system/Observation.rs", ADDRESS, "no token yet"):
        assert told in page
    alarm = SystemAlarm.objects.get(kind="system_let_in")
    assert (alarm.clinic, alarm.subject) == (clinic, str(row.pk))
    assert "Engine" in words(browser.get(reverse("console_worklist")))
    assert acts() == [("system_client.registered", "person")]


def test_pasted_keys_are_kept_without_what_nobody_needs(browser):
    document = json.dumps({"keys": [{**fakes.rsa_pair().public, "x5c": ["a"]}]})

    let_in(browser, address="", document=document)

    [key] = SystemClient.objects.get().keys
    assert sorted(key) == ["e", "kid", "kty", "n"]
    assert "<code>one</code>" in words(browser.get(reverse("console_systems")))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Write what this system is."),
        ({"kinds": []}, "Choose what it may read."),
        ({"kinds": ["Device"]}, "Device"),
        ({"address": ""}, "Give its address or its keys, and not both."),
        ({"document": "{}"}, "Give its address or its keys, and not both."),
        ({"address": "http://engine.river.example/keys"}, "Write it as https://"),
        ({"address": "https://10.0.0.1/keys"}, "Write it as https://"),
        ({"address": "https://localhost.localdomain/keys"}, None),
        ({"address": "", "document": "keys"}, "This cannot be read."),
        ({"address": "", "document": '{"keys": [], "keys": []}'}, "This cannot be read."),
        ({"address": "", "document": "[]"}, "This is no JSON Web Key Set."),
        ({"address": "", "document": '{"keys": []}'}, "No key in it can be used."),
        ({"address": "", "document": '{"keys": [{"kty": "RSA", "d": "AA"}]}'}, "This holds a private key."),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_in_words_and_lets_nobody_in(browser, changes, told):
    answer = let_in(browser, **changes)

    if told:
        assert answer.status_code == 422
        assert told in words(answer)
        assert not SystemClient.objects.exists()


def test_same_name_twice_and_an_eleventh_are_refused(browser, clinic):
    let_in(browser)
    twice = let_in(browser)
    factories.SystemClientFactory.create_batch(9, clinic=clinic)
    many = let_in(browser, name="Another")

    assert (twice.status_code, many.status_code) == (422, 422)
    assert "A system of this name is on the list already." in words(twice)
    assert "There are ten already." in words(many)


def test_other_keys_take_the_place_of_those_before_and_are_told(browser, administrator, clinic):
    row = factories.SystemClientFactory(clinic=clinic, keys_address=ADDRESS)
    page = reverse("console_system_keys", args=[row.pk])

    wrong = browser.post(page, {"address": "", "document": ""})
    right = browser.post(page, {"address": "", "document": fakes.key_set(fakes.ec_pair())})

    assert (browser.get(page).status_code, wrong.status_code, right.status_code) == (200, 422, 302)
    row.refresh_from_db()
    assert (row.keys_address, [one["kid"] for one in row.keys], row.keys_until) == ("", ["curve"], None)
    assert SystemAlarm.objects.filter(kind="system_let_in", subject=str(row.pk)).count() == 1
    assert acts() == [("system_client.keys_replaced", "person")]


def test_ended_is_off_the_list_once_and_its_name_is_free(browser, administrator):
    let_in(browser)
    row = SystemClient.objects.get()

    for _ in range(2):
        browser.post(reverse("console_system_end", args=[row.pk]))

    row.refresh_from_db()
    assert row.ended_by == administrator
    assert acts().count(("system_client.ended", "person")) == 1
    assert not SystemAlarm.objects.filter(kind="system_let_in", cleared_at__isnull=True).exists()
    assert let_in(browser).status_code == 302


def test_keys_of_one_that_has_ended_are_not_changed(browser):
    let_in(browser)
    row = SystemClient.objects.get()
    browser.post(reverse("console_system_end", args=[row.pk]))

    answer = browser.post(reverse("console_system_keys", args=[row.pk]), {"address": ADDRESS, "document": ""})

    assert answer.status_code == 404


def test_session_that_lies_open_lets_nobody_in(browser):
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()

    answer = let_in(browser)

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not SystemClient.objects.exists()


def test_audit_names_it(browser, clinic):
    let_in(browser)
    row = SystemClient.objects.get()
    AuditEvent.objects.create(
        clinic_id=clinic.pk, actor_id=row.pk, actor_kind="other_system", action="patient.viewed"
    )

    page = words(browser.get(reverse("console_audit")))
    chosen = words(browser.get(f"{reverse('console_audit')}?person={row.pk}"))

    assert f">{row.name}</a>" in page
    assert f"selected>{row.name}</option>" in chosen
    assert "Let in a system that reads records" in page


def test_page_takes_as_many_queries_for_three_systems_as_for_one(browser, clinic):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("console_systems"))
        return len(asked)

    factories.SystemClientFactory(clinic=clinic)
    # The first page of a browser marks it as known.
    questions()
    one = questions()
    factories.SystemClientFactory.create_batch(2, clinic=clinic)

    assert questions() == one
