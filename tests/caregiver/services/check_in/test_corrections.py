"""A sent report put right: a new version that is scored anew, the old one stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from caregiver.models import CheckinDraft
from caregiver.services.check_in import corrections
from caregiver.services.check_in import drafts as check_in
from caregiver.services.phone import packs
from clinic.access import NotVisible
from clinic.models import Checkin, Escalation, Report
from clinic.services.escalations import scoring
from clinic.services.reports import intake
from tests import cases, factories


@pytest.fixture
def slip(patient, caregiver, now):
    """38.6 typed for 36.8, scored and on the worklist."""
    report = factories.ReportFactory(patient=patient, author=caregiver, answers=cases.FEVER, received_at=now)
    scoring.score(report_id=report.pk, now=now)
    return report


def send(draft, answers, at):
    draft.answers = answers
    draft.save()
    return check_in.send(
        by=draft.user,
        patient_id=draft.patient_id,
        report_id=draft.report_id,
        seen_when="",
        device_now=None,
        now=at,
    )


def test_correction_is_a_new_version_with_the_old_moment(slip, caregiver, now):
    later = now + timedelta(hours=3)
    draft = corrections.begin(by=caregiver, report_id=slip.pk, now=later)
    assert draft.answers == slip.answers

    version = send(draft, {"temp_value": "36.8", "temp_unit": "C"}, later)

    assert (version.corrects, version.observed_at, version.received_at) == (slip, slip.observed_at, later)
    slip.refresh_from_db()
    assert (slip.answers, slip.correction) == (cases.FEVER, version)
    assert not CheckinDraft.objects.exists()


def test_first_escalation_stays_open_with_its_level_until_a_person_closes_it(slip, caregiver, now):
    version = send(
        corrections.begin(by=caregiver, report_id=slip.pk, now=now),
        {"temp_value": "36.8", "temp_unit": "C"},
        now,
    )

    assessment = scoring.score(report_id=version.pk, now=now)

    escalation = Escalation.objects.get()
    assert (assessment.level, escalation.level, escalation.state) == ("none", "urgent", "open")
    assert list(escalation.events.order_by("pk").values_list("kind", flat=True))[-1] == "improved"


def test_correction_for_the_worse_raises(slip, caregiver, now):
    version = send(
        corrections.begin(by=caregiver, report_id=slip.pk, now=now), cases.FEVER_AND_CONFUSION, now
    )
    scoring.score(report_id=version.pk, now=now)

    assert Escalation.objects.get().level == "emergency"


def test_slip_is_no_history_for_what_comes_after(patient, caregiver, now):
    """36.8 after a true 37.9 would be a fall, and 37.9 after a mistyped 36.0 a rise of almost two degrees."""
    slip = factories.ReportFactory(
        patient=patient, author=caregiver, answers={"temp_value": "35.6", "temp_unit": "C"}, received_at=now
    )
    version = send(
        corrections.begin(by=caregiver, report_id=slip.pk, now=now),
        {"temp_value": "36.6", "temp_unit": "C"},
        now,
    )
    later = now + timedelta(hours=2)
    report = factories.ReportFactory(
        patient=patient, author=caregiver, answers={"temp_value": "36.9", "temp_unit": "C"}, received_at=later
    )

    assessment = scoring.score(report_id=report.pk, now=later)

    assert [one["answers"] for one in assessment.inputs["history"]] == [version.answers]
    history = packs.pack(by=caregiver, now=later)["patients"][0]["history"]
    assert {one["id"] for one in history} == {str(version.pk), str(report.pk)}


def test_correction_answers_no_planned_check_in(slip, caregiver, patient, now):
    planned = Checkin.objects.create(patient=patient, due_at=now + timedelta(minutes=5))

    send(
        corrections.begin(by=caregiver, report_id=slip.pk, now=now),
        {"temp_value": "36.8", "temp_unit": "C"},
        now,
    )

    planned.refresh_from_db()
    assert planned.state == "planned"


def test_two_corrections_of_one_report_form_a_chain(slip, caregiver, now, patient):
    def correct(**answers):
        return intake.submit(
            report_id=uuid4(),
            patient=patient,
            by=caregiver,
            protocol_version=slip.protocol_version,
            observed_at=now,
            sent_at=now,
            language="en",
            answers=answers,
            now=now,
            corrects=slip,
        ).report

    second, third = correct(temp_value="36.8", temp_unit="C"), correct(temp_value="37.0", temp_unit="C")

    assert (second.corrects_id, third.corrects_id) == (slip.pk, second.pk)


def test_database_lets_no_report_have_two_successors(slip, patient, caregiver):
    factories.ReportFactory(patient=patient, author=caregiver, corrects=slip)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ReportFactory(patient=patient, author=caregiver, corrects=slip)


def test_same_correction_sent_twice_is_one(slip, caregiver, now):
    draft = corrections.begin(by=caregiver, report_id=slip.pk, now=now)

    first, again = (
        intake.submit(
            report_id=draft.report_id,
            patient=slip.patient,
            by=caregiver,
            protocol_version=slip.protocol_version,
            observed_at=now,
            sent_at=now,
            language="en",
            answers={"temp_value": "36.8", "temp_unit": "C"},
            now=now,
            corrects=slip,
        )
        for _ in range(2)
    )

    assert (first.replayed, again.replayed) == (False, True)
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("age", "allowed"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)]
)
def test_report_can_be_corrected_for_a_day(slip, caregiver, now, age, allowed):
    assert corrections.can_correct(slip, by=caregiver, now=now + age) == allowed
    if not allowed:
        with pytest.raises(corrections.TooLate):
            corrections.begin(by=caregiver, report_id=slip.pk, now=now + age)


def test_only_the_newest_version_is_corrected_and_only_by_its_author(slip, caregiver, patient, nurse, now):
    other = factories.CareTeamMemberFactory(patient=patient).user
    for somebody in (other, nurse):
        with pytest.raises(NotVisible):
            corrections.begin(by=somebody, report_id=slip.pk, now=now)
    factories.ReportFactory(patient=patient, author=caregiver, corrects=slip)

    with pytest.raises(corrections.TooLate):
        corrections.begin(by=caregiver, report_id=slip.pk, now=now)


def test_unfinished_check_in_is_not_thrown_away(slip, caregiver, patient, now):
    kept = CheckinDraft.objects.create(
        user=caregiver,
        patient=patient,
        protocol_version=slip.protocol_version,
        answers={"pulse": "80"},
        started_at=now,
        updated_at=now,
    )

    with pytest.raises(corrections.UnfinishedFirst):
        corrections.begin(by=caregiver, report_id=slip.pk, now=now)

    assert CheckinDraft.objects.get() == kept


def test_second_tap_goes_on_with_the_same_draft(slip, caregiver, now):
    drafts = [corrections.begin(by=caregiver, report_id=slip.pk, now=now) for _ in range(2)]

    assert drafts[0] == drafts[1]
