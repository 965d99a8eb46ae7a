from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import Page, Tick
from clinic.services.core import ticks
from clinic.services.escalations import scoring
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticking():
    for name in ("clinic", "notifications"):
        Tick.objects.create(name=name, at=timezone.now())


@pytest.fixture
def urgent(patient):
    """An urgent escalation whose first page is due."""
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=patient.clinic), position=0)
    report = factories.ReportFactory(patient=patient, answers={"temp_value": 38.6, "temp_unit": "C"})
    scoring.score(report_id=report.pk, now=timezone.now())


def engine(client):
    response = client.get("/health/engine")
    return response.status_code, response.json()["reasons"]


def test_live_answers_without_a_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_reports_database_and_broker(client):
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok"}


def test_ready_is_not_said_of_a_system_whose_alarms_lack_something(client, settings):
    settings.DEMO = False
    settings.EMAIL_SERVER, settings.HEARTBEAT_URL, settings.TWILIO_VOICE_FROM = None, "", ""

    response = client.get("/health/ready")

    # The proxy goes on: families get their advice all the same.
    assert (response.status_code, response.json()["status"]) == (200, "incomplete")
    assert {"no_second_way", "no_outside_monitor", "no_voice_number"} <= set(response.json()["missing"])


def test_deploy_check_and_log_name_what_alarms_lack(settings, caplog):
    from config.apps import alarms_are_complete, warn_at_start

    settings.EMAIL_SERVER = None
    assert "kinwatch.no_second_way" in {one.id for one in alarms_are_complete(None)}
    warn_at_start()
    assert "no second way" not in caplog.text, "a demo has none, and needs none"

    settings.DEMO = False
    warn_at_start()
    assert "Not ready for real alarms: There is no second way" in caplog.text


def test_ready_is_not_undone_by_a_broker_that_is_away(client, settings):
    from config.celery import app

    before = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        response = client.get("/health/ready")
    finally:
        app.conf.broker_url = before

    assert (response.status_code, response.json()["broker"]) == (200, "unreachable")


def test_engine_that_never_ticked_fails(client):
    assert engine(client) == (503, ["tick:clinic", "tick:notifications"])


def test_engine_that_ticks_and_owes_nothing_is_ok(client, ticking):
    assert engine(client) == (200, [])


@pytest.mark.parametrize(("seconds", "status"), [(58, 200), (62, 503)])
def test_engine_fails_when_a_tick_is_older_than_a_minute(client, ticking, seconds, status):
    Tick.objects.update(at=timezone.now() - timedelta(seconds=seconds))

    assert engine(client)[0] == status


def test_engine_fails_when_any_other_engine_stands_still(client, ticking):
    Tick.objects.filter(name="notifications").update(at=timezone.now() - timedelta(minutes=2))

    assert engine(client) == (503, ["tick:notifications"])


@pytest.mark.parametrize(
    ("name", "seconds", "reasons"),
    [
        ("shifts", 62, ["tick:shifts"]),
        ("audit", 238, []),
        ("audit", 242, ["tick:audit"]),
        ("rota", 598, []),
        ("rota", 602, ["tick:rota"]),
        ("of an older version", 86_400, []),
    ],
)
def test_engine_that_has_ticked_fails_after_twice_its_interval(client, ticking, name, seconds, reasons):
    Tick.objects.create(name=name, at=timezone.now() - timedelta(seconds=seconds))

    assert engine(client)[1] == reasons


def test_rounds_that_other_processes_take_up_are_named_and_the_engine_is_well(client, ticking):
    ticks.claim_first_overdue(every={"clinic": timedelta(seconds=10)}, now=timezone.now())

    assert engine(client) == (200, [])
    assert client.get("/health/engine").json()["taken_up"] == ["clinic"]


def test_step_that_fails_is_named_and_fails_the_engine_after_a_minute(client, ticking):
    now = timezone.now()
    ticks.begin(name="notifications", now=now)
    ticks.end(name="notifications", begun_at=now, failing=["inbound.finish"], now=now)

    assert engine(client) == (200, [])
    assert client.get("/health/engine").json()["failing"] == {"notifications": ["inbound.finish"]}

    Tick.objects.filter(name="notifications").update(at=now - timedelta(seconds=62))

    assert engine(client) == (503, ["tick:notifications"])


@pytest.mark.parametrize(("seconds", "answer"), [(28, (200, [])), (32, (503, ["unsent_pages"]))])
def test_engine_fails_when_an_urgent_page_is_due_for_half_a_minute(client, ticking, urgent, seconds, answer):
    Page.objects.filter(state="due").update(due_at=timezone.now() - timedelta(seconds=seconds))

    assert engine(client) == answer


def test_engine_fails_when_a_page_is_stuck_in_the_outbox(client, ticking, urgent):
    from clinic.services.paging import chain

    chain.send_due(now=timezone.now())
    assert engine(client) == (200, [])

    Message.objects.update(created_at=timezone.now() - timedelta(seconds=32))

    assert engine(client) == (503, ["unsent_pages"])


def test_health_pages_take_no_post_and_are_not_cached(client, ticking):
    for name in ("live", "ready", "engine"):
        assert client.post(f"/health/{name}").status_code == 405
        assert "no-store" in client.get(f"/health/{name}").headers["Cache-Control"]
