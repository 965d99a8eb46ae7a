"""A chart never says otherwise than the score: the family's, and the one that staff see."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from caregiver.queries.household import course
from clinic.models import Patient
from clinic.queries.protocols.assessments import assess_answers
from clinic.queries.protocols.versions import current_rules
from clinic.queries.reports import trends
from clinic.rules.core.enums import Level
from clinic.rules.reports.charts import LineChart, Point
from clinic.services.escalations import scoring
from tests import factories
from tests.clinic.rules.people import facts
from tests.examples import examples

TEMPERATURES = [tenths / 10 for tenths in range(340, 411)]


def answers_of(celsius: float) -> dict[str, str]:
    return {"temp_value": str(celsius), "temp_unit": "C"}


def drawn(*charts: LineChart) -> dict[float, Level]:
    """The level of the stripe on which each reading stands."""
    return {point.reading.value: under(point, chart) for chart in charts for point in chart.points}


def under(point: Point, chart: LineChart) -> Level:
    """A reading on a border belongs to the upper stripe; the top of the drawing belongs to the highest."""
    highest = min(band.y for band in chart.bands)
    (level,) = [
        band.level
        for band in chart.bands
        if band.y < point.y <= round(band.y + band.height, 1) or point.y == band.y == highest
    ]
    return level


def on_record(patient: Patient, told: dict[str, Any], now: Any) -> None:
    """The facts as staff would have set them by now."""
    today = now.astimezone(ZoneInfo(patient.time_zone)).date()
    stored = {key: value for key, value in told.items() if key not in {"day", "masked"}}
    Patient.objects.filter(pk=patient.pk).update(
        infusion_date=today - timedelta(days=told["day"]),
        masked_until=today if told["masked"] else None,
        **stored,
    )


@pytest.fixture
def measured(patient, caregiver, now):
    """Two people alike, who have a report of every temperature between them: a page shows sixty of each."""
    other = factories.PatientFactory(clinic=patient.clinic)
    factories.CareTeamMemberFactory(patient=other, user=caregiver)
    for place, celsius in enumerate(TEMPERATURES):
        at = now - timedelta(hours=place // 2 + 1)
        factories.ReportFactory(
            patient=(patient, other)[place % 2],
            author=caregiver,
            answers=answers_of(celsius),
            observed_at=at,
            received_at=at,
        )
    return patient, other


@pytest.fixture
def alone(patient):
    """A third one without a report, so that each temperature is scored by itself."""
    return factories.PatientFactory(clinic=patient.clinic)


# Without shrinking, which reads the database for minutes: the facts of the first failure say enough.
@settings(
    max_examples=examples(30),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=facts)
def test_both_charts_draw_every_temperature_on_the_level_of_its_score(told, measured, alone, caregiver, now):
    for person in (*measured, alone):
        on_record(person, told, now)
        person.refresh_from_db()
    protocol = current_rules(alone.clinic)
    scores = {
        celsius: assess_answers(
            protocol=protocol, answers=answers_of(celsius), patient=alone, at=now, corrects=None
        ).level
        for celsius in TEMPERATURES
    }

    of_family = course.of_caregiver(by=caregiver, days=3, now=now)
    of_staff = [trends.of_patient(patient=one, language="en", days=3, now=now) for one in measured]

    assert drawn(*(one.chart for one in of_family)) == scores
    assert drawn(*(one.charts[0].chart for one in of_staff)) == scores


def test_warmth_with_neutropenia_is_urgent_in_the_score_and_on_the_familys_page(
    device, patient, caregiver, now
):
    patient.infusion_date = now.astimezone(ZoneInfo(patient.time_zone)).date() - timedelta(days=60)
    patient.neutropenia = True
    patient.save(update_fields=["infusion_date", "neutropenia"])
    report = factories.ReportFactory(
        patient=patient,
        author=caregiver,
        answers=answers_of(37.7),
        observed_at=now - timedelta(hours=1),
        received_at=now - timedelta(hours=1),
    )

    score = scoring.score(report_id=report.pk, now=now)
    page = device.get("/history/")

    (shown,) = page.context["courses"]
    assert score.level == Level.URGENT
    assert drawn(shown.chart) == {37.7: Level.URGENT}
    assert ">Call now</text>" in page.content.decode()
    assert ">Check again</text>" not in page.content.decode()
