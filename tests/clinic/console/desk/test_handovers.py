import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import Handover, HandoverItem
from clinic.services.desk import handovers
from clinic.services.escalations import lifecycle
from tests import cases, factories

MINUTE = timedelta(minutes=1)


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


@pytest.fixture
def given(taken, nurse, ben):
    return handovers.hand_over(
        clinic_id=taken.clinic_id,
        by=nurse,
        to_staff_id=ben.pk,
        notes={str(taken.pk): "June calls back"},
        seen={str(taken.pk)},
        now=timezone.now(),
    )


def post(person, path, follow=True, **data):
    return signed_in(person).post(f"/console/handover/{path}", data, follow=follow)


def sign(person, handover, **headers):
    item = handover.items.get()
    path = f"/console/handover/{handover.pk}/lines/{item.pk}/sign/"
    return signed_in(person).post(path, follow=True, headers=headers)


def test_sheet_is_shown_as_it_would_be_given_with_the_next_in_line_proposed(taken, nurse, ben, clinic):
    factories.StaffFactory(clinic=clinic, user__name="Adam First")
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    factories.OnCallFactory(staff=ben)

    response = signed_in(nurse).get("/console/handover/new/")

    text = text_of(response)
    for said in ("Open alerts 1", "Urgent", taken.patient.full_name, "Nora Nurse has it since"):
        assert said in text
    assert re.search(
        rf'<option value="{ben.pk}" selected>Ben Second \(Nurse\) · next in line</option>',
        response.content.decode(),
    )
    assert re.search(r"Choose Ben Second .* Adam First", text)


def test_given_sheet_is_shown_with_its_note_and_waits_for_signatures(taken, nurse, ben):
    response = post(
        nurse, "new/", to=ben.pk, seen=str(taken.pk), **{f"note-{taken.pk}": "June calls back at nine"}
    )

    assert response.redirect_chain[-1][0] == f"/console/handover/{Handover.objects.get().pk}/"
    text = text_of(response)
    for said in (
        "Handed over. Your colleague is texted and signs each line.",
        "Nora Nurse to Ben Second",
        "1 line is not signed yet.",
        "“June calls back at nine”",
        "Not signed",
        "Take it back: I go on",
    ):
        assert said in text


def test_sheet_says_whom_to_phone_and_when_the_patient_was_born(given, taken, caregiver, ben):
    patient = taken.patient
    patient.birth_date = date(1971, 2, 9)
    patient.save(update_fields=["birth_date"])

    page = signed_in(ben.user).get(f"/console/handover/{given.pk}/")

    assert "born Feb 9, 1971" in text_of(page)
    assert f'href="tel:{caregiver.phone}"' in page.content.decode()


def test_what_nobody_has_stands_above_what_somebody_has(taken, nurse, clinic):
    waiting = factories.PatientFactory(clinic=clinic)
    cases.escalate(waiting, cases.FEVER, timezone.now())

    text = text_of(signed_in(nurse).get("/console/handover/new/"))

    sheet = text[text.index("Hand over your shift") :]
    assert sheet.index(waiting.full_name) < sheet.rindex(taken.patient.full_name)


def test_each_reader_of_an_open_sheet_is_told_who_signs(given, nurse, ben, clinic):
    third = factories.StaffFactory(clinic=clinic, user__name="Tess Third").user
    lead = factories.StaffFactory(clinic=clinic, role="administrator", user__name="Lea Lead").user
    said = {
        nurse: "Ben Second or another colleague signs each line. You sign nothing, and have what you have",
        ben.user: "It is your turn: sign each line below.",
        third: "Ben Second is asked to sign. You can sign a line in their place.",
        lead: "Ben Second is asked to sign. The lead",
    }

    found = {who: text_of(signed_in(who).get(f"/console/handover/{given.pk}/")) for who in said}

    for reader, page in found.items():
        assert [who.name for who, words in said.items() if words in page] == [reader.name]


