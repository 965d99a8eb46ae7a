from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from clinic.models import AuditEvent, RetentionRun
from notifications.models import InboundSms

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_text():
    created = timezone.now() - timedelta(days=400)
    return InboundSms.objects.create(
        sid="SM1", from_phone="+1", body="words", kind="text", service="codes", created_at=created
    )


def said(*arguments):
    out = StringIO()
    call_command("apply_retention", *arguments, stdout=out)
    return out.getvalue()


def test_dry_run_counts_each_kind_and_writes_nothing(old_text):
    text = said("--dry-run")

    assert "words_received: 1\n" in text
    assert "records: 0\n" in text
    assert "audit: 0\nnothing was written" in text
    old_text.refresh_from_db()
    assert (old_text.body, AuditEvent.objects.count(), RetentionRun.objects.count()) == ("words", 0, 0)


def test_it_does_all_at_once_and_says_how_much(as_owner, old_text):
    assert said() == "words_received: 1\n1 rows went\n"

    old_text.refresh_from_db()
    assert old_text.body == ""
    assert AuditEvent.objects.get().detail == {"words_received": 1}
    assert said() == "0 rows went\n"
