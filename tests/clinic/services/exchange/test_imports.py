"""A file is looked at first, taken once, and by the services that a form would use."""

import json
from datetime import date, timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Import, Patient
from clinic.rules.exchange.rows import Unreadable
from clinic.rules.exchange.verdicts import Source
from clinic.services.core import kept
from clinic.services.exchange import imports, looking
from clinic.services.patients import fact_corrections
from tests import factories

WALTER = "Walter,Reed,1960-03-02,MRN-1,2026-11-17,axi-cel"
GRACE = "Grace,Hall,1955-07-09,MRN-2,2026-11-10,Kymriah"


def verdicts(found):
    return [
        (row.number, row.verdict, [tuple(one) for one in row.reasons])
        for row in found.rows.order_by("number", "kind")
    ]


def test_preview_puts_nothing_on_record(stage, csv):
    found = stage(csv(WALTER, GRACE))

    assert [verdict for _number, verdict, _why in verdicts(found)] == ["made", "made"]
    assert Patient.objects.count() == 0
    assert not AuditEvent.objects.filter(action="patient.enrolled").exists()
    assert found.committed_at is None


def test_what_was_shown_is_taken_once(stage, csv, admin, now):
    found = stage(csv(WALTER, GRACE))

    imports.confirm(import_id=found.pk, by=admin, now=now)
    imports.confirm(import_id=found.pk, by=admin, now=now)

    walter = Patient.objects.get(hospital_number="MRN-1")
    assert (walter.status, walter.infusion_date, walter.product) == (
        "preparing",
        date(2026, 11, 17),
        "axi-cel",
    )
    assert Patient.objects.count() == 2
    assert AuditEvent.objects.filter(action="patient.enrolled").count() == 2
    assert AuditEvent.objects.get(action="import.committed").detail["rows"] == {"made": 2}


def test_same_file_again_is_known(bring, stage, csv):
    found = bring(csv(WALTER))

    with pytest.raises(imports.ImportedBefore) as taken:
        stage(csv(WALTER))

    assert taken.value.import_id == found.pk


def test_another_file_with_the_same_people_leaves_them_alone(bring, stage, csv):
    bring(csv(WALTER))

    assert verdicts(stage(csv(GRACE, WALTER)))[1][1] == "same"


def test_known_number_corrects_and_says_what(bring, stage, csv):
    bring(csv(WALTER))

    found = bring(csv(WALTER.replace("Walter", "Walther")))

    assert verdicts(found) == [(2, "changed", [("given_name", "")])]
    assert Patient.objects.get().given_name == "Walther"


def test_capitals_of_the_hospital_spell_no_name_anew(bring, csv):
    bring(csv(WALTER))

    assert verdicts(bring(csv(WALTER.replace("Walter,Reed", "WALTER,REED"))))[0][1] == "same"


def test_number_of_somebody_else_waits_for_a_person(bring, csv):
    bring(csv(WALTER))

    assert verdicts(bring(csv("Ann,Lee,1981-01-01,mrn-1,2026-11-17,axi-cel"))) == [
        (2, "waits", [("", "another_person")])
    ]


@pytest.mark.parametrize(
    "line", [WALTER.replace("2026-11-17", "2026-11-18"), WALTER.replace("axi-cel", "tisa-cel")]
)
def test_another_infusion_moves_no_day_0(bring, csv, line):
    bring(csv(WALTER))

    assert verdicts(bring(csv(line)))[0][1:] == ("waits", [("infusion_date", "other_infusion")])
    assert Patient.objects.get().infusion_date == date(2026, 11, 17)


def test_namesake_is_asked_about_and_enrolled_once_somebody_says_so(bring, stage, csv, admin, now):
    bring(csv(WALTER))
    found = stage(csv("Reed,Walter,1960-03-02,MRN-9,2026-11-17,axi-cel"))
    assert verdicts(found) == [(2, "refused", [("", "may_be_same")])]

    imports.preview(import_id=found.pk, another=frozenset({2}), by=admin, now=now)
    imports.confirm(import_id=found.pk, by=admin, now=now)

    assert Patient.objects.count() == 2


