import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import Escalation, Shift, ShiftNotice, ShiftPattern, ShiftSwap, WeeklyTest
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, ticks
from clinic.services.escalations import scoring
from clinic.services.rota import test_pages
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin").user


@pytest.fixture
def pia(clinic):
    now = timezone.now()
    return factories.CoveringStaffFactory(
        clinic=clinic, user__name="Pia Proven", phone_verified_at=now, phone_tested_at=now
    )


def local(at):
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def test_empty_rota_says_what_happens_and_who_may_change_it(nurse, admin):
    for user, may in ((nurse, False), (admin, True)):
        page = browser(user).get("/console/rota/").content.decode()

        assert "This clinic has no shifts yet." in page
        assert ("Add a weekly shift" in page) is may


def test_shift_is_asked_for_in_words_that_a_nurse_knows(admin, pia):
    for address in ("weekly/new", "shifts/new"):
        page = browser(admin).get(f"/console/rota/{address}/?clinic=river").content.decode()

        assert '<label class="label" for="id_layer">On call as</label>' in page
        assert "Primary is paged first" in page
        assert "by the clinic's clock (New York)." in page
        assert not re.search(r"layer|America/", re.sub(r"<[^>]+>", "", page), re.IGNORECASE)


def test_administrator_fills_the_week_and_takes_a_shift_off(admin, nurse, pia):
    client = browser(admin)
    weekly = {"person": pia.pk, "layer": "primary", "weekdays": [0, 1, 2, 3, 4, 5, 6], "starts": "07:00"}
    client.post(
        "/console/rota/weekly/new/",
        {**weekly, "ends": "07:00", "first_date": "2026-01-05", "every_weeks": "1", "clinic": "river"},
    )
    starts = timezone.now() + timedelta(days=1)
    client.post(
        "/console/rota/shifts/new/",
        {
            "person": pia.pk,
            "layer": "backup",
            "starts_at": local(starts),
            "ends_at": local(starts + timedelta(hours=8)),
        },
    )

    page = browser(nurse).get(f"/console/rota/?week={starts:%Y-%m-%d}").content.decode()
    assert page.count("Pia Proven") >= 15
    assert "Gap: nobody" not in page
    assert "Take off" not in page
    client.post(f"/console/rota/shifts/{Shift.objects.get().pk}/cancel/")
    client.post(f"/console/rota/weekly/{ShiftPattern.objects.get().pk}/end/")
    assert Shift.objects.get().cancelled_by == admin
    assert ShiftPattern.objects.get().ended_by == admin


def test_unproven_person_is_refused_in_clear_words(admin, nurse):
    starts = timezone.now() + timedelta(days=1)
    answer = browser(admin).post(
        "/console/rota/shifts/new/",
        {
            "person": nurse.staff_roles.get().pk,
            "layer": "primary",
            "starts_at": local(starts),
            "ends_at": local(starts + timedelta(hours=8)),
        },
    )

    assert answer.status_code == 422
    assert "Nora Nurse cannot fill a shift yet: the phone number is not verified" in answer.content.decode()
    assert Shift.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layer": "physician"}, "Only physicians are on call as “Physician”."),
        ({"ends_at": "2020-01-01T10:00"}, "The end must come after the beginning"),
        ({"person": ""}, "Choose a person."),
    ],
    ids=["role", "turned", "nobody"],
)
def test_wrong_shift_is_explained(admin, pia, clinic, changes, words):
    starts = timezone.now() + timedelta(days=1)
    good = {"person": pia.pk, "layer": "primary", "starts_at": local(starts)}
    good["ends_at"] = local(starts + timedelta(hours=8))

    answer = browser(admin).post("/console/rota/shifts/new/", {**good, **changes})

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_gap_is_marked_by_word_and_icon(nurse, pia):
    now = timezone.now()
    factories.ShiftFactory(staff=pia, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))

    page = browser(nurse).get("/console/rota/").content.decode()

    assert "Gap: nobody" in page
    assert "gaps in the next 14 days" in page
    assert "icons.svg#urgent" in page


def test_layers_that_must_be_filled_are_saved(admin, clinic):
    browser(admin).post("/console/rota/layers/", {"layers": ["physician"], "clinic": "river"})

    clinic.refresh_from_db()
    assert clinic.filled_layers == ["primary", "physician"]


