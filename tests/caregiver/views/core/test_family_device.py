"""A phone on which a code alone has signed somebody in: it reports, and reads what it sent."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from caregiver.models import CheckinDraft, DeviceDraft, Phone
from caregiver.views.core.family_device import COOKIE, OPEN
from clinic.models import Escalation, FamilyDevice, Report
from clinic.services.core import tokens
from clinic.services.escalations import lifecycle, scoring
from clinic.services.patients import invitations
from notifications.models import Message
from tests import factories
from tests.architecture.addresses import addresses
from tests.caregiver import journeys
from tests.caregiver.views.account.test_sign_in import ask, texted_code, type_code
from tests.caregiver.views.phone.test_sync import hand_in, told


def sign_in(phone: str, client: Client | None = None) -> Client:
    """By the texted code, as whoever has the number does."""
    client = client or Client()
    ask(client, phone)
    type_code(client, texted_code())
    return client


@pytest.fixture
def known(caregiver: Any, phone: str) -> Client:
    """The first phone."""
    return sign_in(phone)


@pytest.fixture
def new(known: Client, phone: str) -> Client:
    """Another browser, with a code and nothing else."""
    return sign_in(phone)


@pytest.fixture
def tells_much(patient: Any, caregiver: Any) -> Report:
    """What nobody may read there."""
    answers = {"red_flags": [], "temp_value": "39.4", "temp_unit": "C", "confusion": 2}
    return factories.ReportFactory(patient=patient, author=caregiver, answers=answers)


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return str(answer.content.decode())


def test_first_phone_reads_everything_also_after_signing_out(known: Client, phone: str) -> None:
    assert known.get("/history/").status_code == 200
    known.post("/sign-out/")

    assert sign_in(phone, known).get("/history/").status_code == 200


def test_what_is_named_as_open_is_there() -> None:
    assert {one.name for one in addresses()} >= OPEN


def test_new_phone_is_told_what_works_and_who_opens_the_rest(new: Client, patient: Any) -> None:
    for path, status in (("/", 200), ("/history/", 403), ("/card/", 403), ("/settings/", 403)):
        page = text_of(new, path, status)
        assert "This phone is new here" in page
        assert "on your other phone" in page
        assert f"/check-in/{patient.pk}/" in page and 'href="tel:911"' in page


def test_no_page_of_it_says_who_is_treated_for_what(new: Client, patient: Any, tells_much: Report) -> None:
    patient.family_name = "Lindqvist"
    patient.save()
    factories.CareTeamMemberFactory(patient=patient, user__name="Harold Husband")
    shown = [text_of(new, "/"), text_of(new, "/history/", 403), text_of(new, f"/check-in/{patient.pk}/")]
    shown += [text_of(new, "/learn/"), text_of(new, f"/patient/{patient.pk}/")]

    for page in shown:
        assert not re.search(rf"Lindqvist|Harold|39\.4|{patient.product}|Day \d", page)
    assert new.get(f"/reports/{tells_much.pk}/").status_code == 404
    assert new.post(f"/reports/{tells_much.pk}/correct/").status_code == 404


def test_two_of_one_given_name_are_told_apart_and_no_more_is_said_of_others(
    new: Client, patient: Any, caregiver: Any
) -> None:
    def looked_after(given: str, family: str, born: str) -> Any:
        one = factories.PatientFactory(
            clinic=patient.clinic, given_name=given, family_name=family, birth_date=born
        )
        factories.CareTeamMemberFactory(patient=one, user=caregiver)
        return one

    helen = looked_after("Helen", "Lindqvist", "1950-01-01")
    senior, junior = looked_after("Robert", "Lin", "1958-03-01"), looked_after("Robert", "Lin", "1985-05-05")
    other = looked_after("Robert", "Linn", "1961-09-09")

    home = text_of(new, "/")
    assert "Robert Lin, born Mar 1, 1958" in home and "Robert Lin, born May 5, 1985" in home
    assert re.search(r">Robert Linn<", home) and re.search(r">Helen<", home)
    assert not re.search(r"Lindqvist|1961|1950", home)
    for one, name in (
        (senior, "born Mar 1"),
        (junior, "born May 5"),
        (other, "Robert Linn"),
        (helen, "Helen"),
    ):
        page = text_of(new, f"/check-in/{one.pk}/")
        assert name in page and "Lindqvist" not in page


def test_emergency_is_told_at_once_and_stays_to_be_read(
    new: Client, patient: Any, tells_much: Report
) -> None:
    url = f"/check-in/{patient.pk}/"
    report_id = journeys.hidden_report_id(new, url)

    answer = new.post(url, {"report_id": report_id, "red_flags": ["seizure"], "action": "alarm"}, follow=True)

    assert (answer.status_code, answer.redirect_chain) == (200, [(f"/reports/{report_id}/", 302)])
    assert "Call 911 now" in answer.content.decode()
    assert "The card is not on this phone yet." in answer.content.decode()
    assert new.get(f"/reports/{report_id}/status/").status_code == 200
    home = text_of(new, "/")
    assert f"/reports/{report_id}/" in home and str(tells_much.pk) not in home


def test_emergency_that_was_sent_stands_first_until_it_is_closed(
    new: Client, patient: Any, nurse: Any, now: Any
) -> None:
    def first() -> str:
        headings = re.findall(r"<h[12][^>]*>(.*?)</h", text_of(new, "/").split("<main")[1], re.DOTALL)
        return " ".join(headings[0].split())

    url = f"/check-in/{patient.pk}/"
    report_id = journeys.hidden_report_id(new, url)
    before = first()
    new.post(url, {"report_id": report_id, "red_flags": ["seizure"], "action": "alarm"})
    unscored = first()
    scoring.score(report_id=Report.objects.get().pk, now=now)
    escalation = Escalation.objects.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    taken = text_of(new, "/")
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now)

    assert (before, unscored) == ("This phone is new here", "Call 911 now")
    assert "Call 911 now" in taken and ", took this" in taken
    assert first() == "This phone is new here"


def test_check_in_of_another_phone_is_neither_shown_nor_lost(
    known: Client, new: Client, patient: Any
) -> None:
    url = f"/check-in/{patient.pk}/"
    journeys.all_pages(known, url)
    theirs = CheckinDraft.objects.get().answers

    assert new.get(f"{url}review/").url == url  # nothing is begun here
    report_id = journeys.all_pages(new, url)
    new.post(f"{url}start-over/")
    assert (CheckinDraft.objects.get().answers, DeviceDraft.objects.count()) == (theirs, 0)
    report_id = journeys.all_pages(new, url)
    assert new.post(f"{url}review/", {"report_id": report_id}).url == f"/reports/{report_id}/"
    assert CheckinDraft.objects.get().answers == theirs


def test_check_in_that_was_begun_goes_on_once_the_phone_is_confirmed(
    known: Client, new: Client, patient: Any
) -> None:
    url = f"/check-in/{patient.pk}/"
    report_id = journeys.all_pages(new, url)
    known.post(f"/phones/{waiting().pk}/confirm/")

    assert new.post(f"{url}review/", {"report_id": report_id}).url == f"/reports/{report_id}/"


def waiting() -> FamilyDevice:
    return FamilyDevice.objects.get(confirmed_at=None, ended_at=None)


def test_worry_is_taken_and_another_phones_is_not_shown(known: Client, new: Client, patient: Any) -> None:
    own, other = (f"/worried/{patient.pk}/{uuid4()}/" for _ in range(2))
    known.post(other, {"words": "he shakes"})

    assert new.post(own, {"words": "he is pale"}, follow=True).status_code == 200
    assert "he is pale" in text_of(new, own)
    assert "he shakes" not in text_of(new, other)
    assert new.get(f"{other}status/").status_code == 404


def test_own_phone_opens_it(known: Client, new: Client) -> None:
    assert new.get("/phones/state/").json() == {"waits": True}
    page = text_of(known, "/")
    assert "A new phone has signed in as you. Was it you?" in page

    known.post(f"/phones/{waiting().pk}/confirm/")

    assert new.get("/phones/state/").json() == {"waits": False}
    assert new.get("/history/").status_code == 200
    assert "A new phone" not in text_of(known, "/")


def test_no_from_the_family_signs_it_out(known: Client, new: Client, patient: Any) -> None:
    husband = factories.CareTeamMemberFactory(patient=patient, user__phone="+16175550177").user
    his = sign_in("+16175550177")
    page = text_of(his, "/phones/")
    assert "A new phone has signed in as Carla Caregiver. Is it theirs?" in page
    assert husband.phone and "Yes, it is theirs" in page

    his.post(f"/phones/{waiting().pk}/refuse/")

    assert new.get("/", follow=True).redirect_chain == [("/sign-in/", 302)]
    assert new.get("/sync/pack/").json() == {"forget": True}


def test_answer_that_came_second_says_so(known: Client, new: Client) -> None:
    device = waiting()
    known.post(f"/phones/{device.pk}/confirm/")

    again = known.post(f"/phones/{device.pk}/refuse/", follow=True)

    assert "Somebody has answered already." in again.content.decode()
    assert new.get("/history/").status_code == 200


def test_owner_ends_a_phone_with_its_token(known: Client, new: Client, patient: Any) -> None:
    known.post(f"/phones/{waiting().pk}/confirm/")
    token = new.post("/sync/phone/enrol/").json()["token"]
    device = FamilyDevice.objects.order_by("first_seen_at").last()
    assert device is not None
    assert text_of(known, "/phones/").count("Sign it out") == 2  # one button, and the hint

    known.post(f"/phones/{device.pk}/end/")

    assert new.get("/history/").status_code == 302
    assert hand_in(token, told(patient)).status_code == 401
    assert new.get("/sync/pack/").json() == {"forget": True}


def test_phone_that_waits_takes_nothing_along_and_hands_in(new: Client, patient: Any) -> None:
    assert new.get("/sync/pack/").json() == {"forget": True, "waits": True}
    token = new.post("/sync/phone/enrol/").json()["token"]
    sent = hand_in(token, told(patient)).json()

    assert "advice" in sent and Phone.objects.get().device == waiting()
    assert new.get(sent["page"]).status_code == 200


def test_session_of_it_reads_nothing_by_the_api(new: Client, patient: Any, tells_much: Report) -> None:
    for path in (
        "/api/v1/patients/",
        f"/api/v1/patients/{patient.pk}/",
        f"/api/v1/patients/{patient.pk}/checklist/",
    ):
        refused = new.get(path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "device_waits")
    assert new.get(f"/api/v1/reports/{tells_much.pk}/").status_code == 404


def test_token_of_the_api_is_not_the_browsers(new: Client, patient: Any, caregiver: Any, now: Any) -> None:
    token = tokens.issue(user=caregiver, label="", days=1, now=now + timedelta(days=400))

    answer = new.get("/api/v1/patients/", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200


def test_number_name_and_language_of_the_person_stay(new: Client, caregiver: Any) -> None:
    new.post("/settings/name/", {"name": "Mallory"})
    new.post("/settings/number/", {"phone": "+16175550188"})
    caregiver.refresh_from_db()

    assert caregiver.name == "Carla Caregiver"
    assert not Message.objects.filter(to="+16175550188").exists()


@pytest.fixture
def joined(client: Client, patient: Any, nurse: Any) -> Client:
    """By the link alone."""
    sent = invitations.invite(
        patient=patient,
        by=nurse,
        phone="+16175550166",
        name="June",
        relation="wife",
        language="en",
        now=timezone.now(),
    )
    client.post("/join/" + sent.url.split("/join/")[1])
    return client


def test_link_alone_reports_and_the_code_opens_what_the_clinic_opens(joined: Client, patient: Any) -> None:
    page = text_of(joined, "/history/", 403)
    assert "The code from our text opens the rest." in page and 'href="/sign-in/code/"' in page
    url = f"/check-in/{patient.pk}/"
    report_id = journeys.hidden_report_id(joined, url)
    told = joined.post(
        url, {"report_id": report_id, "red_flags": ["seizure"], "action": "alarm"}, follow=True
    )
    assert "Call 911 now" in told.content.decode()

    wrong = joined.post("/sign-in/code/", {"code": "000000" if texted_code() != "000000" else "111111"})
    assert wrong.status_code == 422 and joined.get("/history/").status_code == 403
    joined.post("/sign-in/code/", {"code": texted_code()})

    assert joined.get("/history/").status_code == 200


def test_who_was_passed_the_link_learns_two_digits_of_the_number(joined: Client) -> None:
    page = text_of(joined, "/sign-in/code/")

    assert re.search(r'ends in <bdi dir="ltr">66</bdi>', page)
    assert "5550166" not in page and "555-0166" not in page


def test_code_that_went_astray_is_asked_for_again(joined: Client) -> None:
    first = texted_code()
    assert joined.get("/sign-in/").status_code == 200
    ask(joined, "+16175550166")

    assert texted_code() != first
    assert joined.post("/sign-in/code/", {"code": texted_code()}).url == "/"
    assert joined.get("/sign-in/code/").url == "/"


def test_session_from_before_devices_were_kept_stays_open(
    device: Client, caregiver: Any, known: Client
) -> None:
    """Its browser has been seen signed in; one that has not, waits."""
    assert device.get("/history/").status_code == 403

    old = Client()
    old.force_login(caregiver)
    old.cookies["__Host-known"] = known.cookies["__Host-known"].value
    assert old.get("/history/").status_code == 200


@pytest.mark.parametrize("forged", ["", "short", "x" * 200, "ü" * 43])
def test_made_up_secret_is_replaced(known: Client, phone: str, forged: str) -> None:
    client = Client()
    client.cookies[COOKIE] = forged

    sign_in(phone, client)

    assert client.cookies[COOKIE].value != forged
    assert client.get("/history/").status_code == 403


def test_staff_have_no_such_device(nurse: Any) -> None:
    client = Client()
    client.force_login(nurse)
    client.get(reverse("console_worklist"))

    assert not FamilyDevice.objects.exists()
