from datetime import UTC, date, datetime

import pytest

from clinic.rules.patients import erasure, retention

NOW = datetime(2028, 2, 29, 12, tzinfo=UTC)


def test_years_are_those_of_the_calendar():
    assert retention.years_before(NOW, 4) == datetime(2024, 2, 29, 12, tzinfo=UTC)
    assert retention.years_before(NOW, 6) == datetime(2022, 3, 1, 12, tzinfo=UTC)
    assert retention.days_before(NOW, 1) == datetime(2028, 2, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(("day", "may_go"), [(date(2022, 2, 28), True), (date(2022, 3, 1), False)])
def test_audit_is_never_younger_than_six_years(day, may_go):
    assert retention.is_old_enough_for_audit(day, NOW) is may_go


def test_reason_keeps_its_rule_and_no_words():
    reason = {
        "rule": "fever",
        "level": "urgent",
        "item": "temp",
        "why": {"en": "39.2 °C"},
        "as_observed": True,
    }

    assert erasure.without_words([reason]) == [
        {"rule": "fever", "level": "urgent", "item": "temp", "as_observed": True, "why": {}}
    ]


def test_matter_of_a_handover_keeps_what_and_when():
    matters = [{"what": "worry", "at": "x", "text": "pale"}, {"what": "asked", "at": "y"}]

    assert erasure.matters_without_words(matters) == [
        {"what": "worry", "at": "x", "text": ""},
        {"what": "asked", "at": "y"},
    ]
