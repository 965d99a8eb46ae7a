"""Numbers for people whom we do not know."""

from typing import Any

import pytest

from caregiver.queries.household import call_numbers


@pytest.mark.parametrize("remembered", [[], ["not-an-id"], ["6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11"]])
def test_unknown_phone_sees_all_clinics(
    clinic: Any, other_clinic: Any, now: Any, remembered: list[str]
) -> None:
    found = call_numbers.for_visitor(remembered=remembered, now=now)

    assert [one.name for one in found] == ["Lake Hospital", "River Cancer Center"]


def test_known_phone_sees_its_own_clinic(clinic: Any, other_clinic: Any, now: Any) -> None:
    found = call_numbers.for_visitor(remembered=[str(clinic.pk)], now=now)

    assert [one.name for one in found] == ["River Cancer Center"]
    assert [call.kind for call in found[0].calls] == ["emergency", "line", "clinic"]
