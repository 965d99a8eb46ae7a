from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.core.courses import Course, begins_at, course_at

NEW_YORK = ZoneInfo("America/New_York")
FIRST = Course(1, date(2025, 3, 3), "tisa-cel", "CD19", "car-t", "")
SECOND = Course(3, date(2026, 11, 17), "axi-cel", "CD19", "car-t", "")
THIRD = Course(4, date(2027, 1, 1), "cilta-cel", "BCMA", "car-t", "")


@pytest.mark.parametrize(
    ("at", "course"),
    [
        # Counting down to the first infusion is the first course.
        (datetime(2025, 2, 1, 12, tzinfo=UTC), FIRST),
        # Midnight where the patient is, five hours after that of Greenwich.
        (datetime(2026, 11, 17, 4, 59, tzinfo=UTC), FIRST),
        (datetime(2026, 11, 17, 5, 0, tzinfo=UTC), SECOND),
        (datetime(2027, 1, 1, 4, 59, tzinfo=UTC), SECOND),
        (datetime(2027, 1, 1, 5, 0, tzinfo=UTC), THIRD),
    ],
)
def test_moment_belongs_to_the_last_infusion_before_it(at, course):
    assert course_at([FIRST, SECOND, THIRD], at, NEW_YORK) == course


def test_only_a_later_course_has_a_beginning():
    assert begins_at([FIRST, SECOND], FIRST, NEW_YORK) is None
    assert begins_at([FIRST, SECOND], SECOND, NEW_YORK) == datetime(2026, 11, 17, 5, 0, tzinfo=UTC)
