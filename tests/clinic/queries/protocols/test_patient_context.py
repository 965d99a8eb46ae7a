from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from clinic.models import Patient
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.protocols.document.vocabulary import ADDITION_FACTS, PATIENT_FACTS, TRAVEL_FACTS
from clinic.rules.protocols.scoring.assessment import PatientContext

# Four in the morning of 29 March in London is still the 28th in New York.
AT = datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def a_patient(**facts):
    told = {
        "infusion_date": date(2026, 3, 20),
        "target": "CD19",
        "product": "axi-cel",
        "time_zone": "Europe/London",
    }
    return Patient(**{**told, **facts})


@pytest.mark.parametrize(
    ("zone", "day", "age", "masked"),
    [("Europe/London", 9, 65, False), ("America/New_York", 8, 64, True)],
)
def test_days_and_years_are_counted_where_the_patient_is(zone, day, age, masked):
    patient = a_patient(time_zone=zone, birth_date=date(1961, 3, 29), masked_until=date(2026, 3, 28))

    known = context_of(patient, AT)

    assert (known.day, known.age, known.masked) == (day, age, masked)


def test_age_is_unknown_without_a_date_of_birth():
    assert context_of(a_patient(), AT).age is None


def test_every_fact_that_a_condition_may_name_is_known_of_a_patient():
    known = {one.name for one in fields(PatientContext)}
    assert known == {*PATIENT_FACTS, *TRAVEL_FACTS, *ADDITION_FACTS, "baseline", "findings", "home_day"}