def test_person_proves_a_number_by_a_texted_code(nurse):
    client, staff = browser(nurse), nurse.staff_roles.get()
    assert "Number not verified" in client.get("/console/rota/mine/").content.decode()
    client.post(f"/console/rota/mine/{staff.pk}/number/", {"phone": "(201) 555-0142"})
    code = re.search(r"\d{6}", Message.objects.get().body).group()

    wrong = client.post(f"/console/rota/mine/{staff.pk}/code/", {"code": "no"})
    right = client.post(f"/console/rota/mine/{staff.pk}/code/", {"code": code}, follow=True)

    assert wrong.status_code == 422
    assert "This is not the code" in wrong.content.decode()
    assert "Your number is verified." in right.content.decode()
    staff.refresh_from_db()
    assert staff.phone == "+12015550142"


@pytest.mark.parametrize(("phone", "words"), [("", "Enter a cell"), ("12", "Enter a phone number")])
def test_wrong_number_is_explained(nurse, phone, words):
    staff = nurse.staff_roles.get()

    answer = browser(nurse).post(f"/console/rota/mine/{staff.pk}/number/", {"phone": phone})

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_shift_and_test_are_confirmed_by_their_buttons(nurse, clinic):
    now, staff = timezone.now(), nurse.staff_roles.get()
    notice = factories.ShiftNoticeFactory(
        staff=staff, starts_at=now + timedelta(minutes=20), ends_at=now + timedelta(hours=8), sent_at=now
    )
    drill = test_pages.send(staff_id=staff.pk, by=nurse, now=now)
    client = browser(nurse)
    page = client.get("/console/rota/mine/").content.decode()
    assert "Confirm that you are there." in page
    assert "Test page." in page

    client.post(f"/console/rota/shifts/confirm/{notice.pk}/")
    client.post(f"/console/rota/tests/{drill.pk}/answer/")

    assert ShiftNotice.objects.get().confirmed_at is not None
    drill.refresh_from_db()
    assert drill.answered_at is not None


def test_shift_is_handed_over_between_two_people(clinic, nurse, pia):
    bob = factories.CoveringStaffFactory(
        clinic=clinic, user__name="Bob", phone_verified_at=timezone.now(), phone_tested_at=timezone.now()
    )
    starts = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    factories.ShiftFactory(staff=pia, starts_at=starts, ends_at=starts + timedelta(hours=8))
    giver, taker = browser(pia.user), browser(bob.user)
    link = re.search(r"/console/rota/swaps/new/\?[^\"]+", giver.get("/console/rota/mine/").content.decode())
    address = link.group().replace("&amp;", "&")
    assert "Hand a shift over" in giver.get(address).content.decode()
    wanted = {"staff": pia.pk, "layer": "primary", "starts": f"{starts:%Y%m%dT%H%MZ}"}

    unfit = giver.post("/console/rota/swaps/new/", {**wanted, "person": nurse.staff_roles.get().pk})
    asked = giver.post("/console/rota/swaps/new/", {**wanted, "person": bob.pk}, follow=True)
    twice = giver.post("/console/rota/swaps/new/", {**wanted, "person": bob.pk})
    swap = ShiftSwap.objects.get()
    offered = taker.get("/console/rota/mine/").content.decode()
    taken = taker.post(f"/console/rota/swaps/{swap.pk}/answer/", {"answer": "accept"}, follow=True)
    again = taker.post(f"/console/rota/swaps/{swap.pk}/answer/", {"answer": "decline"}, follow=True)
    gone = giver.get(address, follow=True)

    assert (unfit.status_code, twice.status_code) == (422, 422)
    assert "number is not verified" in unfit.content.decode()
    assert "Until they accept, the shift stays yours." in asked.content.decode()
    assert "Pia Proven asks you to take a shift." in offered
    assert "The shift is yours." in taken.content.decode()
    assert "This was answered before" in again.content.decode()
    assert "This shift is not yours any more" in gone.content.decode()


def test_calendar_is_read_by_a_secret_that_can_be_ended(nurse, clinic, patient):
    starts = timezone.now() + timedelta(days=1)
    factories.ShiftFactory(
        staff=nurse.staff_roles.get(), starts_at=starts, ends_at=starts + timedelta(hours=8)
    )
    client, anonymous = browser(nurse), Client()
    page = client.post("/console/rota/mine/calendar/", {"act": "make"}).content.decode()
    path = re.search(r"http://testserver(/console/rota/calendar/[\w-]+\.ics)", page).group(1)

    answer = anonymous.get(path)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert f"DTSTART:{starts:%Y%m%dT%H%M}" in text
    assert patient.family_name not in text
    assert path not in client.get("/console/rota/mine/").content.decode()
    client.post("/console/rota/mine/calendar/", {"act": "make"})
    assert anonymous.get(path).status_code == 404
    client.post("/console/rota/mine/calendar/", {"act": "revoke"})
    nurse.is_active = False
    assert "Make an address" in client.get("/console/rota/mine/").content.decode()


