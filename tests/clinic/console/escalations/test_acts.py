import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import ColleagueRequest, Contact, Escalation
from clinic.services.escalations import lifecycle, opinions, transfers
from tests import cases, factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def ben(clinic):
    return factories.StaffFactory(clinic=clinic, user__name="Ben Second")


@pytest.fixture
def taken(patient, caregiver, nurse):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())


def post(person, escalation, act, **data):
    return signed_in(person).post(f"/console/escalations/{escalation.pk}/{act}/", data, follow=True)


def fresh(escalation):
    return Escalation.objects.get(pk=escalation.pk)


def test_call_is_logged_with_its_end(nurse, taken, patient):
    member = patient.care_team.get().pk

    response = post(
        nurse, taken, "notes", **{"note-called": member, "note-reached": "no", "note-text": "Rang ten times"}
    )

    assert "The note is saved." in text_of(response)
    assert "Called the family: not reached" in text_of(response)
    contact = Contact.objects.get()
    assert (contact.member_id, contact.reached, contact.note) == (member, False, "Rang ten times")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Write what was said first."),
        ({"note-called": "other"}, "Say whether you reached them."),
        ({"note-reached": "yes"}, "Choose whom you called."),
    ],
)
def test_half_a_call_is_not_logged(nurse, taken, data, said):
    response = post(nurse, taken, "notes", **data)

    assert response.status_code == 422
    assert said in text_of(response)
    assert Contact.objects.count() == 0


def test_could_not_reach_asks_for_calls_and_then_pages_the_next(nurse, taken):
    data = {"resolve-outcome": "could_not_reach"}
    refused = post(nurse, taken, "resolve", **data)
    assert refused.status_code == 409
    assert "Log two calls in a row that nobody answered, then try again. On record so far: 0." in text_of(
        refused
    )

    for _ in range(2):
        post(nurse, taken, "notes", **{"note-called": "other", "note-reached": "no"})
    done = post(nurse, taken, "resolve", **data)

    assert "This stays open. It waits again, and the next person is being paged." in text_of(done)
    assert fresh(taken).state == "open"


def test_snooze_shows_until_when_and_why(nurse, taken):
    response = post(nurse, taken, "snooze", **{"snooze-minutes": "10", "snooze-reason": "Waits for the lab"})

    assert re.search(r"Set aside until \d\d:\d\d: Waits for the lab\.", text_of(response))
    assert fresh(taken).snoozed_until is not None


@pytest.mark.parametrize("minutes", ["30", "", "x"])
def test_snooze_offers_no_more_than_a_quarter_of_an_hour(nurse, taken, minutes):
    response = post(nurse, taken, "snooze", **{"snooze-minutes": minutes, "snooze-reason": "Lab"})

    assert response.status_code == 422
    assert fresh(taken).snoozed_until is None


def test_transfer_is_offered_shown_to_the_colleague_and_accepted(nurse, ben, taken):
    offered = post(
        nurse, taken, "transfer", **{"transfer-colleague": ben.pk, "transfer-text": "My shift ends"}
    )
    assert "Nora Nurse has it until they accept." in text_of(offered)

    seen = text_of(signed_in(ben.user).get(f"/console/escalations/{taken.pk}/"))
    assert "Nora Nurse asks you to take this over My shift ends" in seen
    assert "Nora Nurse asks you to take it over" in text_of(signed_in(ben.user).get("/console/"))

    post(ben.user, taken, "transfer/accept")
    assert fresh(taken).acknowledged_by == ben.user
    late = post(nurse, taken, "transfer/withdraw")
    assert late.status_code == 409
    assert "This is not asked of you any more." in text_of(late)


def test_transfer_is_declined_or_taken_back(nurse, ben, taken):
    for act, person, state in (("decline", ben.user, "declined"), ("withdraw", nurse, "withdrawn")):
        post(nurse, taken, "transfer", **{"transfer-colleague": ben.pk})
        post(person, taken, f"transfer/{act}")
        assert ColleagueRequest.objects.latest("asked_at").state == state
    assert fresh(taken).acknowledged_by == nurse


def test_transfer_needs_a_colleague(nurse, taken, other_nurse):
    for colleague in ("", other_nurse.staff_roles.get().pk):
        response = post(nurse, taken, "transfer", **{"transfer-colleague": colleague})
        assert response.status_code == 422


def test_opinion_is_asked_and_given(nurse, ben, taken):
    post(nurse, taken, "opinion", **{"opinion-colleague": ben.pk, "opinion-text": "Bring him in?"})
    assert "Nora Nurse asks what you think" in text_of(signed_in(ben.user).get("/console/"))

    empty = post(ben.user, taken, "opinion/answer", **{"answer-text": ""})
    assert empty.status_code == 422
    response = post(ben.user, taken, "opinion/answer", **{"answer-text": "Yes, now."})

    assert "Yes, now." in text_of(response)
    assert fresh(taken).acknowledged_by == nurse


