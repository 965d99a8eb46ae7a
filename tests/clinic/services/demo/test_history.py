"""Four weeks of twelve patients, told through the services: true to every invariant, and all answered."""

import datetime
from copy import deepcopy

import pytest

from caregiver.queries.household import today
from clinic.models import (
    Assessment,
    AuditEvent,
    Checkin,
    Contact,
    Escalation,
    LifeEvent,
    OutcomeRecord,
    Patient,
    Report,
    RiskFactSheet,
    SystemAlarm,
    User,
)
from clinic.models.escalation import EscalationState
from clinic.queries.checkins import silences
from clinic.queries.outcomes import figures
from clinic.services import demo
from clinic.services.demo import former, people
from clinic.services.outcomes import counting

NOW = datetime.datetime(2026, 11, 22, 15, 0, tzinfo=datetime.UTC)
WEEKS = datetime.timedelta(weeks=4)


@pytest.fixture(scope="module")
def _loaded_once(for_the_whole_file) -> tuple[demo.Loaded, list[int]]:
    told: list[int] = []
    with for_the_whole_file():
        return demo.load(now=NOW, with_history=True, progress=told.append), told


@pytest.fixture
def loaded(_loaded_once, db) -> demo.Loaded:
    return deepcopy(_loaded_once[0])


def test_progress_is_told_to_its_end(_loaded_once, loaded) -> None:
    told = _loaded_once[1]
    assert told[-1] == 100
    assert all(0 <= one <= 100 for one in told)


def test_twelve_patients_have_been_followed_for_four_weeks(loaded) -> None:
    known = [
        one
        for one in loaded.patients
        if Report.objects.filter(
            patient=one.id, observed_at__lt=NOW - WEEKS + datetime.timedelta(days=8)
        ).exists()
    ]
    assert len([one for one in loaded.patients if one.day >= 28]) == 12
    assert len(known) >= 9
    # Whoever reports once a month has had no other day.
    assert all(Report.objects.filter(patient=one.id).count() >= 2 for one in loaded.patients if one.day > 0)


def test_every_report_is_scored_once_and_every_alert_of_the_weeks_has_an_outcome(loaded) -> None:
    assert Assessment.objects.count() == Report.objects.count()
    unresolved = Escalation.objects.exclude(state=EscalationState.RESOLVED)
    assert set(unresolved.values_list("patient__given_name", flat=True)) == {"Aisha", "Dorothy"}
    resolved = Escalation.objects.filter(state=EscalationState.RESOLVED)
    assert resolved.count() > 20
    assert not resolved.filter(outcome="").exists()
    assert {"admitted", "clinic_visit", "advice_given"} <= set(resolved.values_list("outcome", flat=True))
    assert Contact.objects.filter(reached=True).count() >= resolved.count() - 1
    opened = set(AuditEvent.objects.filter(action="escalation.opened").values_list("subject_id", flat=True))
    assert opened == {str(pk) for pk in Escalation.objects.values_list("pk", flat=True)}


def test_who_tries_a_family_finds_a_check_in_that_is_due_and_one_ahead_at_the_others(loaded) -> None:
    families = User.objects.filter(care_links__isnull=False, name__in=[one.name for one in people.CAREGIVERS])
    naomi = User.objects.get(name="Naomi Adler")

    [ruth] = today.of_caregiver(by=naomi, now=NOW)
    others = [one for person in families for one in today.of_caregiver(by=person, now=NOW)]

    assert (ruth.screen, ruth.due_since.hour) == ("due", 14)
    assert len(others) > 8 and all(one.next_at or one.due_since for one in others)


def test_nothing_is_owed_that_the_engine_would_raise_at_its_first_tick(loaded) -> None:
    waiting = silences.unanswered(NOW)
    assert not [one for one in waiting if one.due_at < NOW - datetime.timedelta(hours=8)]
    assert not silences.missing_rechecks(NOW).exists()
    assert set(SystemAlarm.objects.filter(cleared_at=None).values_list("kind", flat=True)) == {
        "risk_suggested"
    }
    assert Checkin.objects.filter(due_at__gt=NOW).exists()


def test_one_was_in_hospital_and_is_home_again(loaded) -> None:
    events = LifeEvent.objects.filter(patient__given_name="Samuel").order_by("at")
    assert list(events.values_list("kind", flat=True)) == ["admitted", "discharged"]
    assert Patient.objects.get(given_name="Samuel").status == "active"


def test_figures_have_something_to_show(loaded) -> None:
    nurse = User.objects.get(email="nurse@harbor.example")
    found = figures.of_clinic(user=nurse, clinic_slug="", weeks=4, now=NOW)
    assert {one.phase for one in found.completion} == {"Days 0 to 14", "Days 15 to 30", "Days 31 to 100"} | {
        "Day 101 to 1 year"
    }
    assert found.rate is not None
    assert len(found.rules) > 5
    assert all(len(line.chart.points) > 1 for line in found.lines if line.level == "urgent")
    assert OutcomeRecord.objects.values("patient").distinct().count() >= 6


