"""Events reach a real receiver on this machine: signed, in order, each once, until it has taken them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Listener, ListenerEvent, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.watch import audit_words
from clinic.rules.core import listener_events as rules
from clinic.services.core import audit, kept
from clinic.services.escalations import lifecycle, scoring
from clinic.services.watch import audit_seals, listener_events, listeners
from tests import factories
from tests.fakes import listener as fakes

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


@pytest.fixture
def receiver(settings):
    with fakes.running() as fake:
        settings.LISTENER_TEST_PEER = fake.url
        yield fake


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def made(receiver, clinic, lead, now):
    return listeners.register(clinic_id=clinic.pk, address=f"{receiver.url}/in", by=lead, now=now)


def go_on(now):
    """What the engine does every quarter of a minute."""
    audit_seals.seal_written(now=now)
    listener_events.collect(now=now)
    return listener_events.send_due(now=now)


def happen(patient, *actions, now):
    for action in actions:
        audit.record_about(patient, action, None, now)


def kinds(receiver):
    return [one["type"] for one in receiver.taken]


def test_report_and_its_alert_are_told_by_ids_alone(made, receiver, patient, clinic, nurse, now):
    report = factories.ReportFactory(patient=patient, answers={"temp_value": "38.6", "temp_unit": "C"})
    audit.record(
        action="report.submitted",
        by=nurse,
        now=now,
        clinic_id=clinic.pk,
        patient_id=patient.pk,
        subject_type="report",
        subject_id=report.pk,
    )
    scoring.score(report_id=report.pk, now=now)
    alert = patient.escalations.get()
    lifecycle.acknowledge(escalation_id=alert.pk, by=nurse, now=now)

    go_on(now)

    assert kinds(receiver) == ["report.received", "escalation.opened", "escalation.acknowledged"]
    assert receiver.taken[1] == {
        "type": "escalation.opened",
        "timestamp": now.isoformat(),
        "data": {"clinic": clinic.slug, "patient": str(patient.pk), "id": str(alert.pk)},
    }
    assert all(receiver.is_signed(number, made.secret) for number in range(3))
    assert not receiver.is_signed(0, listeners.new_secret())


def test_again_and_again_tells_nothing_twice(made, receiver, patient, now):
    happen(patient, "patient.enrolled", "patient.paused", now=now)

    assert [go_on(now), go_on(now), go_on(now + MINUTE)] == [2, 0, 0]
    assert len(receiver.asked) == 2


def test_receiver_that_is_down_for_an_hour_gets_each_once_and_in_order(made, receiver, patient, clinic, now):
    other = factories.PatientFactory(clinic=clinic)
    receiver.is_down = True
    for minute in range(60):
        at = now + minute * MINUTE
        if minute % 10 == 0:
            happen(patient, "patient.paused", "patient.resumed", now=at)
            happen(other, "patient.infused", now=at)
        go_on(at)
    assert receiver.taken == []
    # It is asked less and less often, and by one event at a time.
    assert len(receiver.asked) < 12

    receiver.is_down = False
    for minute in range(60, 76):
        go_on(now + minute * MINUTE)

    for one, count in ((patient, 12), (other, 6)):
        of_patient = [told for told in receiver.taken if told["data"]["patient"] == str(one.pk)]
        times = [told["timestamp"] for told in of_patient]
        assert (len(of_patient), times) == (count, sorted(times))
    ids = [asked["webhook-id"] for asked in receiver.asked[-18:]]
    # By their rows, so that two of one moment have an order too.
    rows = list(ListenerEvent.objects.filter(line=str(patient.pk)).order_by("event_id"))
    assert [one for one in ids if one in {f"evt_{row.pk.hex}" for row in rows}] == [
        f"evt_{row.pk.hex}" for row in rows
    ]
    assert len(set(ids)) == len(receiver.taken) == 18
    assert not ListenerEvent.objects.filter(due_at__isnull=False).exists()


def test_event_whose_answer_was_lost_comes_again_under_the_same_id(made, receiver, patient, now):
    receiver.answers = [500]
    happen(patient, "patient.enrolled", now=now)

    go_on(now)
    go_on(now + 10 * SECOND)

    first, second = receiver.asked
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]


def test_event_that_is_refused_holds_up_its_own_patient_alone(made, receiver, patient, clinic, now):
    other = factories.PatientFactory(clinic=clinic)
    receiver.refuses = {str(patient.pk): 400}
    happen(patient, "patient.enrolled", "patient.paused", now=now)
    happen(other, "patient.enrolled", now=now)

    go_on(now)
    assert [one["data"]["patient"] for one in receiver.taken] == [str(other.pk)]

    receiver.refuses = {}
    go_on(now + MINUTE)
    assert kinds(receiver)[1:] == ["patient.enrolled", "patient.changed"]


def test_after_three_days_an_event_is_given_up_and_the_next_goes(made, receiver, patient, now):
    receiver.refuses = {str(patient.pk): 400}
    happen(patient, "patient.enrolled", "patient.paused", now=now)
    go_on(now)
    go_on(now + 3 * DAY)

    given_up, waits = ListenerEvent.objects.order_by("event_id")
    assert (given_up.taken_at, given_up.due_at, given_up.error) == (None, None, "http_400")
    assert waits.due_at is not None

    receiver.refuses = {}
    go_on(now + 3 * DAY + HOUR)
    assert kinds(receiver) == ["patient.changed"]


def test_leads_hear_after_an_hour_and_of_the_end(made, receiver, patient, clinic, now):
    receiver.is_down = True
    happen(patient, "patient.enrolled", now=now)
    go_on(now)
    go_on(now + HOUR - SECOND)
    alarms = SystemAlarm.objects.filter(kind=AlarmKind.LISTENER_STUCK, cleared_at__isnull=True)
    assert not alarms.exists()

    go_on(now + HOUR)
    assert [(one.clinic_id, one.subject) for one in alarms] == [(clinic.pk, str(made.listener.pk))]

    receiver.is_down = False
    go_on(now + 2 * HOUR)
    assert not alarms.all().exists()


@pytest.mark.parametrize(("status", "error"), [(302, "http_302"), (410, "http_410"), (404, "http_404")])
def test_no_redirect_is_followed_and_nothing_but_taken_counts(made, receiver, patient, now, status, error):
    receiver.answers = [status]
    happen(patient, "patient.enrolled", now=now)

    assert go_on(now) == 0
    assert (len(receiver.asked), ListenerEvent.objects.get().error) == (1, error)


def test_what_does_not_listen_at_all_waits_too(made, receiver, patient, settings, now):
    settings.LISTENER_TEST_PEER = "http://127.0.0.1:9"
    Listener.objects.update(address="http://127.0.0.1:9/in")
    happen(patient, "patient.enrolled", now=now)

    go_on(now)

    row = ListenerEvent.objects.get()
    assert (row.error, row.taken_at, Listener.objects.get().failures) == ("unreachable", None, 1)


def test_another_clinics_events_practice_and_made_up_people_are_told_to_nobody(
    made, receiver, patient, clinic, other_clinic, now
):
    happen(factories.PatientFactory(clinic=other_clinic), "patient.enrolled", now=now)
    happen(
        factories.PatientFactory(clinic=clinic, is_synthetic=True, status="ended"),
        "patient.enrolled",
        now=now,
    )
    audit.record_about(patient, "report.submitted", None, now, {"drill": True})
    practice = factories.EscalationFactory(patient=patient, is_drill=True)
    audit.record_about(practice, "escalation.opened", None, now)
    # Acts that are nobody else's matter.
    happen(patient, "patient.viewed", "escalation.noted", now=now)

    go_on(now)

    assert receiver.asked == []


def test_event_that_was_not_committed_is_told_to_nobody(made, receiver, patient, now):
    """Nothing is collected that is not sealed, and nothing sealed that may not stand."""
    happen(patient, "patient.enrolled", now=now)

    listener_events.collect(now=now)

    assert ListenerEvent.objects.count() == 0
    go_on(now)
    assert kinds(receiver) == ["patient.enrolled"]


def test_each_listener_of_a_clinic_gets_its_own_and_what_was_before_is_not_told(
    made, receiver, patient, clinic, lead, now
):
    happen(patient, "patient.enrolled", now=now)
    second = listeners.register(clinic_id=clinic.pk, address=f"{receiver.url}/second", by=lead, now=now)
    happen(patient, "patient.paused", now=now)

    go_on(now)

    assert sorted(kinds(receiver)) == ["patient.changed", "patient.changed", "patient.enrolled"]
    assert ListenerEvent.objects.filter(listener=second.listener).count() == 1


def test_other_worker_leaves_a_listener_alone_that_somebody_is_at(made, receiver, patient, now):
    happen(patient, "patient.enrolled", now=now)
    Listener.objects.update(lease_until=now + 30 * SECOND)

    assert go_on(now) == 0
    # Whoever was at it has died.
    assert go_on(now + MINUTE) == 1


def test_secret_that_nobody_can_open_holds_up_no_other_clinic(
    made, receiver, patient, other_clinic, settings, now
):
    elsewhere = factories.PatientFactory(clinic=other_clinic)
    Listener.objects.update(secret="of-another-key", after=0)
    lead = factories.StaffFactory(clinic=other_clinic, role="administrator").user
    listeners.register(clinic_id=other_clinic.pk, address=f"{receiver.url}/other", by=lead, now=now)
    happen(patient, "patient.enrolled", now=now)
    happen(elsewhere, "patient.enrolled", now=now)

    go_on(now)

    assert [one["data"]["clinic"] for one in receiver.taken] == [other_clinic.slug]
    assert ListenerEvent.objects.get(listener=made.listener).error == "secret"


def test_two_secrets_fit_for_a_day(made, receiver, patient, lead, now):
    renewed = listeners.renew_secret(listener_id=made.listener.pk, by=lead, now=now)
    happen(patient, "patient.enrolled", now=now)
    go_on(now)
    happen(patient, "patient.paused", now=now + DAY)
    go_on(now + DAY)

    signed = [[receiver.is_signed(n, one.secret) for one in (made, renewed)] for n in (0, 1)]
    assert signed == [[True, True], [False, True]]


def test_round_asks_the_database_no_more_for_many_events_than_for_few(made, receiver, patient, clinic, now):
    def questions():
        audit_seals.seal_written(now=now)
        with CaptureQueriesContext(connection) as asked:
            listener_events.collect(now=now)
        return len(asked)

    happen(patient, "patient.enrolled", now=now)
    few = questions()
    for _number in range(20):
        happen(factories.PatientFactory(clinic=clinic), "patient.enrolled", "patient.paused", now=now)

    assert questions() == few
    Listener.objects.update(ended_at=now, ended_by=made.listener.created_by)
    assert questions() == 1


def test_what_is_over_goes_after_a_month_and_what_waits_stays(made, receiver, patient, now):
    kind = next(one for one in kept.kinds() if one.name == "listener_events")
    happen(patient, "patient.enrolled", now=now)
    go_on(now)
    receiver.is_down = True
    happen(patient, "patient.paused", now=now)
    go_on(now)

    assert kind.expired(now + 29 * DAY).count() == 0
    assert kept.let_go_of_some(kind, now=now + 31 * DAY) == 1
    assert ListenerEvent.objects.get().kind == "patient.changed"


def test_rows_that_are_told_are_acts_that_the_audit_knows():
    """A renamed act would silently be told to nobody."""
    known = {action for _label, actions in audit_words.KINDS.values() for action in actions}

    assert set(rules.KINDS) - known == set()