def test_somebody_twice_in_one_file_is_refused(stage, csv):
    assert [one[1:] for one in verdicts(stage(csv(WALTER, WALTER.replace("Walter", "Wally"))))] == [
        ("refused", [("", "twice_here")])
    ] * 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Walter,Reed,1860-03-02,MRN-1,2026-11-17,axi-cel", ("birth_date", "too_far")),
        ("Walter,Reed,2014-03-02,MRN-1,2026-11-17,axi-cel", ("birth_date", "too_young")),
        ("Walter,Reed,1960-03-02,MRN-1,2036-11-17,axi-cel", ("infusion_date", "too_far")),
        ("Walter,Reed,1960-03-02,MRN-1,,axi-cel", ("infusion_date", "needed")),
        ("Walter,Reed,1960-03-02,MRN-1,2026-11-17,something", ("target", "target_needed")),
        ("Walter,Reed,02/03/1960,MRN-1,2026-11-17,axi-cel", ("birth_date", "no_day")),
        ("=cmd(),Reed,1960-03-02,MRN-1,2026-11-17,axi-cel", ("given_name", "formula")),
    ],
)
def test_refusal_says_which_fact_and_why(stage, csv, line, why):
    ((_number, verdict, reasons),) = verdicts(stage(csv(line)))

    assert verdict == "refused" and why in reasons


def test_one_refused_row_keeps_no_other_back(bring, csv):
    found = bring(csv(WALTER, "Ann,Lee,1981-01-01,,2036-11-17,axi-cel", GRACE))

    assert [one[1] for one in verdicts(found)] == ["made", "refused", "made"]
    assert Patient.objects.count() == 2


def test_what_changed_since_the_preview_is_not_written(bring, stage, csv, admin, now, nurse):
    bring(csv(WALTER))
    found = stage(csv(GRACE, WALTER))
    walter = Patient.objects.get()
    fact_corrections.correct(
        patient_id=walter.pk,
        by=nurse,
        facts={"family_name": "Reedy"},
        reason="typo",
        now=now,
        known_others=None,
    )

    imports.confirm(import_id=found.pk, by=admin, now=now)

    walter.refresh_from_db()
    assert walter.family_name == "Reedy"
    assert verdicts(found)[1] == (3, "refused", [("", "changed_meanwhile")])


def test_refused_rows_are_tried_again_after_what_stood_in_the_way(bring, csv, admin, now, nurse, clinic):
    number = factories.PatientFactory(
        clinic=clinic, given_name="Reed", family_name="Walter", birth_date=date(1960, 3, 2)
    )
    found = bring(csv(WALTER))
    assert Patient.objects.count() == 1

    imports.try_again(import_id=found.pk, another=frozenset({2}), by=admin, now=now)

    assert Patient.objects.exclude(pk=number.pk).get().hospital_number == "MRN-1"


def test_only_an_administrator_brings_in_and_nobody_of_another_clinic_looks(
    stage, csv, nurse, other_clinic, now
):
    with pytest.raises(NotAllowed):
        stage(csv(WALTER), by=nurse)
    found = stage(csv(WALTER))
    other = factories.StaffFactory(clinic=other_clinic, role="administrator").user

    with pytest.raises(NotVisible):
        imports.confirm(import_id=found.pk, by=other, now=now)


@pytest.mark.django_db
def test_without_a_protocol_nobody_is_enrolled(csv):
    bare = factories.ClinicFactory(protocol=False)
    person = factories.StaffFactory(clinic=bare, role="administrator").user
    found = imports.stage(
        clinic=bare, source=Source.CSV_PATIENTS, body=csv(WALTER).encode(), by=person, now=factories.NOW
    )

    assert verdicts(found) == [(2, "refused", [("", "no_protocol_yet")])]


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\xff", b"given_name;x\n", b"Ren\xe9,x", b"given_name,family_name\n"]
)
def test_unreadable_file_leaves_nothing(stage, body):
    with pytest.raises(Unreadable):
        stage(body)

    assert Import.objects.count() == 0


