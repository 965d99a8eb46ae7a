from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories


@pytest.fixture
def ann(clinic):
    return factories.CoveringStaffFactory(
        clinic=clinic, user__name="Ann Away", user__email="ann@river.example"
    )


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__email="lead@river.example")


def run(*words):
    out = StringIO()
    call_command("end_role", *words, stdout=out)
    return out.getvalue()


def test_it_is_told_first_and_done_with_yes(ann, lead):
    factories.OnCallFactory(staff=ann)

    told = run("river", "ANN@river.example", "lead@river.example")
    assert "They are taken off the standing list." in told
    assert "GAP: Nobody is left who can be paged now" in told
    ann.refresh_from_db()
    assert ann.ended_at is None

    assert "has ended." in run("river", "ann@river.example", "lead@river.example", "--yes")
    ann.refresh_from_db()
    assert ann.ended_by == lead.user


@pytest.mark.parametrize(
    ("clinic_slug", "email", "by", "says"),
    [
        ("river", "ann@river.example", "nobody@river.example", "Nobody signs in"),
        ("lake", "ann@river.example", "lead@river.example", "has no role at"),
        ("river", "lead@river.example", "lead@river.example", "may not end this role"),
        ("river", "lead@river.example", "ann@river.example", "may not end this role"),
    ],
)
def test_what_cannot_be_is_said(ann, lead, other_clinic, clinic_slug, email, by, says):
    with pytest.raises(CommandError, match=says):
        run(clinic_slug, email, by, "--yes")
