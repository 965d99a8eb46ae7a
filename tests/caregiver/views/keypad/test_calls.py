"""A check-in by telephone from the first ring to the paged nurse, through the webhooks of the fake vendor."""

import logging

import pytest
from django.utils import timezone

from caregiver.services.keypad import left
from clinic.models import AuditEvent, Escalation, KeypadCall, Page, Report
from clinic.queries.reports import authors
from clinic.services.escalations import scoring
from clinic.services.paging import chain
from notifications.models import Message
from notifications.services import dispatch
from tests import factories
from tests.caregiver.views.keypad.conftest import CLINIC_NUMBER, CODE

pytestmark = pytest.mark.django_db

ENGLISH, ARABIC = "1", "4"
WRONG_CODES = ("111112", "222223", "333334")
# No medicine, no steroid, no chills; no readings; nothing new in three steps; no worry, not alone.
REST = ("2", "2", "1", "1", "1", "1", "1", "1", "2")


def signed_in(telephone, language=ENGLISH):
    call = telephone()
    call.dial(CLINIC_NUMBER)
    call.press(language, CODE)
    return call


def nurse_is_paged(now):
    """What the engine does by itself: score, page, hand over to the vendor."""
    for report in Report.objects.filter(state="received"):
        scoring.score(report_id=report.pk, now=now)
    chain.send_due(now=now)
    dispatch.send_due(now=now)


def test_english_check_in_with_wrong_key_silence_hang_up_and_call_back_pages_a_nurse(
    twilio, telephone, caregiver, patient, on_call, clock, minutes
):
    call = telephone()
    assert call.dial(CLINIC_NUMBER).startswith("If somebody is in danger, hang up and call 9 1 1 now.")
    assert call.languages == ("en-US", "es-MX", "cmn-CN", "arb", "vi-VN")
    assert call.press("8").startswith("If somebody is in danger")
    assert "Type your 6-digit code." in call.press(ENGLISH)
    assert call.press("111111") == "That is not right. Type your 6-digit code once more."
    assert call.press(CODE).startswith("Do you see any of these right now? Press 1: Will not wake up.")
    assert call.press("9").startswith("That key does nothing here. Do you see any of these")
    assert call.wait().startswith("We heard no key. Do you see any of these")
    assert call.press("0").startswith("What is the temperature? Type the number with its tenth.")
    assert call.press("700").startswith("We cannot read “700” as a temperature.")
    assert call.press("1022").startswith("You typed 1 0 2 point 2 degrees Fahrenheit.")
    assert not Report.objects.exists()

    # They hang up before the reading is confirmed: nothing says so but that no key comes.
    minutes(2)
    left.follow_up(now=timezone.now())
    assert not Message.objects.exists()
    minutes(2)
    left.follow_up(now=timezone.now())
    left.follow_up(now=timezone.now())
    dispatch.send_due(now=timezone.now())
    assert [(one["to"], one["from"]) for one in twilio.calls] == [(str(caregiver.phone), CLINIC_NUMBER)]
    assert "Twiml" not in twilio.call_forms[0]

    back = telephone()
    said = back.take(twilio.calls[0], twilio.call_forms[0])
    assert said == (
        "Kinwatch: time for the check-in. To start, press 1. To stop these calls, press 9."
        " If somebody is in danger, hang up and call 9 1 1 now."
    )
    assert back.press("1") == "Type your 6-digit code."
    assert back.press(CODE).startswith("We go on with the answers from before. Do you see any of these")
    back.press("0", "1022", "1")
    # What must not wait for the end of the questions is said now.
    assert back.said.startswith("Call the 24-hour line now. Call 2 0 1, 5 5 5, 0 1 0 1 now.")
    said = back.press(*REST)
    assert said.startswith("Call the 24-hour line now.")
    assert "Your answers are sent." in said

    report = Report.objects.get()
    assert (report.author, report.patient, report.source, report.language) == (
        caregiver,
        patient,
        "voice",
        "en",
    )
    assert (report.answers["temp_value"], report.answers["temp_unit"]) == ("102.2", "F")
    assert authors.name_of(report) == "Carla Caregiver, by telephone keypad"
    nurse_is_paged(timezone.now())
    assert Escalation.objects.get().level == "urgent"
    assert Page.objects.get(number=1).staff == on_call
    assert twilio.texts[0]["to"] == str(on_call.phone)
    minutes(20)
    left.follow_up(now=timezone.now())
    assert Report.objects.count() == 1
    assert Message.objects.filter(purpose="checkin").count() == 1