def test_preview_of_many_asks_no_more_for_those_it_knows(bring, stage, csv, django_assert_max_num_queries):
    lines = [f"Ann{n},Lee{n},1961-01-01,N{n},2026-11-17,axi-cel" for n in range(20)]
    bring(csv(*lines))

    # A file of people who stand as they are: a savepoint, who it is, and what was put right since.
    with django_assert_max_num_queries(20 * 9 + 25):
        stage(csv(*lines, WALTER))


def test_an_old_preview_goes(stage, csv, now):
    found = stage(csv(WALTER))
    kinds = {kind.name: kind for kind in kept.kinds()}

    assert kept.let_go_of_some(kinds["import_previews"], now=now + timedelta(hours=23)) == 0
    assert kept.let_go_of_some(kinds["import_previews"], now=now + timedelta(hours=25)) == 1
    assert not Import.objects.filter(pk=found.pk).exists()


def test_words_of_an_import_go_after_thirty_days(bring, csv, now):
    found = bring(csv(WALTER))
    kinds = {kind.name: kind for kind in kept.kinds()}

    assert kept.let_go_of_some(kinds["import_words"], now=now + timedelta(days=31)) == 1
    assert kept.let_go_of_some(kinds["import_words"], now=now + timedelta(days=31)) == 0
    assert found.rows.get().said == {}


def test_a_preview_that_is_opened_later_says_what_is_on_record_by_then(bring, stage, csv, admin, now):
    found = stage(
        csv(WALTER, GRACE.replace("Grace", "Gracie"), "Ann,Lee,1981-01-01,MRN-3,2026-11-17,axi-cel")
    )
    bring(csv(WALTER, GRACE))

    page = looking.open_import(import_id=found.pk, by=admin, now=now)

    assert [(row.number, row.verdict_word) for row in page.rows] == [
        (3, "Changed"),
        (4, "New"),
        (2, "Same as on record"),
    ]
    assert page.line.counts == (("New", 1), ("Changed", 1), ("Same as on record", 1))
    assert page.writes == 2
    imports.confirm(import_id=found.pk, by=admin, now=now)
    taken = looking.open_import(import_id=found.pk, by=admin, now=now)
    assert taken.line.counts == page.line.counts


def test_what_was_said_of_a_namesake_stays_when_the_preview_is_opened(bring, stage, csv, admin, now):
    bring(csv(WALTER))
    found = stage(csv("Reed,Walter,1960-03-02,MRN-9,2026-11-17,axi-cel"))
    imports.preview(import_id=found.pk, another=frozenset({2}), by=admin, now=now)

    page = looking.open_import(import_id=found.pk, by=admin, now=now)

    assert [(row.verdict, row.is_another) for row in page.rows] == [("made", True)]


def test_two_of_one_name_in_one_bundle_are_counted_as_they_are_taken(stage, admin, now):
    people = [
        {
            "resourceType": "Patient",
            "id": key,
            "identifier": [{"value": number, "type": {"coding": [{"code": "MR"}]}}],
            "name": [{"given": ["Walter"], "family": "Reed"}],
            "birthDate": "1960-03-02",
        }
        for key, number in (("a", "MRN-1"), ("b", "MRN-2"))
    ]
    infusions = [
        {
            "resourceType": "Procedure",
            "status": "completed",
            "subject": {"reference": f"Patient/{key}"},
            "performedDateTime": "2026-11-17",
            "code": {"text": "axi-cel"},
        }
        for key in ("a", "b")
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in (*people, *infusions)],
    }

    found = stage(json.dumps(bundle).encode(), Source.FHIR)
    shown = [verdict for _number, verdict, _why in verdicts(found)]
    imports.confirm(import_id=found.pk, by=admin, now=now)

    assert shown == [verdict for _number, verdict, _why in verdicts(found)] == ["made", "refused"]
