from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from clinic.access import NotAllowed, NotVisible
from clinic.models import Assessment, AuditEvent, ProtocolDraft, ProtocolVersion
from clinic.services.desk import record_access
from clinic.services.escalations import scoring
from clinic.services.protocols import drafts, rehearsals, versions
from clinic.services.protocols.drafts import ChangedMeanwhile, DraftRefused
from tests import factories

FEVER = "tables[temp].rows[2].from"
# One degree band less careful: 38.0 to 38.4 falls to the band below.
HIGHER_LINE = {"tables[temp].rows[2].from": 38.5, "tables[temp].rows[3].to": 38.4}


@pytest.fixture
def physician(clinic):
    return factories.StaffFactory(clinic=clinic, role="physician", user__name="Petra Physician").user


@pytest.fixture
def draft(clinic, nurse, now):
    return drafts.start(clinic_id=clinic.pk, by=nurse, now=now)


@pytest.fixture
def write(nurse, now):
    def save(draft, values=HIGHER_LINE, by=None):
        return drafts.save(draft_id=draft.pk, revision=draft.revision, values=values, by=by or nurse, now=now)

    return save


@pytest.fixture
def rehearse(nurse, now):
    def run(draft, *seen_by):
        rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
        rehearsals.rehearse_next_chunk(now=now)
        for person in seen_by:
            record_access.open_protocol_draft(draft_id=draft.pk, by=person, now=now)
        return draft.rehearsals.get(document_hash=draft.document_hash)

    return run


@pytest.fixture
def submitted(draft, write, rehearse, nurse, physician, now):
    draft = write(draft, {"questions[chills].text.en": "Any chills?"})
    rehearse(draft, nurse, physician)
    return drafts.submit(draft_id=draft.pk, reason="Shorter", by=nurse, now=now)


def refusal(call, **arguments):
    with pytest.raises(DraftRefused) as refused:
        call(**arguments)
    return refused.value.code


def test_draft_starts_from_the_published_version_and_is_the_only_one(clinic, draft, physician, now):
    again = drafts.start(clinic_id=clinic.pk, by=physician, now=now)

    assert again == draft
    assert draft.document == ProtocolVersion.objects.get().document
    assert AuditEvent.objects.filter(action="protocol_draft.started").count() == 1


def test_save_on_an_older_revision_is_refused_and_loses_nothing(draft, write, physician):
    first = write(draft, {FEVER: 38.1}, by=physician)

    with pytest.raises(ChangedMeanwhile) as conflict:
        write(draft, {"definitions.fever": "temp >= 38.3"})

    assert conflict.value.by_name == "Petra Physician"
    stored = ProtocolDraft.objects.get()
    assert (stored.document, stored.revision) == (first.document, 2)


def test_submit_asks_for_each_step_in_its_turn(draft, write, rehearse, nurse, now):
    submit = {"call": drafts.submit, "draft_id": draft.pk, "by": nurse, "now": now}

    assert refusal(reason="Why", **submit) == "unchanged"
    draft = write(draft, {FEVER: 39.95})
    assert refusal(reason="Why", **submit) == "invalid"
    draft = write(draft, HIGHER_LINE)
    assert refusal(reason=" ", **submit) == "no_reason"
    assert refusal(reason="Why", **submit) == "not_rehearsed"
    rehearsal = rehearse(draft)
    assert refusal(reason="Why", **submit) == "not_viewed"
    rehearse(draft, nurse)
    assert refusal(reason="Why", **submit) == "cases"
    reasons = {case["id"]: "The line moves" for case in rehearsal.cases}
    drafts.accept_cases(draft_id=draft.pk, reasons=reasons, by=nurse, now=now)
    done = drafts.submit(draft_id=draft.pk, reason="Why", by=nurse, now=now)

    assert (done.state, done.submitted_by) == ("submitted", nurse)


