from datetime import timedelta

import pytest

from clinic.models import ProtocolRehearsal, Report
from clinic.queries.protocols.drafts import draft_overview
from clinic.rules.core.enums import Level
from clinic.services.escalations import scoring
from clinic.services.protocols import drafts, rehearsals
from tests import factories

HIGHER_LINE = {"tables[temp].rows[2].from": 38.5, "tables[temp].rows[3].to": 38.4}


@pytest.fixture
def draft(clinic, nurse, now):
    started = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)
    return drafts.save(draft_id=started.pk, revision=started.revision, values=HIGHER_LINE, by=nurse, now=now)


@pytest.fixture
def scored(patient, now):
    def report(temperature, *, at=now - timedelta(days=1), of=patient):
        made = factories.ReportFactory(
            patient=of,
            received_at=at,
            observed_at=at,
            answers={"temp_value": temperature, "temp_unit": "C"},
        )
        scoring.score(report_id=made.pk, now=at)
        return made

    return report


def test_rehearsal_names_each_report_that_comes_out_otherwise(draft, scored, patient, nurse, now):
    scored(36.8)
    changed = scored(38.2)
    scored(39.0, at=now - timedelta(hours=2))

    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)

    found = draft_overview(user=nurse, draft_id=draft.pk).rehearsal
    assert (found.is_done, found.reports, found.total_changes) == (True, 3, 1)
    (one,) = found.changes
    assert (one.report_id, one.patient, one.before, one.after, one.rises) == (
        str(changed.pk),
        patient.full_name,
        Level.URGENT,
        Level.SAME_DAY,
        False,
    )
    assert found.level_differences == ((Level.URGENT, -1), (Level.SAME_DAY, 1))
    assert (found.pages_more, found.pages_fewer) == (0, 1)
    assert {case["id"] for case in found.cases} and found.case_count > 400


def test_other_clinics_tests_and_what_is_older_than_90_days_stay_out(draft, scored, nurse, now):
    scored(38.2, at=now - timedelta(days=91))
    scored(38.2, of=factories.PatientFactory())
    drill = scored(38.2)
    Report.objects.filter(pk=drill.pk).update(is_drill=True)

    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)

    assert ProtocolRehearsal.objects.get().reports == 0


def test_long_rehearsal_goes_on_where_it_stopped(draft, scored, nurse, now, monkeypatch):
    monkeypatch.setattr(rehearsals, "CHUNK_SIZE", 2)
    at = now - timedelta(days=1)
    for _ in range(3):
        scored(38.2, at=at)

    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)
    halfway = ProtocolRehearsal.objects.get()
    rehearsals.rehearse_next_chunk(now=now)
    done = ProtocolRehearsal.objects.get()
    rehearsals.rehearse_next_chunk(now=now)

    assert (halfway.reports, halfway.finished_at) == (2, None)
    assert (done.reports, done.finished_at) == (3, now)
    # Three equal instants, each counted once.
    assert len({change["report"] for change in done.changes}) == 3


def test_rehearsal_of_a_draft_that_was_changed_meanwhile_is_dropped(draft, nurse, now):
    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    drafts.save(
        draft_id=draft.pk,
        revision=draft.revision,
        values={"definitions.fever": "temp >= 38.5"},
        by=nurse,
        now=now,
    )

    rehearsals.rehearse_next_chunk(now=now)

    assert ProtocolRehearsal.objects.count() == 0


def test_same_content_is_rehearsed_once(draft, nurse, now):
    first = rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    second = rehearsals.start(draft_id=draft.pk, by=nurse, now=now)

    assert first == second


def test_invalid_draft_cannot_be_rehearsed(draft, nurse, now):
    broken = drafts.save(
        draft_id=draft.pk,
        revision=draft.revision,
        values={"definitions.fever": "temp >="},
        by=nurse,
        now=now,
    )

    with pytest.raises(drafts.DraftRefused, match="invalid"):
        rehearsals.start(draft_id=broken.pk, by=nurse, now=now)


def test_rehearsal_without_a_change_agrees_with_all_that_was_stored(clinic, scored, nurse, now):
    """Stored answers through stored rules give the stored level."""
    for temperature in (36.8, 37.6, 38.2, 40.1):
        scored(temperature)
    started = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)

    rehearsals.start(draft_id=started.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)

    found = ProtocolRehearsal.objects.get()
    assert (found.reports, found.changes, found.cases) == (4, [], [])
