"""Traces by OpenTelemetry, for a collector that OTEL_EXPORTER_OTLP_ENDPOINT names (config/starting.py).

A span for each request, each task (with the request that asked for it) and each statement to the database.
What leaves is named in ALLOWED, and nothing else: an address that is a key, a name, an answer or the text of
an error could stand in any attribute that a library adds tomorrow.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status

# Routes are patterns, such as "er/<str:token>/"; of a statement the verb alone is told, as the span's name.
ALLOWED = frozenset(
    {
        *("http.method", "http.request.method", "http.route"),
        *("http.status_code", "http.response.status_code"),
        *("celery.action", "celery.state", "celery.task_name", "messaging.message_id"),
        *("db.system", "error.type"),
    }
)
# Whoever asks for these asks every few seconds.
_LEFT_OUT = "health/,metrics"
_LONGEST_VERB = 20

_started = threading.Event()
_tracer = trace.get_tracer(__name__)


def start() -> None:
    """Before the middleware of a process is loaded. A second call in a process does nothing."""
    if _started.is_set():
        return
    _started.set()
    name = os.environ.get("OTEL_SERVICE_NAME", "kinwatch")
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(BatchSpanProcessor(_OnlyAllowed(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(excluded_urls=_LEFT_OUT)
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    connection_created.connect(_trace_statements)
    for connection in connections.all(initialized_only=True):
        _trace_statements(connection)


class _OnlyAllowed(SpanExporter):
    """Hands on what may leave."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_bare(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _bare(span: ReadableSpan) -> ReadableSpan:
    """Without events, which hold the words of errors, and without what nobody has looked at."""
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={key: value for key, value in (span.attributes or {}).items() if key in ALLOWED},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _trace_statements(connection: Any, **_: Any) -> None:
    if _traced not in connection.execute_wrappers:
        connection.execute_wrappers.append(_traced)


def _traced(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    # A statement of nobody's request or task would be a trace of its own.
    if not trace.get_current_span().get_span_context().is_valid:
        return execute(sql, params, many, context)
    verb = str(sql).lstrip().partition(" ")[0].upper()[:_LONGEST_VERB]
    told = {"db.system": str(context["connection"].vendor)}
    with _tracer.start_as_current_span(verb, kind=SpanKind.CLIENT, attributes=told):
        return execute(sql, params, many, context)
