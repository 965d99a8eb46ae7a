from datetime import timedelta

import pytest

from clinic.models import ApiToken, AuditEvent
from clinic.services.core import tokens

pytestmark = pytest.mark.django_db


def test_issue_stores_a_hash_and_never_the_token(nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=30, now=now)

    row = ApiToken.objects.get()
    assert token not in str(vars(row))
    assert row.token_hash == tokens.hash_of(token)
    assert row.expires_at == now + timedelta(days=30)
    assert len(token) >= 43
    assert AuditEvent.objects.filter(action="token.issued", actor_id=nurse.pk).count() == 1


def test_authenticate_gives_the_user_until_the_moment_of_expiry(nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)
    end = now + timedelta(days=1)

    assert tokens.authenticate(token=token, now=end - timedelta(seconds=1)) == nurse
    assert tokens.authenticate(token=token, now=end) is None


@pytest.mark.parametrize("wrong", ["", "kw_", "nonsense", "\x00", "\ud800", "x" * 10_000])
def test_authenticate_knows_no_other_token(nurse, now, wrong):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)

    assert tokens.authenticate(token=wrong, now=now) is None
    assert tokens.authenticate(token=token[:-1], now=now) is None


def test_authenticate_notes_its_use_once_a_minute(nurse, now, django_assert_num_queries):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)
    tokens.authenticate(token=token, now=now)

    with django_assert_num_queries(1):
        tokens.authenticate(token=token, now=now + timedelta(seconds=59))
    tokens.authenticate(token=token, now=now + timedelta(seconds=60))

    assert ApiToken.objects.get().last_used_at == now + timedelta(seconds=60)


def test_revoke_ends_it_at_once_and_only_for_its_owner(nurse, other_nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)
    row = ApiToken.objects.get()

    with pytest.raises(tokens.UnknownToken):
        tokens.revoke(token_id=row.pk, by=other_nurse, now=now)
    assert tokens.authenticate(token=token, now=now) == nurse
    tokens.revoke(token_id=row.pk, by=nurse, now=now)

    assert tokens.authenticate(token=token, now=now) is None
    assert AuditEvent.objects.filter(action="token.revoked").count() == 1
    with pytest.raises(tokens.UnknownToken):
        tokens.revoke(token_id=row.pk, by=nurse, now=now)


def test_inactive_user_has_no_token(nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)
    nurse.is_active = False
    nurse.save(update_fields=["is_active"])

    assert tokens.authenticate(token=token, now=now) is None


def test_another_password_ends_it_by_whatever_door(nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)

    nurse.set_password("another")
    nurse.save()

    assert tokens.authenticate(token=token, now=now) is None
    assert tokens.list_in_force(user=nurse, now=now) == []


def test_being_signed_out_by_somebody_else_ends_it(nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)

    nurse.signed_out_at = now
    nurse.save()

    assert tokens.authenticate(token=token, now=now) is None
    assert tokens.authenticate(token=tokens.issue(user=nurse, label="new", days=1, now=now), now=now) == nurse


def test_a_token_from_before_there_was_a_mark_lasts_to_its_end(nurse, now):
    token = tokens.issue(user=nurse, label="phone", days=1, now=now)
    ApiToken.objects.update(owner_mark="")

    assert tokens.authenticate(token=token, now=now) == nurse


def test_revoke_all_ends_what_is_in_force_and_says_why(nurse, other_nurse, now):
    tokens.issue(user=nurse, label="phone", days=1, now=now)
    tokens.issue(user=other_nurse, label="phone", days=1, now=now)

    assert tokens.revoke_all(user=nurse, because="factor", by=nurse, now=now) == 1
    assert tokens.revoke_all(user=nurse, because="factor", by=nurse, now=now) == 0

    assert ApiToken.objects.filter(revoked_at=None).get().user == other_nurse
    assert AuditEvent.objects.get(action="token.all_revoked").detail["because"] == "factor"