def test_given_by_htmx_answers_with_the_sheet_alone_and_its_address(taken, nurse, ben):
    response = signed_in(nurse).post(
        "/console/handover/new/",
        {"to": ben.pk, "seen": str(taken.pk)},
        headers={"HX-Request": "true"},
    )

    assert response["HX-Push-Url"] == f"/console/handover/{Handover.objects.get().pk}/"
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("to", ["", "0", "x"])
def test_nobody_chosen_gives_nothing_and_keeps_the_note(taken, nurse, ben, to):
    response = post(nurse, "new/", to=to, seen=str(taken.pk), **{f"note-{taken.pk}": "Keep me"})

    assert response.status_code == 422
    assert 'value="Keep me"' in response.content.decode()
    assert Handover.objects.count() == 0


def test_what_came_up_meanwhile_is_marked_and_the_note_is_kept(taken, nurse, ben, clinic):
    new = cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, timezone.now())

    response = post(nurse, "new/", to=ben.pk, seen=str(taken.pk), **{f"note-{taken.pk}": "Keep me"})

    assert response.status_code == 409
    page = response.content.decode()
    assert "Something came up since you opened this." in page
    assert page.count('<span class="badge">New</span>') == 1
    assert 'value="Keep me"' in page
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page)
    assert set(seen.split()) == {str(taken.pk), str(new.pk)}


def test_open_sheet_is_shown_instead_of_a_second_one(given, nurse, ben):
    assert signed_in(nurse).get("/console/handover/new/").url == f"/console/handover/{given.pk}/"


def test_nothing_open_is_handed_over_as_such(nurse, ben):
    before = signed_in(nurse).get("/console/handover/new/")
    after = post(nurse, "new/", to=ben.pk)

    assert "Nothing is open: nobody waits, nobody is to be called, nobody is silent." in text_of(before)
    assert "Nothing was open." in text_of(after)


def test_incoming_nurse_sees_it_on_the_list_and_signs(given, ben, taken):
    listed = text_of(signed_in(ben.user).get("/console/"))
    sheet = text_of(signed_in(ben.user).get(f"/console/handover/{given.pk}/"))
    after = sign(ben.user, given)

    assert "Nora Nurse hands over to you. 1 line is not signed yet. Open and sign" in listed
    assert "I have it : " + taken.patient.full_name in sheet
    assert re.search(r"Ben Second took it over, signed \d\d:\d\d", text_of(after))
    assert "Every line is signed or has ended." in text_of(after)
    assert "hands over to you" not in text_of(signed_in(ben.user).get("/console/"))


def test_line_that_another_holds_is_only_known_of(escalate_held_by_third, nurse, ben):
    handover = handovers.hand_over(
        clinic_id=ben.clinic_id,
        by=nurse,
        to_staff_id=ben.pk,
        notes={},
        seen={str(escalate_held_by_third.pk)},
        now=timezone.now(),
    )

    before = text_of(signed_in(ben.user).get(f"/console/handover/{handover.pk}/"))
    after = sign(ben.user, handover)

    assert "I know of it" in before
    assert re.search(r"Ben Second knows of it, signed \d\d:\d\d", text_of(after))


@pytest.fixture
def escalate_held_by_third(patient, caregiver, clinic):
    third = factories.StaffFactory(clinic=clinic, user__name="Tess Third").user
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=third, now=timezone.now())


def test_second_colleague_hears_who_was_first(given, ben, clinic):
    third = factories.StaffFactory(clinic=clinic).user
    sign(ben.user, given)

    response = sign(third, given, **{"HX-Request": "true"})

    assert response.status_code == 409
    assert re.search(r"Ben Second signed this line at \d\d:\d\d, just before you\.", text_of(response))
    assert "<html" not in response.content.decode()


def test_giver_is_told_that_a_colleague_signs(given, nurse):
    response = sign(nurse, given)

    assert response.status_code == 409
    assert "You hand this over yourself. A colleague signs it." in text_of(response)


