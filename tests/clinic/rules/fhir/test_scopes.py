"""What a scope allows, and which are none of ours."""

import pytest

from clinic.rules.fhir import capability, scopes

READ, SEARCH = scopes.READ, scopes.SEARCH


def test_scopes_add_up():
    held = scopes.parse("system/Patient.r system/Patient.s system/Task.rs")

    assert held == {("Patient", READ), ("Patient", SEARCH), ("Task", READ), ("Task", SEARCH)}
    assert scopes.covers(held, "Task", READ)
    assert not scopes.covers(held, "Observation", READ)
    assert not scopes.covers(held, scopes.ALL_KINDS, READ)


def test_all_kinds_cover_each_and_no_other_act():
    held = scopes.parse("system/*.s")

    assert all(scopes.covers(held, kind, SEARCH) for kind in (*capability.SEARCHES, scopes.ALL_KINDS))
    assert not any(scopes.covers(held, kind, READ) for kind in (*capability.SEARCHES, scopes.ALL_KINDS))


@pytest.mark.parametrize(
    ("wanted", "held", "is_within"),
    [
        ("system/Task.s", "system/*.rs", True),
        ("system/*.rs", "system/*.rs", True),
        ("system/*.r", "system/Task.rs", False),
        ("system/Task.rs system/Patient.r", "system/Task.rs", False),
    ],
)
def test_no_more_than_is_held(wanted, held, is_within):
    assert scopes.is_within(scopes.parse(wanted), scopes.parse(held)) is is_within


def test_what_may_be_agreed_can_be_read_again():
    assert scopes.parse(" ".join(scopes.supported())) >= scopes.parse("system/*.rs")
    assert scopes.of_kinds(["Task", "Patient", "Device"]) == "system/Patient.rs system/Task.rs"
    assert scopes.of_kinds([]) == ""
