"""A lost second factor goes only by two people, and neither is the one whose it is."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from clinic.access import NotVisible
from clinic.models import ApiToken, AuditEvent, FactorReset
from clinic.services.accounts import factor_resets
from clinic.services.accounts.factor_resets import ResetRefused
from clinic.services.core import tokens
from tests import factories


@pytest.fixture
def leads(clinic):
    return [factories.StaffFactory(clinic=clinic, role="administrator").user for _ in range(2)]


@pytest.fixture
def role(nurse):
    Authenticator.objects.create(user=nurse, type="totp", data={"secret": "x"})
    return nurse.staff_roles.get()


@pytest.fixture
def asked(role, leads, now):
    return factor_resets.ask(staff_id=role.pk, reason="Lost", by=leads[0], now=now)


def refusal(call, **arguments):
    with pytest.raises(ResetRefused) as refused:
        call(**arguments)
    return refused.value.code


def test_second_administrator_takes_the_factor_and_the_sessions_away(asked, nurse, clinic, leads, now):
    assert Authenticator.objects.filter(user=nurse).exists()
    token = tokens.issue(user=nurse, label="export", days=1, now=now)

    factor_resets.agree(reset_id=asked.pk, by=leads[1], now=now)

    nurse.refresh_from_db()
    assert (ApiToken.objects.get().revoked_at, tokens.authenticate(token=token, now=now)) == (now, None)
    assert (Authenticator.objects.filter(user=nurse).exists(), nurse.signed_out_at) == (False, now)
    rows = AuditEvent.objects.filter(action__startswith="factor_reset").order_by("pk")
    assert list(rows.values_list("action", "actor_id", "clinic_id")) == [
        ("factor_reset.asked", leads[0].pk, clinic.pk),
        ("factor_reset.done", leads[1].pk, clinic.pk),
    ]


def test_nobody_is_both(asked, nurse, role, leads, now):
    assert refusal(factor_resets.agree, reset_id=asked.pk, by=leads[0], now=now) == "second_person"
    own = leads[0].staff_roles.get()
    assert refusal(factor_resets.ask, staff_id=own.pk, reason="Lost", by=leads[0], now=now) == "own_factor"
    assert Authenticator.objects.filter(user=nurse).exists()


@pytest.mark.parametrize("which", ["asked_by", "user"])
def test_database_keeps_two_others_apart(asked, now, which):
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.update(done_at=now, done_by=getattr(asked, f"{which}_id"))


def test_nurse_and_lead_of_another_clinic_find_nothing(asked, role, nurse, other_clinic, now):
    outsider = factories.StaffFactory(clinic=other_clinic, role="administrator").user
    colleague = factories.StaffFactory(clinic=role.clinic, role="nurse").user

    for somebody in (outsider, colleague):
        with pytest.raises(NotVisible):
            factor_resets.agree(reset_id=asked.pk, by=somebody, now=now)
        with pytest.raises(NotVisible):
            factor_resets.ask(staff_id=role.pk, reason="Lost", by=somebody, now=now)


def test_request_is_one_at_a_time_lapses_after_a_day_and_is_done_once(asked, role, leads, now):
    ask = {"call": factor_resets.ask, "staff_id": role.pk, "reason": "Lost"}
    assert refusal(by=leads[1], now=now, **ask) == "asked_already"
    late = now + timedelta(hours=24)
    assert refusal(factor_resets.agree, reset_id=asked.pk, by=leads[1], now=late) == "closed"

    again = factor_resets.ask(staff_id=role.pk, reason="Lost", by=leads[1], now=late)
    factor_resets.agree(reset_id=again.pk, by=leads[0], now=late)

    assert refusal(factor_resets.agree, reset_id=again.pk, by=leads[0], now=late) == "closed"


def test_withdrawn_request_does_nothing(asked, nurse, leads, now):
    factor_resets.withdraw(reset_id=asked.pk, by=leads[1], now=now)

    assert refusal(factor_resets.agree, reset_id=asked.pk, by=leads[1], now=now) == "closed"
    assert refusal(factor_resets.withdraw, reset_id=asked.pk, by=leads[1], now=now) == "closed"
    assert Authenticator.objects.filter(user=nurse).exists()


def test_reason_and_factor_are_needed(role, leads, now):
    ask = {"call": factor_resets.ask, "staff_id": role.pk, "by": leads[0], "now": now}
    assert refusal(reason=" ", **ask) == "no_reason"
    Authenticator.objects.all().delete()
    assert refusal(reason="Lost", **ask) == "no_factor"
