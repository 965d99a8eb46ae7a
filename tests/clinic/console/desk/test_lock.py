"""A locked desk: what a session sees then, through every door, and how it is opened."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import DeskSession, Escalation
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, tokens
from clinic.services.desk import handovers, lock
from clinic.services.escalations import lifecycle, transfers, worries
from tests import cases, factories

MINUTE = timedelta(minutes=1)
HTMX = {"HX-Request": "true"}


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def desk(nurse):
    return signed_in(nurse)


@pytest.fixture
def escalation(patient, caregiver):
    return cases.escalate(patient, cases.FEVER, timezone.now() - 6 * MINUTE)


@pytest.fixture
def locked(desk, escalation):
    assert desk.post("/console/desk/lock/").url == "/console/"
    return desk


def unlock(desk, secret=factories.PASSWORD, headers=None, **wanted):
    data = {"unlock-secret": secret, **{f"unlock-{name}": value for name, value in wanted.items()}}
    return desk.post("/console/desk/unlock/", data, headers=headers or {})


@pytest.mark.parametrize("address", ["/console/", "/console/worklist/"])
def test_locked_list_keeps_levels_counts_and_timers_and_hides_names(locked, patient, escalation, address):
    response = locked.get(address)

    page = response.content.decode()
    for hidden in (patient.given_name, patient.family_name, "38.6", "Temperature"):
        assert hidden not in page
    text = text_of(response)
    for said in (
        "Waiting for you 1",
        "Urgent",
        "Name hidden",
        "day ",
        "6 min",
        "over 5 min",
        "Unlock to take it",
    ):
        assert said in text
    for mark in ('data-locked="yes"', "data-sounds", 'data-level="urgent"', 'data-waiting="1"'):
        assert mark in page


def test_everything_that_holds_a_name_or_words_of_the_list_is_hidden(
    desk, clinic, nurse, patient, escalation
):
    """Alarms with phones, worries with words, offers with notes, drills, the families' own names."""
    now = timezone.now()
    family = factories.CareTeamMemberFactory(patient=factories.PatientFactory(clinic=clinic))
    worries.record(
        worry_id=family.patient.pk,
        patient_id=family.patient.pk,
        by=family.user,
        told_at=now,
        now=now,
        words="He is so pale",
    )
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.TEXT_RECEIVED, subject=family.pk, now=now)
    factories.EscalationFactory(patient=factories.PatientFactory(clinic=clinic), is_drill=True)
    ben = factories.StaffFactory(clinic=clinic, user__name="Ben Second")
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    transfers.offer(
        escalation_id=escalation.pk, by=nurse, to_staff_id=ben.pk, text="Ask about the cough", now=now
    )
    secrets = [
        *clinic.patients.values_list("family_name", flat=True),
        family.user.name,
        str(family.user.phone),
        family.user.phone.as_national,
        "He is so pale",
        "Ask about the cough",
    ]
    open_page = desk.get("/console/").content.decode()
    assert {one for one in secrets if one in open_page} >= {patient.family_name, "He is so pale"}

    desk.post("/console/desk/lock/")
    page = desk.get("/console/").content.decode()

    assert [one for one in secrets if one in page] == []
    assert "A text message came in that nobody has read" in page
    assert "offered to Ben Second, not accepted yet" in page


def test_rows_that_change_while_the_desk_is_locked_have_no_name(locked, patient, escalation):
    page = locked.get(f"/console/worklist/?rows={escalation.pk}&q={patient.family_name}", headers=HTMX)

    text = page.content.decode()
    assert f'data-id="{escalation.pk}"' in text
    assert "Name hidden" in text
    for hidden in (patient.given_name, patient.family_name, "38.6"):
        assert hidden not in text


def test_reload_and_a_second_tab_unlock_nothing_but_another_session_is_open(locked, nurse, patient):
    for _ in range(2):
        assert patient.family_name not in locked.get("/console/").content.decode()

    assert patient.family_name in signed_in(nurse).get("/console/").content.decode()


def test_desk_that_nothing_is_heard_of_is_locked_without_scripts_too(desk, escalation, patient):
    desk.get("/console/")
    DeskSession.objects.update(active_at=timezone.now() - 8 * MINUTE)

    assert "Name hidden" in text_of(desk.get("/console/"))


