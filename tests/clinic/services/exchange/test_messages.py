"""Messages of the hospital's admission system: once, late, out of order, about somebody else."""

from datetime import timedelta
from itertools import permutations

import pytest

from clinic.access import NotAllowed
from clinic.models import Import, ImportRow, LifeEvent, MergedNumber, Patient, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.patients.searching import found_by
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.exchange import messages, settling, undoing
from clinic.services.patients import identity
from tests import factories


@pytest.fixture
def walter(clinic, now):
    return factories.PatientFactory(
        clinic=clinic,
        hospital_number="MRN-1",
        given_name="Walter",
        family_name="Reed",
        created_at=now - timedelta(days=20),
    )


def status(patient):
    patient.refresh_from_db()
    return patient.status


def open_alarms():
    rows = SystemAlarm.objects.filter(cleared_at=None)
    return set(rows.values_list("kind", flat=True))


def said(answer):
    return answer.code, answer.row.verdict, [tuple(one) for one in answer.row.reasons]


def test_admission_and_discharge_are_those_of_a_hand(walter, adt, now):
    assert adt("A01").code == "AA"
    assert status(walter) == "admitted"

    adt("A03", at=now + timedelta(days=2))

    assert status(walter) == "active"
    # Whoever is home again is asked for: a machine resumes nothing in silence.
    assert AlarmKind.HOME_AGAIN in open_alarms()


def test_twice_the_same_is_taken_once(walter, adt):
    first, again = adt("A01", key="M1"), adt("A01", key="M1")

    assert (first.replayed, again.replayed, again.code) == (False, True, "AA")
    assert (Import.objects.count(), LifeEvent.objects.count()) == (1, 1)


def test_same_control_id_of_another_message_is_refused(walter, adt, now):
    adt("A01", key="M1")

    assert adt("A03", key="M1", at=now + timedelta(days=1)).trouble == messages.SAME_ID
    assert status(walter) == "admitted"


def test_admission_that_comes_after_its_discharge_silences_nobody(walter, adt, now):
    adt("A03", at=now)

    late = adt("A01", at=now - timedelta(days=1), when=now + timedelta(hours=1))

    assert said(late) == ("AA", "same", [("at", "newer_message")])
    assert status(walter) == "active"


def test_late_discharge_of_an_earlier_stay_ends_no_later_one(walter, adt, now):
    adt("A01", at=now)

    late = adt("A03", at=now - timedelta(days=1), when=now + timedelta(hours=1))

    assert late.row.verdict == "same"
    assert status(walter) == "admitted"


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(
    ("events", "ends"), [(("A01", "A03", "A01"), "admitted"), (("A01", "A03", "A08"), "active")]
)
def test_in_whatever_order_they_come_the_last_stay_counts(walter, adt, now, order, events, ends):
    """Each comes twice, once everything has happened."""
    for place in (*order, *order):
        adt(events[place], at=now + timedelta(hours=place), when=now + timedelta(days=1))

    assert status(walter) == ends


def test_clock_of_the_hospital_may_be_some_minutes_ahead(walter, adt, now):
    assert said(adt("A01", at=now + timedelta(minutes=4), when=now))[:2] == ("AA", "made")
    assert LifeEvent.objects.get().at == now

    assert adt("A03", at=now + timedelta(minutes=6), when=now + timedelta(minutes=2)).row.verdict == "made"
    assert status(walter) == "active"

    far = adt("A01", at=now + timedelta(hours=5), when=now + timedelta(minutes=3))
    assert said(far) == ("AA", "waits", [("at", "in_future")])


def test_what_a_person_recorded_later_stands(walter, adt, now, nurse):
    life_events.record(
        patient_id=walter.pk, kind=Kind.ADMITTED, by=nurse, at=now - timedelta(hours=1), reason="", now=now
    )

    answer = adt("A03", at=now - timedelta(hours=5), when=now)

    assert said(answer) == ("AA", "waits", [("at", "before_last")])
    assert status(walter) == "admitted"
    assert AlarmKind.IMPORT_WAITS in open_alarms()


def test_unknown_number_is_kept_for_a_person_without_an_alarm(clinic, adt):
    answer = adt("A01", "MRN-404")

    assert said(answer) == ("AA", "waits", [("hospital_number", "unknown_patient")])
    assert settling.waiting().count() == 1
    assert open_alarms() == set()


@pytest.mark.parametrize(
    ("event", "more", "why"),
    [
        ("A03", {"pv1": "I" + "|" * 34 + "20"}, "deceased"),
        ("A03", {"pv1": "I" + "|" * 34 + "03"}, "not_home"),
        ("A08", {"pid": "Reed^Walter" + "|" * 25 + "Y"}, "deceased"),
        ("A11", {}, "admission_cancelled"),
        ("A13", {}, "discharge_cancelled"),
    ],
)
def test_what_no_machine_may_record_waits_and_staff_are_told(walter, adt, now, nurse, event, more, why):
    adt("A01", at=now - timedelta(hours=1), when=now)

    answer = adt(event, **more)

    assert said(answer)[1:] == ("waits", [("", why)])
    assert status(walter) == "admitted"
    assert AlarmKind.IMPORT_WAITS in open_alarms()
    settling.settle(row_id=answer.row.pk, by=nurse, now=now)
    assert AlarmKind.IMPORT_WAITS not in open_alarms()