def test_calendar_ends_with_the_account(nurse):
    page = browser(nurse).post("/console/rota/mine/calendar/", {"act": "make"}).content.decode()
    path = re.search(r"http://testserver(/console/rota/calendar/[\w-]+\.ics)", page).group(1)
    nurse.is_active = False
    nurse.save(update_fields=["is_active"])

    assert Client().get(path).status_code == 404


def test_administrator_of_another_clinic_finds_none_of_it(other_clinic, clinic, pia):
    stranger = browser(factories.StaffFactory(clinic=other_clinic, role="administrator").user)
    pattern, shift = factories.ShiftPatternFactory(staff=pia), factories.ShiftFactory(staff=pia)

    for address in (
        "/console/rota/?clinic=river",
        "/console/rota/shifts/new/?clinic=river",
        "/console/rota/weekly/new/?clinic=river",
    ):
        assert stranger.get(address).status_code == 404
    for address in (
        f"/console/rota/shifts/{shift.pk}/cancel/",
        f"/console/rota/weekly/{pattern.pk}/end/",
        f"/console/rota/people/{pia.pk}/test/",
    ):
        assert stranger.post(address).status_code == 404
    assert stranger.post("/console/rota/layers/", {"clinic": "river"}).status_code == 404


def test_every_page_says_when_the_engine_stands_still(nurse):
    assert "nobody is being paged" in browser(nurse).get("/console/patients/").content.decode()

    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=timezone.now())

    assert "nobody is being paged" not in browser(nurse).get("/console/patients/").content.decode()


def test_administrator_sends_the_weekly_test_and_it_is_marked_on_the_worklist(admin, nurse, clinic, patient):
    client = browser(admin)
    sent = client.post("/console/rota/weekly-test/", {"clinic": "river"}, follow=True).content.decode()
    again = client.post("/console/rota/weekly-test/", {"clinic": "river"}, follow=True).content.decode()
    scoring.score(report_id=WeeklyTest.objects.get().report_id, now=timezone.now())

    assert "The test has begun." in sent
    assert "The last test has not been answered yet." in again
    assert "Nobody has answered it yet." in again
    nurse_page = browser(nurse)
    worklist = nurse_page.get("/console/").content.decode()
    assert "Weekly test: nobody is ill" in worklist
    escalation = Escalation.objects.get()
    panel = nurse_page.get(f"/console/escalations/{escalation.pk}/").content.decode()
    assert "it then closes by itself" in panel
    assert f"/console/patients/{escalation.patient_id}/" not in panel
    assert nurse_page.get(f"/console/patients/{escalation.patient_id}/").status_code == 404
    assert "Weekly Test" not in nurse_page.get("/console/patients/").content.decode()


def test_every_page_but_the_worklist_says_that_nobody_watches(nurse, clinic):
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.UNWATCHED, subject="", now=timezone.now())

    assert (
        "No worklist has been open for a minute." in browser(nurse).get("/console/patients/").content.decode()
    )
    assert "No worklist has been open for a minute." not in browser(nurse).get("/console/").content.decode()


@pytest.mark.parametrize(("own", "hours"), [((), 0), ((-8,), 16), ((-8, 8), 24), ((9,), 0)])
def test_shift_that_meets_ones_own_is_asked_for_with_how_long_that_is(clinic, pia, own, hours):
    now = timezone.now()
    bob = factories.CoveringStaffFactory(clinic=clinic, phone_verified_at=now, phone_tested_at=now)
    starts = (now + timedelta(days=1)).replace(second=0, microsecond=0)
    factories.ShiftFactory(staff=pia, starts_at=starts, ends_at=starts + timedelta(hours=8))
    for offset in own:
        at = starts + timedelta(hours=offset)
        factories.ShiftFactory(staff=bob, starts_at=at, ends_at=at + timedelta(hours=8))
    wanted = {"staff": pia.pk, "layer": "primary", "starts": f"{starts:%Y%m%dT%H%MZ}", "person": bob.pk}
    browser(pia.user).post("/console/rota/swaps/new/", wanted)

    asked = browser(bob.user).get("/console/rota/mine/").content.decode()

    assert "asks you to take a shift." in asked
    assert re.findall(r"on call for (\d+) hours? on end", asked) == ([str(hours)] if hours else [])


def test_who_cannot_be_reached_stands_first(admin, clinic, pia):
    factories.StaffFactory(clinic=clinic, role="nurse", user__name="Zoe Unproven", phone=None)

    listed = browser(admin).get("/console/rota/").content.decode().split('id="people-title"')[1]

    assert listed.index("Zoe Unproven") < listed.index("Pia Proven")