def test_weeks_are_told_only_of_a_demo_that_is_new(loaded) -> None:
    before = Report.objects.count()
    demo.load(now=NOW + datetime.timedelta(days=1), with_history=True)
    assert Report.objects.count() == before


def test_outcome_figures_show_something_everywhere_and_hide_something(loaded) -> None:
    lead = User.objects.get(email="admin@harbor.example")
    page = counting.read(by=lead, clinic_slug="", month="")

    assert page.detection
    assert page.long_silences
    assert page.load
    assert page.rules
    assert page.levels
    assert page.drawn is not None
    assert all(one.at_risk is not None for one in page.over_time)
    assert page.deaths
    assert page.figures["deaths"]["is_hidden"]
    assert all(any(one.per_week is not None for one in table.rows) for table in page.tiers)
    shown = {str(table.name): [one.is_hidden for one in table.rows] for table in page.groups}
    assert [name for name, hidden in shown.items() if all(hidden)] == []
    assert [name for name, hidden in shown.items() if any(hidden)] != []
    assert any(table.gaps for table in page.groups)
    assert page.known.known < page.known.due
    assert not page.known.is_incomplete


def test_the_smaller_clinic_shows_what_is_missing(loaded) -> None:
    lead = User.objects.get(email="admin@mesa.example")
    page = counting.read(by=lead, clinic_slug="", month="")

    assert page.known.is_incomplete
    assert page.drawn is None
    assert all(one.at_risk is None for one in page.over_time)


def test_whoever_was_followed_before_is_over_and_wakes_nobody(loaded) -> None:
    before = Patient.objects.filter(family_name__in=[one.card.family_name for one in former.FORMER])

    assert before.count() == len(former.FORMER)
    assert set(before.values_list("status", flat=True)) == {"ended", "died"}
    assert not {one.id for one in loaded.patients} & set(before.values_list("pk", flat=True))
    assert not Escalation.objects.exclude(state=EscalationState.RESOLVED).filter(patient__in=before).exists()


def test_nothing_is_told_that_cannot_have_been(loaded) -> None:
    """Nothing before its cause, nothing after a death but what is written of it, nobody in two places."""
    told = []
    for patient in Patient.objects.filter(is_synthetic=False):
        events = list(LifeEvent.objects.filter(patient=patient).order_by("at").values_list("kind", "at"))
        reports = list(Report.objects.filter(patient=patient).values_list("observed_at", flat=True))
        since = RiskFactSheet.objects.filter(patient=patient, facts__has_key="crs_max").order_by("number")
        known_from = since.values_list("saved_at", flat=True).first()
        told += [
            (patient.full_name, wrong)
            for wrong, is_so in {
                "before the infusion": any(
                    at.date() < patient.infusion_date for at in (*reports, *(at for _kind, at in events))
                ),
                "known before the infusion": known_from is not None
                and known_from.date() <= patient.infusion_date,
                "after a death": any(
                    at > died for kind, died in events if kind == "died" for _kind, at in events
                ),
                "reported after a death": any(
                    at > died for kind, died in events if kind == "died" for at in reports
                ),
                "at home and in hospital": not _is_one_place(events),
                "died where they were not": not _died_where_they_were(patient, events),
                "a grade that the form does not say": not _grades_agree(patient),
            }.items()
            if is_so
        ]
    assert told == []


def test_families_report_on_quiet_days_too(loaded) -> None:
    """Or every report would be of an emergency, and a week without any would have raised no alarm."""
    for patient in Patient.objects.filter(family_name__in=[one.card.family_name for one in former.FORMER]):
        levels = list(Assessment.objects.filter(report__patient=patient).values_list("level", flat=True))
        assert levels.count("none") >= len(levels) / 2 > 0, patient.full_name


def _is_one_place(events) -> bool:
    moves = [kind for kind, _at in events if kind in {"admitted", "discharged"}]
    return moves == ["admitted", "discharged"][: len(moves)]


def _died_where_they_were(patient, events) -> bool:
    """Where somebody died at home is known as long as they were followed there."""
    form = OutcomeRecord.objects.filter(patient=patient, part="death").first()
    kinds = [kind for kind, _at in events]
    if form is None or "ended" in kinds:
        return True
    is_in_hospital = kinds.count("admitted") > kinds.count("discharged")
    return form.answers["place"] == ("hospital" if is_in_hospital else "home")


def _grades_agree(patient) -> bool:
    sheet = RiskFactSheet.objects.filter(patient=patient).order_by("-number").first()
    form = OutcomeRecord.objects.filter(patient=patient, part="follow_up", day=30).first()
    if sheet is None or form is None or "crs_max" not in sheet.facts:
        return True
    return str(sheet.facts["crs_max"]) == form.answers["crs_grade"]
