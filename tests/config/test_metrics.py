import pytest
from django.utils import timezone

from clinic.services.core import ticks
from clinic.services.escalations import scoring
from notifications.models import RouteTrouble
from tests import factories

pytestmark = pytest.mark.django_db


def test_metrics_show_the_backlog_without_anybody_in_it(client, patient):
    report = factories.ReportFactory(patient=patient, answers={"temp_value": 38.6, "temp_unit": "C"})
    factories.ReportFactory(patient=patient)
    now = timezone.now()
    scoring.score(report_id=report.pk, now=now)
    ticks.begin(name="plan", now=now)
    ticks.end(name="plan", begun_at=now, failing=["plan.plan", "plan.other"], now=now)
    RouteTrouble.objects.create(route="calls", since=now, last_at=now, down_at=now)
    RouteTrouble.objects.create(route="codes", since=now, last_at=now)

    text = client.get("/metrics").content.decode()

    assert 'kinwatch_open_escalations{level="urgent"} 1.0' in text
    assert "kinwatch_unscored_reports 1.0" in text
    assert 'kinwatch_tick_age_seconds{engine="clinic"} +Inf' in text
    assert "kinwatch_rounds_taken_up 0.0" in text
    assert 'kinwatch_failing_steps{engine="plan"} 2.0' in text
    assert 'kinwatch_routes_down{route="calls"} 1.0' in text
    assert 'route="codes"' not in text
    assert patient.family_name not in text


@pytest.mark.parametrize(
    ("address", "forwarded", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.0.0.8", None, 404),
        ("127.0.0.1", "10.0.0.8", 404),
        ("", None, 404),
    ],
)
def test_metrics_without_a_token_are_for_this_machine_only(client, address, forwarded, status):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("given", "status"), [("Bearer right", 200), ("Bearer wrong", 404), ("", 404), ("Bearer é", 404)]
)
def test_metrics_with_a_token_are_for_its_bearer_only(client, settings, given, status):
    settings.METRICS_TOKEN = "right"

    assert client.get("/metrics", headers={"Authorization": given}).status_code == status