def test_closed_meanwhile_says_so_and_asks_for_no_signature(given, taken, nurse, ben):
    lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="admitted", note="", now=timezone.now())

    before = text_of(signed_in(ben.user).get(f"/console/handover/{given.pk}/"))
    response = sign(ben.user, given)

    assert re.search(r"Closed at \d\d:\d\d: nothing to sign", before)
    assert "I have it" not in before
    assert (response.status_code, HandoverItem.objects.get().signed_by) == (409, None)
    assert "This has ended meanwhile. There is nothing to sign." in text_of(response)


def test_only_the_giver_takes_it_back_and_it_is_kept(given, nurse, ben):
    refused = post(ben.user, f"{given.pk}/withdraw/")
    done = post(nurse, f"{given.pk}/withdraw/")
    late = sign(ben.user, given)

    assert (refused.status_code, done.status_code, late.status_code) == (409, 200, 409)
    assert "Only the person who hands over can take it back." in text_of(refused)
    assert "Nora Nurse took this back at" in text_of(done)
    assert "This handover is closed already. Nothing was changed." in text_of(late)
    assert "taken back" in text_of(signed_in(ben.user).get("/console/handover/"))


def test_lead_reads_what_is_late_and_whom_to_phone_and_signs_nothing(given, clinic, ben):
    lead = factories.StaffFactory(clinic=clinic, role="administrator").user
    Handover.objects.update(given_at=timezone.now() - 16 * MINUTE, due_at=timezone.now() - MINUTE)
    handovers.follow_up_due(now=timezone.now())

    text = text_of(signed_in(lead).get(f"/console/handover/{given.pk}/"))
    listed = text_of(signed_in(lead).get("/console/"))

    assert re.search(r"1 line is not signed\. The lead was paged at \d\d:\d\d\. Phone Ben Second:", text)
    assert "I have it" not in text
    assert "A shift handover is not signed yet" in listed


def test_nurse_is_asked_to_hand_over_when_the_shift_ends_and_not_after(nurse, ben, clinic):
    now = timezone.now()
    role = nurse.staff_roles.get()
    shift = factories.ShiftFactory(
        staff=role, clinic=clinic, starts_at=now - 120 * MINUTE, ends_at=now + 46 * MINUTE
    )
    early = text_of(signed_in(nurse).get("/console/"))
    shift.ends_at = now + 44 * MINUTE
    shift.save(update_fields=["ends_at"])
    near = text_of(signed_in(nurse).get("/console/"))
    shift.ends_at = now - 30 * MINUTE
    shift.save(update_fields=["ends_at"])
    after = text_of(signed_in(nurse).get("/console/"))
    post(nurse, "new/", to=ben.pk)
    done = text_of(signed_in(nurse).get("/console/"))

    assert "Hand over your shift" not in early
    assert re.search(r"Your shift ends at (\w+ \d+, )?\d\d:\d\d\. Hand over your shift", near)
    assert re.search(r"Your shift ended at (\w+ \d+, )?\d\d:\d\d\. Hand over your shift", after)
    assert "Hand over your shift" not in done


def test_other_clinics_nurse_sees_none_of_it(given, other_nurse):
    assert signed_in(other_nurse).get(f"/console/handover/{given.pk}/").status_code == 404
    assert sign(other_nurse, given).status_code == 404
    assert "Nora Nurse" not in text_of(signed_in(other_nurse).get("/console/handover/"))
    assert signed_in(other_nurse).get("/console/handover/new/?clinic=river").status_code == 404


def test_reading_is_no_dearer_for_three_lines_than_for_one(nurse, ben, clinic):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, timezone.now())
        new = queries_of(nurse, "new/")
        post(nurse, "new/", to=ben.pk, seen=" ".join(str(one.pk) for one in clinic.escalations.all()))
        handover = Handover.objects.latest("given_at")
        counts.append((new, queries_of(ben.user, f"{handover.pk}/")))
        handovers.withdraw(handover_id=handover.pk, by=nurse, now=timezone.now())

    assert handover.items.count() == 3
    assert counts[0] == counts[1]


def queries_of(person, path):
    client = signed_in(person)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/console/handover/{path}")
    return len(asked)