def test_refetches_are_no_sign_of_a_person_but_pages_and_the_browsers_word_are(desk, escalation):
    desk.get("/console/")
    before = timezone.now() - 6 * MINUTE
    for act, counts in (
        (lambda: desk.get("/console/worklist/", headers=HTMX), False),
        (lambda: desk.get("/console/rota/"), True),
        (lambda: desk.post("/console/desk/active/"), True),
    ):
        DeskSession.objects.update(active_at=before)
        act()
        assert (DeskSession.objects.get().active_at != before) is counts


def test_other_pages_of_staff_are_a_sign_of_them_too(desk, escalation):
    desk.get("/console/")
    before = timezone.now() - 6 * MINUTE
    DeskSession.objects.update(active_at=before)

    desk.get("/accounts/")

    assert DeskSession.objects.get().active_at != before


def test_who_has_no_console_has_no_desk_that_locks(clinic):
    educator = signed_in(factories.StaffFactory(clinic=clinic, role="educator").user)

    educator.get("/cms/")
    educator.get("/console/")

    assert DeskSession.objects.count() == 0


def test_text_that_is_being_written_is_not_lost_to_a_lock(desk, nurse, clinic):
    factories.StaffFactory(user=nurse, clinic=factories.ClinicFactory(), role="educator")
    desk.get("/console/")
    DeskSession.objects.update(active_at=timezone.now() - 60 * MINUTE)

    assert desk.get("/cms/", follow=True).status_code == 200
    assert desk.get("/accounts/").url == "/console/"


def test_every_other_door_is_shut(locked, escalation, patient):
    page = f"/console/patients/{patient.pk}/"

    assert locked.get(page).url == f"/console/?next={page.replace('/', '%2F')}"
    assert locked.get(page, headers=HTMX).status_code == 423
    assert locked.get(f"/console/escalations/{escalation.pk}/live/", headers=HTMX).status_code == 423
    assert locked.post(f"/console/escalations/{escalation.pk}/acknowledge/").url == "/console/"
    assert locked.get(f"/api/v1/patients/{patient.pk}/").status_code == 423
    assert locked.get("/accounts/pin/").url == "/console/"
    assert Escalation.objects.get().state == "open"


def test_token_of_a_program_is_not_locked_with_the_desk_but_opens_no_page(locked, nurse):
    token = tokens.issue(user=nurse, label="Export", days=1, now=timezone.now())
    by_token = {"Authorization": f"Bearer {token}"}

    assert locked.get("/api/v1/patients/", headers=by_token).status_code == 200
    assert locked.get("/api/v1/patients/", headers={"Authorization": "Basic x"}).status_code == 423
    assert locked.get("/console/patients/", headers=by_token).status_code == 302


def test_password_unlocks_and_leads_where_the_person_wanted(locked, patient):
    page = f"/console/patients/{patient.pk}/"

    assert unlock(locked, next=page).url == page
    assert locked.get(page).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/accounts/", ""])
def test_unlock_leads_nowhere_but_into_the_console(locked, elsewhere):
    assert unlock(locked, next=elsewhere).url == "/console/"


def test_acknowledging_asks_for_the_pin_and_takes_with_it(locked, nurse, escalation):
    lock.set_pin(by=nurse, password=factories.PASSWORD, pin="2580", now=timezone.now())
    asked = locked.get(f"/console/?take={escalation.pk}").content.decode()
    assert f'name="unlock-take" value="{escalation.pk}"' in asked
    assert "Your PIN" in asked

    wrong = unlock(locked, "0852", take=escalation.pk)
    assert wrong.status_code == 422
    assert "This is neither your PIN nor your password." in text_of(wrong)
    assert f'name="unlock-take" value="{escalation.pk}"' in wrong.content.decode()
    assert Escalation.objects.get().state == "open"

    right = unlock(locked, "2580", take=escalation.pk)
    assert right.url == f"/console/escalations/{escalation.pk}/"
    assert Escalation.objects.get().acknowledged_by == nurse


def test_unlock_in_place_answers_with_the_panel_its_address_and_the_moment(locked, escalation, patient):
    response = unlock(locked, headers=HTMX, take=escalation.pk)

    assert patient.full_name in response.content.decode()
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == f"/console/escalations/{escalation.pk}/"
    assert "desk:unlocked" in response["HX-Trigger-After-Swap"]


def test_wrong_in_place_redraws_the_bar_alone(locked):
    response = unlock(locked, "wrong", headers=HTMX)

    assert (response.status_code, response["HX-Retarget"]) == (422, "#lock-bar")
    assert "This is not your password." in text_of(response)
    assert "Urgent" not in text_of(response)


