"""Nobody is said to have been paged before a provider has taken the page."""

from datetime import timedelta

import pytest

from clinic.models import Clinic, EscalationEvent
from clinic.receivers import on_message_state
from clinic.services.paging import bundles, chain, taken
from notifications.models import Message
from tests import cases, factories

SECOND = timedelta(seconds=1)


@pytest.fixture
def ana(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ana First")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


def tell(message, state, at):
    on_message_state(message_id=message.pk, purpose="page", state=state, error_code="", now=at)


def paged():
    return list(EscalationEvent.objects.filter(kind="paged").values_list("text", "at"))


def test_history_says_paged_when_the_provider_took_it_and_once(escalate, ana, now):
    escalation = escalate()
    chain.send_due(now=now)
    message = Message.objects.get()
    for state in ("sending", "unknown"):
        tell(message, state, now + SECOND)
    assert paged() == []
    version = Clinic.objects.get().live_version

    for seconds, state in enumerate(("accepted", "sent", "delivered"), start=5):
        tell(message, state, now + seconds * SECOND)

    assert paged() == [("Ana First", now + 5 * SECOND)]
    assert escalation.pages.get(number=1).taken_at == now + 5 * SECOND
    assert Clinic.objects.get().live_version == version + 1


@pytest.mark.parametrize("state", ["failed", "expired", "suppressed"])
def test_page_that_never_left_is_in_no_history(escalate, ana, now, state):
    escalate()
    chain.send_due(now=now)

    tell(Message.objects.get(), state, now + SECOND)

    assert paged() == []


def test_word_that_comes_late_or_first_says_it_all_the_same(escalate, ana, now):
    escalate()
    chain.send_due(now=now)

    tell(Message.objects.get(), "delivered", now + 9 * SECOND)

    assert paged() == [("Ana First", now + 9 * SECOND)]


def test_bundle_says_it_of_each_patient_and_the_line_by_its_name(clinic, ana, now):
    for _ in range(3):
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    chain.send_due(now=now)
    bundles.send_due(now=now + 60 * SECOND)

    for message in Message.objects.all():
        tell(message, "accepted", now + 61 * SECOND)

    events = EscalationEvent.objects.filter(kind="paged")
    assert events.values("escalation").distinct().count() == events.count() == 3


def test_line_is_named_as_the_line_and_other_messages_are_none_of_ours(escalate, now):
    escalate()
    chain.send_due(now=now)
    message = Message.objects.get()
    on_message_state(message_id=message.pk, purpose="reminder", state="sent", error_code="", now=now)
    assert paged() == []

    assert taken.record(message_id=message.pk, now=now) == 1
    assert paged() == [("the clinic's line", now)]