def test_level_is_lowered_with_a_reason(nurse, taken):
    refused = post(nurse, taken, "level", **{"lower-level": "emergency", "lower-reason": "x"})
    assert refused.status_code == 422

    without = {"lower-level": "watch", "lower-reason": "Measured again 36.8"}
    unanswered = post(nurse, taken, "level", **without)
    assert unanswered.status_code == 422
    assert "Choose what came of it." in text_of(unanswered)
    assert fresh(taken).level == "urgent"

    response = post(nurse, taken, "level", **without, **{"lower-outcome": "mistaken_entry"})

    assert "Level lowered by a person" in text_of(response)
    assert "Entry was a mistake, checked with family: Measured again 36.8" in text_of(response)
    assert fresh(taken).level == "watch"


def test_below_urgent_already_no_outcome_is_asked_for(nurse, patient, caregiver):
    escalation = cases.escalate(patient, {**cases.NAUSEA, "vomiting": 2}, timezone.now())
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())

    post(nurse, escalation, "level", **{"lower-level": "watch", "lower-reason": "Keeps fluids down"})

    assert fresh(escalation).level == "watch"


def test_lowering_is_no_way_round_the_other_role(nurse, taken):
    taken.required_answers.create(role="physician")
    data = {"lower-level": "watch", "lower-reason": "Wrong", "lower-outcome": "mistaken_entry"}

    response = post(nurse, taken, "level", **data)

    assert response.status_code == 409
    assert "The other role must answer before this can be lowered: Physician." in text_of(response)
    assert fresh(taken).level == "urgent"


def test_colleague_is_offered_no_closing_and_is_refused(ben, taken):
    page = signed_in(ben.user).get(f"/console/escalations/{taken.pk}/")
    assert "Close it" not in text_of(page)

    response = post(ben.user, taken, "resolve", **{"resolve-outcome": "admitted"})

    assert response.status_code == 409
    assert "Nora Nurse has it, so only they close it. Take it over first, with a reason." in text_of(response)
    assert fresh(taken).state == "acknowledged"


def test_colleague_takes_over_and_the_first_is_told(nurse, ben, taken):
    post(ben.user, taken, "take-over", **{"over-reason": "Nora was called away"})
    assert fresh(taken).acknowledged_by == ben.user

    response = post(nurse, taken, "renew")
    assert response.status_code == 409
    assert "Ben Second has it now, so nothing was changed." in text_of(response)


def test_renew_and_what_it_says_when_the_lease_has_ended(nurse, taken):
    Escalation.objects.filter(pk=taken.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert "You have it for a full time again." in text_of(post(nurse, taken, "renew"))
    assert fresh(taken).lease_until > timezone.now() + timedelta(minutes=15)

    cases.report_by_family(taken.patient, cases.FEVER_AND_CONFUSION, timezone.now())
    response = post(nurse, taken, "renew")
    assert "You do not have it any more: it is waiting again." in text_of(response)


def test_closed_in_between_and_not_taken_are_told(nurse, ben, taken):
    lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="admitted", note="", now=timezone.now())

    response = post(nurse, taken, "snooze", **{"snooze-minutes": "10", "snooze-reason": "Lab"})

    assert response.status_code == 409
    assert "Somebody closed this already." in text_of(response)


def test_worklist_row_says_who_has_it_until_when_and_what_is_owed(nurse, ben, taken):
    transfers.offer(escalation_id=taken.pk, by=nurse, to_staff_id=ben.pk, text="", now=timezone.now())
    opinions.ask(escalation_id=taken.pk, by=nurse, of_staff_id=ben.pk, text="Well?", now=timezone.now())
    taken.required_answers.create(role="physician")

    page = text_of(signed_in(nurse).get("/console/"))

    # In the last half hour before the clinic's midnight it names the day, too.
    clock = r"(\w+ \d+, )?\d\d:\d\d"
    assert re.search(rf"Nora Nurse took it at {clock}, has it until {clock}", page)
    assert "offered to Ben Second, not accepted yet" in page
    assert "still needs: Physician" in page


def test_physician_joins_where_both_roles_are_owed(nurse, taken, clinic):
    physician = factories.StaffFactory(clinic=clinic, role="physician").user
    taken.required_answers.create(role="physician")
    assert "I answer too, for my role" in text_of(
        signed_in(physician).get(f"/console/escalations/{taken.pk}/")
    )
    blocked = post(nurse, taken, "resolve", **{"resolve-outcome": "admitted"})
    assert "The other role must answer before this can be closed: Physician." in text_of(blocked)

    post(physician, taken, "acknowledge")

    assert fresh(taken).acknowledged_by == nurse
    assert not taken.required_answers.filter(answered_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("renew", {}),
        ("snooze", {"snooze-minutes": "5", "snooze-reason": "x"}),
        ("transfer", {}),
        ("transfer/accept", {}),
        ("opinion", {}),
        ("level", {}),
        ("take-over", {"over-reason": "x"}),
    ],
)
def test_outsider_finds_no_such_escalation(other_nurse, taken, act, data):
    assert post(other_nurse, taken, act, **data).status_code == 404
