"""How serious a form is that came without a session."""

from typing import Any

import pytest

from caregiver.services.check_in import visitor_advice
from clinic.rules.core.enums import Level
from tests import factories


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"red_flags": ["seizure"]}, Level.EMERGENCY),
        ({"alertness": ["3"]}, Level.EMERGENCY),
        ({"temp_value": ["38,4"], "temp_unit": ["C"]}, Level.URGENT),
        ({"temp_value": ["98.2"], "temp_unit": ["F"], "chills": ["0"], "steroid_48h": ["no"]}, Level.NONE),
    ],
    ids=["danger sign", "worst answer", "fever", "nothing new"],
)
@pytest.mark.parametrize("known", [True, False], ids=["clinic known", "clinic unknown"])
def test_level_of_posted_answers(
    clinic: Any, fields: dict[str, list[str]], level: Level, known: bool
) -> None:
    remembered = [str(clinic.pk)] if known else []

    assert visitor_advice.level_of_form(fields=fields, remembered=remembered) is level


def test_clinic_without_a_protocol_and_a_forged_id_use_the_default(db: None) -> None:
    bare = factories.ClinicFactory(protocol=False)
    fields = {"red_flags": ["seizure"]}

    levels = [
        visitor_advice.level_of_form(fields=fields, remembered=[one]) for one in (str(bare.pk), "not-an-id")
    ]

    assert levels == [Level.EMERGENCY, Level.EMERGENCY]
