"""Figures of workers and of beat, which serve no pages: at an address of their own (WORKER_METRICS).

A worker is several processes, which count into files that they share (starting.share_counts); the first of
them answers for all.
"""

import atexit
import logging
import os
import shutil
from collections.abc import Iterable
from ipaddress import ip_address
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from prometheus_client import CollectorRegistry, ProcessCollector, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from config import metrics, starting

logger = logging.getLogger(__name__)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # One that has just ended may have been here.
    allow_reuse_address = True


class _Quiet(WSGIRequestHandler):
    # A line that sends nothing holds a thread no longer.
    timeout = 5

    def log_message(self, *_: Any) -> None:
        """Who asks, and how often, is nobody's question."""


def serve() -> None:
    """Answer from a thread as long as the process lives. Where the address is taken, work goes on unseen."""
    address = os.environ.get(starting.WORKER_METRICS, "")
    if not address:
        return
    host, _colon, port = address.rpartition(":")
    try:
        server = make_server(host.strip("[]"), int(port), answer, _Server, _Quiet)
    except (OSError, OverflowError, ValueError):
        logger.error("nobody can listen at WORKER_METRICS: there are no figures of this process")
        return
    atexit.register(shutil.rmtree, os.environ[starting.COUNTS], ignore_errors=True)
    Thread(target=server.serve_forever, name="Metrics", daemon=True).start()


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """/metrics, for whom the web processes' is for."""
    if environ["PATH_INFO"] != "/metrics" or not _may_read(environ):
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    ProcessCollector(registry=registry)
    figures: Iterable[bytes] = make_wsgi_app(registry)(environ, start_response)
    return figures


def _may_read(environ: WSGIEnvironment) -> bool:
    if settings.METRICS_TOKEN:
        return metrics.holds_token(environ.get("HTTP_AUTHORIZATION", ""))
    return ip_address(environ["REMOTE_ADDR"]).is_loopback