def test_arabic_check_in_with_wrong_key_silence_hang_up_and_call_back_pages_a_nurse(
    twilio, telephone, caregiver, patient, on_call, clock, minutes
):
    call = signed_in(telephone, ARABIC)
    assert call.languages == ("arb",)
    asked = call.said
    assert not any("a" <= one.lower() <= "z" for one in asked)
    assert call.press("9").endswith(asked)
    assert call.wait().endswith(asked)
    call.press("0", "375", "1")

    minutes(4)
    left.follow_up(now=timezone.now())
    dispatch.send_due(now=timezone.now())
    back = telephone()
    back.take(twilio.calls[0], twilio.call_forms[0])
    assert back.languages == ("arb",)
    back.press("1", CODE, "0")
    # Medicine that hides a fever, hard shaking, and much worry.
    said = back.press("1", "2", "4", "1", "1", "1", "1", "3", "2")

    assert back.languages == ("arb",)
    assert "2 0 1, 5 5 5, 0 1 0 1" in said
    report = Report.objects.get()
    assert (report.source, report.language, report.answers["worry"]) == ("voice", "ar", 2)
    nurse_is_paged(timezone.now())
    assert Escalation.objects.get().level in {"urgent", "emergency"}
    assert Page.objects.get(number=1).staff == on_call


def test_danger_sign_is_stored_and_advised_at_the_first_key(telephone, caregiver, on_call, clock):
    call = signed_in(telephone)

    said = call.press("1")

    assert said.startswith("Call 9 1 1 now. Call 9 1 1 now. Do not wait.")
    assert Report.objects.get().answers == {"red_flags": ["cannot_wake"]}
    assert not call.is_over
    assert call.press("*").startswith("Call 9 1 1 now.")
    call.press("1")
    assert call.is_over


def test_request_that_comes_twice_or_late_changes_nothing(telephone, caregiver, clock):
    call = signed_in(telephone)
    before = call.requests[-1]
    after_no_sign = call.press("0")

    assert call.repeat() == after_no_sign
    assert call.send(before) == after_no_sign
    call.press("984", "1", *REST)
    assert Report.objects.count() == 1
    last = call.said
    assert call.repeat() == last
    assert call.send(before) == last
    assert Report.objects.count() == 1
    # The company begins the same call anew: it goes on where it is.
    assert call.dial(CLINIC_NUMBER) == last
    assert KeypadCall.objects.count() == 1


def test_forged_request_is_refused_before_anything_is_read(telephone, caregiver, clock):
    call = signed_in(telephone)
    known = call.requests[-1]

    for address in (known.address, known.address.replace("/keypad/", "/keypad/called/").partition("?")[0]):
        answer = call.client.post(address.replace(call.base, ""), known.params)
        assert answer.status_code in (403, 404)
    assert call.client.post("/hooks/twilio/keypad/", known.params).status_code == 403
    assert call.client.get("/hooks/twilio/keypad/").status_code == 405


def test_known_and_unknown_numbers_hear_the_same(telephone, caregiver, clock):
    heard = {}
    for number in (str(caregiver.phone), "+16175550199"):
        call = telephone(number)
        heard[number] = [
            call.dial(CLINIC_NUMBER),
            *(call.press(one) for one in (ENGLISH, "12", *WRONG_CODES)),
        ]

    first, second = heard.values()
    assert first == second
    assert first[-1] == (
        "If somebody is in danger, hang up and call 9 1 1 now."
        " To talk to a person, call 2 0 1, 5 5 5, 0 1 0 1."
    )


def test_code_is_tried_five_times_an_hour_whatever_the_cache_says(telephone, caregiver, clock, minutes):
    for tries in (3, 2):
        call = telephone()
        call.dial(CLINIC_NUMBER)
        call.press(ENGLISH, *["000000"] * tries)
    call = telephone()
    call.dial(CLINIC_NUMBER)
    call.press(ENGLISH, CODE)
    assert call.is_over
    assert AuditEvent.objects.filter(action="keypad.refused").count() == 2

    minutes(61)
    assert signed_in(telephone).said.startswith("Do you see any of these")


def test_code_of_somebody_else_on_the_same_number_is_theirs(telephone, caregiver, patient, phone, clock):
    factories.CareTeamMemberFactory(patient=patient, user__name="Nobody's code", user__phone=phone)

    call = signed_in(telephone)
    call.press("1")

    assert Report.objects.get().author == caregiver


def test_several_patients_on_one_phone_are_asked_by_given_name(telephone, caregiver, patient, clinic, clock):
    other = factories.PatientFactory(clinic=clinic, given_name="Rosa")
    gone = factories.PatientFactory(clinic=clinic, given_name="Gone", status="died")
    for one in (other, gone):
        factories.CareTeamMemberFactory(patient=one, user=caregiver)

    call = signed_in(telephone)
    assert call.said == f"For Rosa, press 1. For {patient.given_name}, press 2."
    assert patient.family_name not in call.said
    call.press("2")
    assert call.said == f"This is about {patient.given_name}. If that is right, press 1. If not, press 2."
    # A slip of the key: back to the choice, and nothing is asked before the name is right.
    call.press("2")
    assert call.said.startswith("For Rosa, press 1.")
    call.press("1", "5")
    assert call.said.startswith("That key does nothing here. This is about Rosa.")
    call.press("1", "1")

    assert Report.objects.get().patient == other


