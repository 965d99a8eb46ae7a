import datetime

import pytest

from clinic.models import Clinic
from clinic.services import demo

NOW = datetime.datetime(2026, 11, 22, 15, 0, tzinfo=datetime.UTC)


def test_real_clinics_are_left_alone(db, settings) -> None:
    settings.DEMO = False
    with pytest.raises(demo.NotADemo):
        demo.load(now=NOW)
    assert not Clinic.objects.exists()
