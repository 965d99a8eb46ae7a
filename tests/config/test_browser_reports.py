"""Counted by directive, bounded, and never kept."""

import json
from typing import Any

import pytest
from django.test import Client

from clinic.services.core import rate_limits
from config import browser_reports

SECRET = "https://clinic.example/join/s3cret?code=123456"


def counted(directive: str) -> float:
    return browser_reports.refused.labels(directive)._value.get()


def report(body: Any, kind: str = "application/csp-report") -> int:
    sent = body if isinstance(body, bytes) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post("/browser-reports/", sent, content_type=kind).status_code


OLD = {
    "csp-report": {
        "document-uri": SECRET,
        "violated-directive": "script-src-elem 'self'",
        "script-sample": "x",
    }
}
NEW = {
    "type": "csp-violation",
    "url": SECRET,
    "body": {"effectiveDirective": "img-src", "documentURL": SECRET},
}


@pytest.mark.parametrize(
    ("body", "directive", "more"),
    [
        pytest.param(OLD, "script-src-elem", 1, id="old form"),
        pytest.param([NEW, {"type": "deprecation", "body": {}}, NEW], "img-src", 2, id="new form"),
        pytest.param({"csp-report": {"effective-directive": SECRET}}, "other", 1, id="made up"),
        pytest.param([NEW] * 500, "img-src", 20, id="long list"),
    ],
)
def test_report_is_a_count_by_directive_and_nothing_of_it_is_shown(db, caplog, body, directive, more):
    before = counted(directive)

    # What is larger than any page's list is refused before it is read.
    status = report(body)

    assert status == (413 if len(json.dumps(body)) > 16_000 else 204)
    assert counted(directive) - before == (0 if status == 413 else more)
    assert "s3cret" not in Client().get("/metrics").content.decode() + caplog.text


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b"[[]]", b"{}", b'{"csp-report": 7}', b"\xff", b"[" * 15_000, [{"type": 1}]]
)
def test_what_is_no_report_answers_400(db, body):
    assert report(body) == 400


def test_too_many_from_one_address_are_not_counted(db):
    before = counted("script-src-elem")

    statuses = [report(OLD) for _ in range(rate_limits.ALLOWED_PER_WINDOW + 2)]

    assert statuses == [204] * rate_limits.ALLOWED_PER_WINDOW + [429] * 2
    assert counted("script-src-elem") - before == rate_limits.ALLOWED_PER_WINDOW
