import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clinic.services.core import ticks
from clinic.services.watch import outside_monitor


class Monitor(BaseHTTPRequestHandler):
    """Notes who asks."""

    asked: list[str] = []
    status = 200

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def monitor(settings):
    Monitor.asked, Monitor.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Monitor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping/s3cret"
    yield Monitor
    server.shutdown()
    server.server_close()


def test_monitor_is_asked_while_the_audit_passes(db, monitor, now):
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)

    assert outside_monitor.report_if_sound(now=now) == ()
    assert monitor.asked == ["/ping/s3cret"]


def test_monitor_hears_nothing_when_the_audit_fails(db, monitor, now, caplog):
    ticks.record(name="audit", now=now)

    assert outside_monitor.report_if_sound(now=now) == ("tick:clinic", "tick:notifications")

    assert monitor.asked == []
    assert "The audit fails: tick:clinic, tick:notifications" in caplog.text


def test_first_audit_of_an_installation_tells_nobody_and_alarms_nobody(db, monitor, now, caplog):
    caplog.set_level(logging.INFO)

    assert outside_monitor.report_if_sound(now=now) == ("tick:clinic", "tick:notifications")

    assert monitor.asked == []
    assert [record.levelname for record in caplog.records if "tick:clinic" in record.getMessage()] == ["INFO"]


def test_monitor_that_answers_badly_or_not_at_all_stops_nothing_and_no_log_quotes_it(
    db, monitor, now, settings, caplog
):
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)
    monitor.status = 500

    outside_monitor.report_if_sound(now=now)
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/s3cret"
    outside_monitor.report_if_sound(now=now)
    settings.HEARTBEAT_URL = "file:///etc/s3cret"
    outside_monitor.report_if_sound(now=now)

    assert caplog.text.count("The outside monitor could not be told") == 3
    assert "s3cret" not in caplog.text


def test_without_an_address_only_the_audit_runs(db, now, settings):
    settings.HEARTBEAT_URL = ""
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)

    assert outside_monitor.report_if_sound(now=now) == ()