def test_second_person_approves_and_it_is_in_force_at_its_hour(submitted, clinic, physician, now):
    at = now + timedelta(hours=3)

    drafts.approve(draft_id=submitted.pk, activate_at=at, by=physician, now=now)
    early = drafts.activate_due(now=at - timedelta(seconds=1))
    before = versions.current_version(clinic=clinic).number
    done = drafts.activate_due(now=at)
    again = drafts.activate_due(now=at)

    assert (early, before, done, again) == (0, 1, 1, 0)
    version = versions.current_version(clinic=clinic)
    assert (version.number, version.published_by, version.published_at) == (2, physician, at)
    assert ProtocolDraft.objects.get().version == version


def test_author_cannot_approve_their_own_work(clinic, write, rehearse, physician, now):
    draft = drafts.start(clinic_id=clinic.pk, by=physician, now=now)
    draft = write(draft, {"questions[chills].text.en": "Any chills?"}, by=physician)
    rehearse(draft, physician)
    drafts.submit(draft_id=draft.pk, reason="Shorter", by=physician, now=now)

    code = refusal(drafts.approve, draft_id=draft.pk, activate_at=now, by=physician, now=now)

    assert code == "own_work"
    with pytest.raises(IntegrityError), transaction.atomic():
        ProtocolDraft.objects.update(
            state="approved", approved_at=now, approved_by=F("created_by"), activate_at=now
        )


def test_approver_must_have_seen_the_rehearsal(submitted, clinic, now):
    other = factories.StaffFactory(clinic=clinic, role="physician").user

    code = refusal(drafts.approve, draft_id=submitted.pk, activate_at=now, by=other, now=now)

    assert code == "not_viewed"


def test_save_after_handing_in_takes_the_rehearsal_and_the_approval_back(submitted, write, physician, now):
    drafts.approve(draft_id=submitted.pk, activate_at=now + timedelta(days=1), by=physician, now=now)

    draft = write(submitted, {"questions[chills].text.en": "Any chills at all?"})

    assert (draft.state, draft.approved_by, draft.activate_at) == ("editing", None, None)
    assert refusal(drafts.submit, draft_id=draft.pk, reason="Why", by=draft.created_by, now=now) == (
        "not_rehearsed"
    )


def test_draft_on_a_version_that_was_replaced_does_not_go_live(submitted, clinic, physician, nurse, now):
    at = now + timedelta(hours=1)
    drafts.approve(draft_id=submitted.pk, activate_at=at, by=physician, now=now)
    newer = {**ProtocolVersion.objects.get().document, "minimum_age": 19}
    versions.publish(clinic=clinic, code="car-t", document=newer, by=nurse, now=now)

    drafts.activate_due(now=at)

    assert versions.current_version(clinic=clinic).number == 2
    assert ProtocolDraft.objects.get().state == "editing"


def test_withdrawn_draft_stays_on_record_and_makes_room(draft, clinic, nurse, now):
    drafts.withdraw(draft_id=draft.pk, by=nurse, now=now)
    fresh = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)

    assert fresh != draft
    assert ProtocolDraft.objects.count() == 2
    assert (
        refusal(drafts.save, draft_id=draft.pk, revision=1, values={FEVER: 38.1}, by=nurse, now=now)
        == "closed"
    )


def test_only_clinical_staff_of_the_clinic_touch_a_draft(draft, clinic, other_nurse, now):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    save = {"draft_id": draft.pk, "revision": 1, "values": {FEVER: 38.1}, "now": now}

    with pytest.raises(NotVisible):
        drafts.save(by=other_nurse, **save)
    with pytest.raises(NotAllowed):
        drafts.save(by=administrator, **save)

    assert ProtocolDraft.objects.get().revision == 1


def test_report_begun_on_the_old_version_is_scored_by_it(submitted, clinic, patient, physician, now):
    late = factories.ReportFactory(patient=patient, answers={"temp_value": 38.2, "temp_unit": "C"})
    drafts.approve(draft_id=submitted.pk, activate_at=now, by=physician, now=now)

    scoring.score(report_id=late.pk, now=now)

    assert versions.current_version(clinic=clinic).number == 2
    assert Assessment.objects.get().protocol_version.number == 1
