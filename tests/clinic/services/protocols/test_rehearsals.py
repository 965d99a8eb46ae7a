from datetime import timedelta

import pytest

from clinic.models import Clinic, ProtocolRehearsal, Report
from clinic.queries.protocols.drafts import draft_overview
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.simulation.cohort import Mix
from clinic.services.escalations import scoring
from clinic.services.protocols import drafts, rehearsals, simulation
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


def test_invented_cohort_is_counted_under_both_rules_a_few_people_at_a_time(draft, nurse, now, monkeypatch):
    monkeypatch.setattr(rehearsals, "PEOPLE", 3)
    monkeypatch.setattr(simulation, "PEOPLE", 5)
    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)
    after_reports = draft_overview(user=nurse, draft_id=draft.pk).rehearsal
    rehearsals.rehearse_next_chunk(now=now)
    halfway = draft_overview(user=nurse, draft_id=draft.pk).rehearsal.cohort
    rehearsals.rehearse_next_chunk(now=now)
    done = draft_overview(user=nurse, draft_id=draft.pk).rehearsal.cohort

    assert after_reports.is_done
    assert (after_reports.cohort.people, after_reports.cohort.is_done) == (0, False)
    assert (halfway.people, halfway.is_done) == (3, False)
    assert (done.people, done.is_done) == (5, True)
    published, drafted = (
        simulation.simulate(protocol=Protocol.from_document(document), seeds=[rehearsals.SEED], people=5)
        for document in (draft.base_version.document, draft.document)
    )
    assert (done.early.before, done.early.after) == (published.span("early"), drafted.span("early"))
    assert (done.late.before, done.late.after) == (published.span("late"), drafted.span("late"))
    assert [part.name for part in done.phases] == ["a", "b", "c"]


def test_invented_people_are_as_the_clinic_expects_them_when_the_count_begins(draft, nurse, now, monkeypatch):
    monkeypatch.setattr(rehearsals, "PEOPLE", 3)
    monkeypatch.setattr(simulation, "PEOPLE", 5)
    Clinic.objects.update(expected_bcma=100)
    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)
    rehearsals.rehearse_next_chunk(now=now)
    Clinic.objects.update(expected_bcma=0)
    rehearsals.rehearse_next_chunk(now=now)

    cohort = draft_overview(user=nurse, draft_id=draft.pk).rehearsal.cohort
    own = simulation.simulate(
        protocol=Protocol.from_document(draft.document), seeds=[rehearsals.SEED], people=5, mix=Mix(bcma=1)
    )
    assert (cohort.mix, cohort.early.after) == (Mix(bcma=1), own.span("early"))


def test_rule_that_the_draft_moves_is_named_with_both_shares(draft, nurse, now, monkeypatch):
    """A fever line at 38.5: the first person of this seed has a temperature between the two lines."""
    monkeypatch.setattr(rehearsals, "SEED", 44)
    monkeypatch.setattr(simulation, "PEOPLE", 1)
    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)
    rehearsals.rehearse_next_chunk(now=now)

    cohort = draft_overview(user=nurse, draft_id=draft.pk).rehearsal.cohort

    (temperature,) = [one for one in cohort.early.rules if one.rule == "temp"]
    assert temperature.after < temperature.before
    assert cohort.early.after.reports == cohort.early.before.reports


def test_finished_cohort_is_not_counted_again(draft, nurse, now, monkeypatch):
    monkeypatch.setattr(simulation, "PEOPLE", 1)
    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    for _ in range(2):
        rehearsals.rehearse_next_chunk(now=now)
    done = ProtocolRehearsal.objects.get()

    rehearsals.rehearse_next_chunk(now=now + timedelta(hours=1))

    again = ProtocolRehearsal.objects.get()
    assert (again.cohort, again.simulated_at) == (done.cohort, now)


@pytest.mark.parametrize("changed", ["saved again", "withdrawn"])
def test_cohort_of_a_draft_that_does_not_stand_is_left(draft, nurse, now, changed):
    rehearsals.start(draft_id=draft.pk, by=nurse, now=now)
    rehearsals.rehearse_next_chunk(now=now)
    if changed == "withdrawn":
        drafts.withdraw(draft_id=draft.pk, by=nurse, now=now)
    else:
        values = {"definitions.fever": "temp >= 38.5"}
        drafts.save(draft_id=draft.pk, revision=draft.revision, values=values, by=nurse, now=now)

    rehearsals.rehearse_next_chunk(now=now)

    assert ProtocolRehearsal.objects.get().cohort == {}


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
