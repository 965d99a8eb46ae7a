"""Once a night, in parts; stopped anywhere and begun again it does the same."""

from datetime import timedelta

import pytest

from clinic.models import AuditEvent, RetentionRun
from clinic.services.core import kept
from clinic.services.watch import retention_runs
from notifications.models import InboundSms

pytestmark = pytest.mark.django_db
OLD = timedelta(days=400)


@pytest.fixture
def texts(now, monkeypatch):
    """Three texts whose words are to go, one at a time."""
    kinds = {kind.name: kind for kind in kept.kinds()}
    small = kept.Kind(**{**vars(kinds["words_received"]), "at_once": 1})
    monkeypatch.setitem(kept._KINDS, "words_received", small)
    for number in range(3):
        InboundSms.objects.create(
            sid=f"SM{number}",
            from_phone="+1",
            body="words",
            kind="text",
            service="codes",
            created_at=now - OLD,
        )


def left():
    return InboundSms.objects.exclude(body="").count()


def test_night_goes_part_by_part_is_counted_and_done_once(texts, now):
    assert [retention_runs.go_on(now=now) for _ in range(2)] == [1, 1]
    assert (left(), RetentionRun.objects.get().counts) == (1, {"words_received": 2})

    assert [retention_runs.go_on(now=now + timedelta(hours=1)) for _ in range(3)] == [1, 0, 0]

    run = RetentionRun.objects.get()
    assert (left(), run.counts) == (0, {"words_received": 3})
    assert run.finished_at == now + timedelta(hours=1)
    row = AuditEvent.objects.get(action="retention.applied")
    assert row.detail == {"words_received": 3}
    InboundSms.objects.update(body="more")
    assert retention_runs.go_on(now=now + timedelta(hours=2)) == 0
    assert retention_runs.go_on(now=now + timedelta(days=1)) == 1


def test_part_that_dies_is_done_again(texts, now, monkeypatch):
    def die(rows, at):
        rows.update(body="")
        raise RuntimeError("killed")

    whole = kept._KINDS["words_received"]
    monkeypatch.setitem(kept._KINDS, "words_received", kept.Kind(**{**vars(whole), "let_go": die}))
    # Every other kind has had its turn, and the round says that one failed.
    with pytest.raises(RuntimeError):
        retention_runs.go_on(now=now)
    assert (left(), RetentionRun.objects.get().finished_at) == (3, None)

    monkeypatch.setitem(kept._KINDS, "words_received", whole)
    while retention_runs.go_on(now=now):
        pass
    assert (left(), RetentionRun.objects.get().finished_at) == (0, now)


def test_quiet_night_leaves_no_audit_row(now):
    retention_runs.go_on(now=now)

    assert RetentionRun.objects.get().finished_at == now
    assert not AuditEvent.objects.filter(action="retention.applied").exists()
