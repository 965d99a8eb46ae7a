"""Two of one household within the hour: both kept, the higher counts, a person settles it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.models import Disagreement, Escalation
from clinic.services.escalations import lifecycle, scoring
from clinic.services.protocols import versions
from clinic.services.reports import intake
from tests import cases, factories

WELL = {"temp_value": "36.8", "temp_unit": "C"}


@pytest.fixture
def other(patient):
    return factories.CareTeamMemberFactory(patient=patient, user__name="Ana Other").user


@pytest.fixture
def say(patient, caregiver, now):
    """One scored report; by the cast's caregiver where nobody is named."""

    def _say(answers, *, by=caregiver, minutes=0, **changes):
        at = now + timedelta(minutes=minutes)
        report = intake.submit(
            report_id=uuid4(),
            patient=patient,
            by=by,
            protocol_version=versions.current_version(clinic=patient.clinic),
            observed_at=at,
            sent_at=at,
            language="en",
            answers=answers,
            now=at,
            **changes,
        ).report
        scoring.score(report_id=report.pk, now=at)
        return report

    return _say


@pytest.mark.parametrize(
    ("first", "second", "minutes", "differ"),
    [
        (WELL, cases.FEVER, 20, True),
        (cases.FEVER, WELL, 20, True),
        (cases.FEVER, WELL, 60, True),
        (cases.FEVER, WELL, 61, False),
        (cases.FEVER, cases.FEVER, 20, False),
    ],
    ids=["worse later", "better later", "on the hour", "past the hour", "the same"],
)
def test_other_level_by_somebody_else_within_the_hour_differs(say, other, first, second, minutes, differ):
    earlier, later = say(first), say(second, by=other, minutes=minutes)

    pairs = list(Disagreement.objects.values_list("earlier", "later", "escalation"))
    escalation = Escalation.objects.get()
    assert pairs == ([(earlier.pk, later.pk, escalation.pk)] if differ else [])
    assert escalation.level == "urgent"


def test_same_person_changing_their_mind_does_not_differ(say):
    say(cases.FEVER)
    say(WELL, minutes=10)

    assert not Disagreement.objects.exists()


def test_version_that_was_corrected_takes_no_part(say, other):
    slip = say(cases.FEVER)
    say(WELL, minutes=5, corrects=slip)
    say(WELL, by=other, minutes=10)

    assert not Disagreement.objects.exists()


def test_scoring_again_notes_nothing_twice(say, other, now):
    say(cases.FEVER)
    later = say(WELL, by=other, minutes=5)

    scoring.score(report_id=later.pk, now=now)

    assert Disagreement.objects.count() == 1


@pytest.mark.parametrize("which", ["earlier", "later", "none", "foreign"])
def test_closing_settles_which_one_was_confirmed(say, other, nurse, now, which):
    earlier, later = say(cases.FEVER), say(WELL, by=other, minutes=5)
    foreign = factories.ReportFactory(patient=earlier.patient, author=other)
    chosen = {"earlier": earlier.pk, "later": later.pk, "none": None, "foreign": foreign.pk}[which]
    escalation = Escalation.objects.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    lifecycle.resolve(
        escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now, confirmed=chosen
    )

    settled = Disagreement.objects.get()
    confirmed = chosen if which in {"earlier", "later"} else None
    assert (settled.confirmed_id, settled.settled_by, settled.settled_at) == (confirmed, nurse, now)
