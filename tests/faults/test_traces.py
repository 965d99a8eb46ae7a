"""Traces go to a collector that is set, hold no word about anybody, and hold nothing up where it is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.faults.outcomes import assert_one_of_each, george
from tests.processes import Place, free_port, until

pytestmark = pytest.mark.faults

ANSWERS = {
    "red_flags": ["seizure"],
    "temp_value": 39.7,
    "temp_unit": "C",
}


class Collector(ThreadingHTTPServer):
    """What takes traces by OTLP over HTTP, at the path that the protocol says."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Intake)
        self.bodies: list[bytes] = []

    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for one in requests
            for resource in one.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans() if span.name == name]


class _Intake(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_traces = self.path == "/v1/traces"
        if is_traces:
            self.server.bodies.append(body)
        self.send_response(200 if is_traces else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def collecting(port: int) -> Iterator[Collector]:
    with Collector(port) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        yield collector
        collector.shutdown()


def test_request_task_and_statements_are_one_trace_without_a_word_about_anybody(place: Place) -> None:
    port = free_port()
    place.environment |= {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    api, patient = george(place)
    with collecting(port) as collector:
        place.start_all()
        report_id, body = api.report(patient, ANSWERS)
        assert api.put(report_id, body).status_code == 201
        assert_one_of_each(place, api, report_id)
        until(lambda: collector.named("run/clinic.tasks.score_emergency"), "the span of the scoring")
        [request] = collector.named("PUT api/v1/reports/<uuid:report_id>/")
        scored = {span.trace_id for span in collector.named("run/clinic.tasks.score_emergency")}
        inner = {span.name for span in collector.spans() if span.parent_span_id == request.span_id}
        sent = b"".join(collector.bodies)

    assert request.trace_id in scored
    assert {"SELECT", "apply_async/clinic.tasks.score_emergency"} <= inner
    assert not collector.named("GET health/live")
    for word in (
        report_id,
        patient,
        api.token,
        "George",
        "June",
        "bathtub",
        "seizure",
        "39.7",
        "INSERT INTO",
    ):
        assert word.encode() not in sent, word

    # Nobody collects any more.
    report_id, body = api.report(patient, ANSWERS)
    assert api.put(report_id, body).status_code == 201