def test_taken_by_a_colleague_meanwhile_is_told_after_the_unlock(locked, clinic, escalation):
    ben = factories.StaffFactory(clinic=clinic, user__name="Ben Second").user
    lifecycle.acknowledge(escalation_id=escalation.pk, by=ben, now=timezone.now())

    response = unlock(locked, headers=HTMX, take=escalation.pk)

    assert response.status_code == 409
    assert "just before you. You do not have it." in text_of(response)


def test_name_that_was_clicked_is_opened_after_the_unlock(locked, escalation):
    assert unlock(locked, open=escalation.pk).url == f"/console/escalations/{escalation.pk}/"


def test_too_many_wrong_tries_leave_the_alarms_and_a_sign_in(locked, nurse, escalation):
    for _ in range(5):
        last = unlock(locked, "wrong")

    assert "There were too many wrong tries. Sign in again to see names. Alarms go on." in text_of(last)
    assert "Waiting for you 1" in text_of(last)
    assert "Name hidden" in text_of(locked.get("/console/"))
    assert locked.post("/accounts/logout/", {"next": "/accounts/login/"}).url == "/accounts/login/"
    locked.force_login(nurse)
    assert "Name hidden" not in text_of(locked.get("/console/"))


def test_right_password_comes_too_late_after_too_many_wrong_tries(locked):
    for _ in range(5):
        unlock(locked, "wrong")

    again = unlock(locked)
    assert (again.status_code, "Sign in again" in text_of(again)) == (422, True)


def test_nothing_typed_asks_again_and_counts_for_nothing(locked):
    for _ in range(6):
        response = unlock(locked, "")

    assert "Type your password." in text_of(response)
    assert unlock(locked).status_code == 302


def test_script_is_told_the_moment_of_the_lock(desk, escalation):
    answer = desk.post("/console/desk/lock/", headers={"Accept": "application/json"}).json()

    assert answer["at"] == DeskSession.objects.get().locked_at.isoformat()


def test_bar_is_there_while_it_is_locked_only(desk, escalation):
    before = desk.get("/console/desk/bar/").content.decode()
    desk.post("/console/desk/lock/")
    after = desk.get("/console/desk/bar/").content.decode()

    assert ("unlock-secret" in before, "unlock-secret" in after) == (False, True)


def test_handover_on_a_locked_list_names_colleagues_and_opens_nothing(desk, nurse, clinic, escalation):
    ben = factories.StaffFactory(clinic=clinic, user__name="Ben Second")
    handovers.hand_over(
        clinic_id=clinic.pk,
        by=nurse,
        to_staff_id=ben.pk,
        notes={},
        seen={str(escalation.pk)},
        now=timezone.now(),
    )
    theirs = signed_in(ben.user)
    theirs.post("/console/desk/lock/")

    page = theirs.get("/console/")

    assert "Nora Nurse hands over to you. 1 line is not signed yet." in text_of(page)
    assert "/console/handover/" not in page.content.decode().split('id="worklist"')[1]


def set_pin(client, password=factories.PASSWORD, pin="2580", again=None):
    return client.post(
        "/accounts/pin/", {"password": password, "pin": pin, "again": pin if again is None else again}
    )


def test_pin_is_set_changed_and_removed_on_the_account_page(desk, nurse):
    assert "Set the PIN" in text_of(desk.get("/accounts/pin/"))

    assert set_pin(desk).url == "/accounts/"
    assert "Your PIN is set." in text_of(desk.get("/accounts/"))
    assert "Change the PIN" in text_of(desk.get("/accounts/pin/"))
    assert desk.post("/accounts/pin/remove/").url == "/accounts/"
    assert not lock.has_pin(nurse)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pin": "1234"}, "Choose four to eight digits, not all the same and not in a row."),
        ({"again": "2581"}, "The two PINs differ."),
        ({"password": "not mine"}, "This is not your password."),
        ({"password": ""}, "Type your password."),
    ],
)
def test_pin_that_is_refused_says_why(desk, nurse, given, said):
    response = set_pin(desk, **given)

    assert response.status_code == 422
    assert said in text_of(response)
    assert not lock.has_pin(nurse)


def test_password_is_not_guessed_on_the_pin_page(desk):
    for _ in range(5):
        last = set_pin(desk, password="not mine")

    assert last.url == "/accounts/login/"
    assert desk.get("/console/").url == "/accounts/login/?next=/console/"