def test_outpatient_visit_is_no_stay(walter, adt):
    answer = adt("A01", pv1="O")

    assert (answer.code, answer.row) == ("AA", None)
    assert (status(walter), Import.objects.count()) == ("active", 0)


def test_update_corrects_and_an_old_one_does_not(walter, adt, now):
    adt("A08", pid="Reedy^Walter^^^||19600302")
    old = adt("A08", pid="Reed^Walter", at=now - timedelta(days=3), when=now + timedelta(hours=2))

    walter.refresh_from_db()
    assert walter.family_name == "Reedy"
    assert said(old)[2] == [("family_name", "newer_on_file")]


@pytest.mark.parametrize(
    ("born", "update"),
    [("19600231", ("AE", "refused", [("birth_date", "no_day")])), ("00000000", ("AA", "same", []))],
)
def test_day_of_birth_that_is_none_keeps_no_admission_back_and_no_answer(walter, adt, now, born, update):
    """An interface engine sends again what has no answer, and everything behind it waits."""
    told = adt("A08", pid=f"Reed^Walter^^^||{born}")

    assert said(told) == update
    assert adt("A01", pid=f"Reed^Walter^^^||{born}", at=now + timedelta(minutes=1)).row.verdict == "made"
    assert status(walter) == "admitted"


def test_number_of_another_person_admits_nobody(walter, adt):
    answer = adt("A01", pid="Okafor^Ngozi^^^||19811224")

    assert said(answer)[1:] == ("waits", [("", "another_person")])
    assert status(walter) == "active"


def test_merged_number_goes_on_as_a_name_of_the_kept_one(walter, adt, clinic):
    adt("A40", "MRN-9", mrg="MRN-1")

    walter.refresh_from_db()
    assert walter.hospital_number == "MRN-9"
    assert MergedNumber.objects.get().hospital_number == "MRN-1"
    # What still comes under the old number is about the same person, and so is a search.
    assert adt("A01", "MRN-1").row.patient == walter
    assert list(Patient.objects.filter(found_by("mrn-1"))) == [walter]
    with pytest.raises(identity.NumberTaken):
        identity.refuse_taken(clinic_id=clinic.pk, number="MRN-1", apart_from=None)


def test_two_records_of_one_person_are_for_a_person_to_settle(walter, adt, clinic):
    other = factories.PatientFactory(clinic=clinic, hospital_number="MRN-2")

    answer = adt("A40", "MRN-1", mrg="MRN-2")

    assert said(answer)[1:] == ("waits", [("other_number", "two_records")])
    other.refresh_from_db()
    assert other.hospital_number == "MRN-2" and MergedNumber.objects.count() == 0


def test_merge_is_taken_back(walter, adt, admin, now):
    answer = adt("A40", "MRN-9", mrg="MRN-1")

    undoing.undo(import_id=answer.row.of_import_id, by=admin, now=now + timedelta(hours=1))

    walter.refresh_from_db()
    assert (walter.hospital_number, MergedNumber.objects.count()) == ("MRN-1", 0)


def test_admission_is_taken_back_unless_something_followed(walter, adt, admin, now):
    answer = adt("A01")
    undoing.undo(import_id=answer.row.of_import_id, by=admin, now=now + timedelta(hours=1))
    assert status(walter) == "active"

    later = now + timedelta(hours=2)
    second = adt("A01", at=later)
    adt("A03", at=later + timedelta(hours=1))
    undoing.undo(import_id=second.row.of_import_id, by=admin, now=later + timedelta(hours=2))
    assert ImportRow.objects.get(pk=second.row.pk).kept_because == "later_event"


def test_clinic_is_named_or_the_only_one(walter, adt, admin, other_clinic):
    assert adt("A08", key="1", slug="nowhere").trouble == messages.NO_CLINIC
    assert adt("A08", key="2").code == "AA"
    factories.StaffFactory(user=admin, clinic=other_clinic, role="administrator")

    # Of two the message says which: MSH-6.
    assert adt("A08", key="3").row.clinic == walter.clinic


def test_nurse_sends_no_messages(walter, nurse, now):
    body = b"MSH|^~\\&|A|H|K|river|202611220200||ADT^A01|1|P|2.5.1\rPID|1||MRN-1\rPV1|1|I\r"

    with pytest.raises(NotAllowed):
        messages.receive(body=body, clinic_slug="", by=nurse, now=now)
