"""What programs do with an escalation that they have."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.services.escalations import lifecycle
from tests import cases, factories


@pytest.fixture
def taken(patient, nurse):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())


@pytest.fixture
def ben(clinic):
    return factories.StaffFactory(clinic=clinic, user__name="Ben Second")


@pytest.fixture
def post(client, taken):
    def _post(person, act, **body):
        client.force_login(person)
        address = f"/api/v1/escalations/{taken.pk}/{act}/"
        return client.post(address, body, content_type="application/json")

    return _post


def code(response):
    return response.status_code, response.json()["error"]["code"]


def test_escalation_tells_the_lease_the_owed_roles_and_whom_to_ask(client, nurse, taken, ben):
    client.force_login(nurse)
    told = client.get(f"/api/v1/escalations/{taken.pk}/").json()

    assert told["lease_until"] is not None
    assert (told["snoozed_until"], told["owed_roles"]) == (None, [])
    assert [one["name"] for one in told["colleagues"]] == ["Ben Second", "Nora Nurse"]
    assert told["colleagues"][0] == {"staff": ben.pk, "name": "Ben Second", "role": "nurse"}


def test_holder_renews_and_sets_aside(post, nurse):
    until = timezone.now() + timedelta(minutes=10)

    assert post(nurse, "renew").status_code == 200
    snoozed = post(nurse, "snooze", until=until.isoformat(), reason="Lab")

    assert snoozed.status_code == 200
    assert snoozed.json()["snoozed_until"] == snoozed.json()["lease_until"]
    too_long = post(nurse, "snooze", until=(until + timedelta(hours=1)).isoformat(), reason="Lab")
    assert too_long.status_code == 400


def test_two_calls_in_vain_let_could_not_reach_count(post, nurse):
    assert code(post(nurse, "resolve", outcome="could_not_reach")) == (409, "calls_needed")
    for _ in range(2):
        assert post(nurse, "contacts", who="Daughter", reached=False).status_code == 200

    handed_on = post(nurse, "resolve", outcome="could_not_reach", note="Nobody picks up")

    assert (handed_on.status_code, handed_on.json()["state"]) == (200, "open")


def test_transfer_moves_it_only_once_accepted(post, nurse, ben):
    offered = post(nurse, "transfer", staff=ben.pk, text="My shift ends")
    assert offered.json()["acknowledged_by"]["name"] == "Nora Nurse"

    accepted = post(ben.user, "transfer/accept")

    assert accepted.json()["acknowledged_by"]["name"] == "Ben Second"
    assert code(post(nurse, "renew")) == (409, "not_holder")
    assert code(post(nurse, "transfer/accept")) == (409, "nothing_asked")


def test_colleague_declines_and_the_sender_still_has_it(post, nurse, ben):
    post(nurse, "transfer", staff=ben.pk)
    assert code(post(nurse, "transfer/decline")) == (409, "nothing_asked")

    declined = post(ben.user, "transfer/decline", text="I am with another family")

    assert declined.json()["acknowledged_by"]["name"] == "Nora Nurse"
    last = declined.json()["events"][-1]
    assert (last["kind"], last["text"]) == ("transfer_declined", "I am with another family")
    assert code(post(ben.user, "transfer/accept")) == (409, "nothing_asked")


def test_sender_withdraws_what_the_colleague_can_then_not_accept(post, nurse, ben):
    post(nurse, "transfer", staff=ben.pk)
    assert code(post(ben.user, "transfer/withdraw")) == (409, "nothing_asked")

    withdrawn = post(nurse, "transfer/withdraw")

    assert withdrawn.status_code == 200
    assert withdrawn.json()["events"][-1]["kind"] == "transfer_withdrawn"
    assert code(post(ben.user, "transfer/accept")) == (409, "nothing_asked")
    assert code(post(nurse, "transfer/withdraw")) == (409, "nothing_asked")


def test_colleague_is_asked_answers_once_and_the_holder_keeps_it(post, nurse, ben):
    assert code(post(ben.user, "opinion", staff=ben.pk, text="Mine?")) == (409, "not_holder")
    asked = post(nurse, "opinion", staff=ben.pk, text="Would you call her in?")
    assert asked.status_code == 200
    assert code(post(nurse, "opinion/answer", text="Yes")) == (409, "nothing_asked")

    given = post(ben.user, "opinion/answer", text="Yes, tonight")

    assert given.json()["acknowledged_by"]["name"] == "Nora Nurse"
    last = given.json()["events"][-1]
    assert (last["kind"], last["by"]["name"], last["text"]) == ("opinion_given", "Ben Second", "Yes, tonight")
    assert code(post(ben.user, "opinion/answer", text="Again")) == (409, "nothing_asked")


def test_question_has_words_and_goes_to_a_colleague(post, nurse, other_nurse, ben):
    assert post(nurse, "opinion", staff=ben.pk, text=" ").status_code == 400
    assert post(nurse, "opinion", staff=other_nurse.staff_roles.get().pk, text="Well?").status_code == 400
    post(nurse, "opinion", staff=ben.pk, text="Well?")
    assert post(ben.user, "opinion/answer", text=" ").status_code == 400


def test_transfer_names_a_colleague(post, nurse, other_nurse):
    assert post(nurse, "transfer", staff=other_nurse.staff_roles.get().pk).status_code == 400


def test_colleague_takes_over_and_the_holder_lowers(post, nurse, ben):
    assert code(post(nurse, "take-over", reason="x")) == (409, "not_taken")
    assert post(ben.user, "take-over", reason="Nora was called away").status_code == 200

    facts = {"level": "same_day", "reason": "Measured again"}
    for outcome in ({}, {"outcome": ""}, {"outcome": "could_not_reach"}):
        refused = post(ben.user, "level", **facts, **outcome)
        assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, ["outcome"])
    lowered = post(ben.user, "level", **facts, outcome="mistaken_entry")

    assert lowered.json()["level"] == "same_day"
    assert post(ben.user, "level", level="urgent", reason="x").status_code == 400


def test_only_the_holder_closes(post, ben, taken):
    assert code(post(ben.user, "resolve", outcome="admitted")) == (409, "not_holder")


def test_second_role_must_answer_before_it_closes(post, nurse, taken, clinic):
    taken.required_answers.create(role="physician")
    assert code(post(nurse, "resolve", outcome="admitted")) == (409, "answer_missing")
    lower = {"level": "watch", "reason": "x", "outcome": "mistaken_entry"}
    assert code(post(nurse, "level", **lower)) == (409, "answer_missing")

    joined = post(factories.StaffFactory(clinic=clinic, role="physician").user, "acknowledge")

    assert (joined.status_code, joined.json()["owed_roles"]) == (200, [])


def test_closed_takes_nothing_more(post, nurse, taken):
    lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="admitted", note="", now=timezone.now())

    assert code(post(nurse, "contacts", who="Son", reached=True)) == (409, "already_resolved")