def test_whoever_hangs_up_at_a_name_leaves_nothing_behind(telephone, caregiver, patient, clinic, minutes):
    other = factories.PatientFactory(clinic=clinic, given_name="Rosa")
    factories.CareTeamMemberFactory(patient=other, user=caregiver)
    signed_in(telephone).press("1")

    minutes(5)
    left.follow_up(now=timezone.now())

    assert not Report.objects.exists()
    assert not Message.objects.filter(purpose="checkin").exists()


@pytest.mark.parametrize("status", ["died", "ended"])
def test_nobody_is_asked_about_a_patient_whose_care_is_over(telephone, caregiver, patient, clock, status):
    patient.status = status
    patient.save(update_fields=["status"])

    call = signed_in(telephone)

    assert call.is_over
    assert call.said.startswith("We take no check-ins for you at this number. If somebody is in danger")


def test_access_that_ends_during_the_call_leaves_the_emergency_words(telephone, caregiver, patient, clock):
    call = signed_in(telephone)
    patient.care_team.update(ended_at=timezone.now(), ended_by=caregiver)

    said = call.press("1")

    assert not Report.objects.exists()
    assert "call 9 1 1 now" in said
    assert call.is_over


def test_number_of_no_clinic_names_the_emergency_number_and_keeps_nothing(telephone, clinic, clock):
    call = telephone()

    assert "call 9 1 1 now" in call.dial("+12025550000")
    assert call.is_over
    assert not KeypadCall.objects.exists()


def test_withheld_number_gets_no_further_than_the_code(telephone, caregiver, clock):
    call = telephone("anonymous")
    call.dial(CLINIC_NUMBER)
    call.press(ENGLISH, CODE, CODE, CODE)

    assert call.is_over


def test_report_that_cannot_be_stored_does_not_hold_the_advice_back(
    telephone, caregiver, clock, minutes, settings, monkeypatch
):
    """The limit of reports an hour stands for whatever refuses it."""
    settings.REPORTS_PER_HOUR = 0
    call = signed_in(telephone)

    said = call.press("1")

    assert said.startswith("Call 9 1 1 now.")
    assert "We could not keep your answers." in said
    assert not Report.objects.exists()
    # What was answered is still there, and goes out as soon as it can.
    settings.REPORTS_PER_HOUR = 60
    minutes(4)
    left.follow_up(now=timezone.now())
    assert Report.objects.get().answers == {"red_flags": ["cannot_wake"]}


def test_failure_of_ours_is_answered_with_the_emergency_number(telephone, caregiver, clock, patient):
    call = signed_in(telephone, ARABIC)
    KeypadCall.objects.update(progress={"unknown": 1})

    said = call.press("1")

    assert "9 1 1" in said
    assert call.languages == ("arb",)


def test_who_presses_a_key_after_all_goes_on_and_is_not_called_back(telephone, caregiver, clock, minutes):
    call = signed_in(telephone)
    call.press("0")
    minutes(4)
    left.follow_up(now=timezone.now())
    assert Message.objects.filter(purpose="checkin").exists()

    call.press("984", "1", *REST)

    assert Report.objects.count() == 1
    minutes(20)
    left.follow_up(now=timezone.now())
    assert Message.objects.filter(purpose="checkin").count() == 1


@pytest.mark.parametrize(("chills", "sources"), [("2", ["voice"]), ("1", [])], ids=["cold", "nothing new"])
def test_family_that_is_not_reached_again_is_sent_only_where_it_matters(
    telephone, caregiver, clock, minutes, chills, sources
):
    """Called back twice in vain. What was mild is left for silence to tell."""
    call = signed_in(telephone)
    call.press("0", "984", "1", "2", "2", chills)
    for _ in range(4):
        minutes(16)
        left.follow_up(now=timezone.now())

    assert list(Report.objects.values_list("source", flat=True)) == sources
    assert KeypadCall.objects.get().next_at is None


def test_what_is_pressing_is_sent_as_soon_as_the_call_is_cut_off(telephone, caregiver, clock, minutes):
    call = signed_in(telephone)
    call.press("0", "1022", "1")

    minutes(4)
    left.follow_up(now=timezone.now())

    assert Report.objects.get().answers["temp_value"] == "102.2"
    assert not Message.objects.filter(purpose="checkin").exists()


def test_nobody_pressing_anything_three_times_ends_the_call(telephone, caregiver, clock):
    call = signed_in(telephone)

    for _ in range(3):
        call.wait()

    assert call.is_over
    assert call.said.startswith("We stop here. Call again to go on.")


def test_no_answer_name_or_code_is_logged_or_sent_on(telephone, caregiver, patient, clock, caplog):
    caplog.set_level(logging.DEBUG)
    call = signed_in(telephone)
    call.press("0", "1022", "1", *REST)

    written = caplog.text.lower()
    for word in (CODE, "1022", "102.2", "temperature", "red_flags", patient.family_name.lower()):
        assert word not in written
    assert all("102" not in one.address for one in call.requests)
