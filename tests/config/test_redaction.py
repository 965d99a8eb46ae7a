"""What a failure writes into the log: the place, never the row."""

import io
import logging
import sys

import pytest
from django.conf import settings
from structlog.stdlib import ProcessorFormatter
from uvicorn.logging import AccessFormatter

from config.redaction import RedactFilter


def test_failed_row_and_phone_number_stay_out_of_a_logged_traceback() -> None:
    """PostgreSQL repeats the row that it refuses, and the piece of a statement that it cannot read."""
    said = (
        'new row for relation "clinic_report" violates check constraint "report_scored"\n'
        'DETAIL:  Failing row contains (c126a895, en, {"red_flags": ["seizure"]}, +16175550199).\n'
        "LINE 1: ...VALUES ('c126a895', E'{\"red_flags\": [\"seizure\"]}'\n"
        "                              ^\n"
        'CONTEXT:  JSON data, line 1: {"red_flags": ["seizure"]\n'
        "number +16175550199"
    )
    options = {name: value for name, value in settings.LOGGING["formatters"]["line"].items() if name != "()"}

    try:
        raise ValueError(said)
    except ValueError:
        record = logging.LogRecord("here", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
    line = ProcessorFormatter(**options).format(record)

    assert "report_scored" in line
    assert "test_redaction.py" in line
    assert "seizure" not in line
    assert "+16175550199" not in line


def test_failed_row_stays_out_of_what_a_worker_says_of_a_failed_task() -> None:
    """Celery writes the exception into its message, with its line ends spelt out."""
    said = (
        "Task score raised: IntegrityError('refused\\nDETAIL:  Failing row contains ({\"red_flags\"}).\\n')"
    )
    record = logging.LogRecord("celery", logging.ERROR, __file__, 1, "%s", (said,), None)

    RedactFilter().filter(record)

    assert record.getMessage() == "Task score raised: IntegrityError('refused\\nDETAIL: …\\n')"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("GET /join/Ab-3_x/ 200", "GET /join/…/ 200"),
        ("GET /accounts/invited/Ab-3_x/ 200", "GET /accounts/invited/…/ 200"),
        ("GET /join/Ab-3_x/resend/", "GET /join/…/resend/"),
        ("Not Found: /er/Ab-3_x/", "Not Found: /er/…/"),
        ("GET /console/rota/calendar/Ab-3_x.ics HTTP/1.1", "GET /console/rota/calendar/… HTTP/1.1"),
        ("GET /sign-in/?next=%2Fjoin%2FAb-3_x%2F", "GET /sign-in/?next=%2Fjoin%2F…"),
        ("Authorization: Bearer kw_Ab3x-Zq8vN3xT", "Authorization: Bearer kw_…"),
        ("GET /learn/infection/ from the /join/<str:token>/ pattern", None),
    ],
)
def test_address_that_is_a_key_is_masked(said: str, written: str | None) -> None:
    record = logging.LogRecord("here", logging.INFO, __file__, 1, said, (), None)

    RedactFilter().filter(record)

    assert record.getMessage() == (said if written is None else written)


def test_servers_own_access_logs_are_masked_too() -> None:
    """Their handlers know no filter of ours, and their forms want each part of the line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(
        AccessFormatter("%(client_addr)s %(request_line)s %(status_code)s", use_colors=False)
    )
    by_parts, by_names = logging.getLogger("tests.access"), logging.getLogger("tests.granian")
    for logger in (by_parts, by_names):
        logger.setLevel(logging.INFO)
        logger.propagate = False
    by_parts.addHandler(handler)
    plain = logging.StreamHandler(written)
    by_names.addHandler(plain)

    by_parts.info('%s - "%s %s HTTP/%s" %d', "192.0.2.9:1", "GET", "/er/Ab-3_x/", "1.1", 200)
    by_names.info(
        '%(addr)s "%(path)s" %(status)d', {"addr": "192.0.2.9", "path": "/join/Ab3x/", "status": 200}
    )

    assert written.getvalue().splitlines() == [
        "192.0.2.9:1 GET /er/…/ HTTP/1.1 200 OK",
        '192.0.2.9 "/join/…/" 200',
    ]


def test_uvicorn_writes_by_our_handlers() -> None:
    for name in ("uvicorn", "uvicorn.access"):
        assert settings.LOGGING["loggers"][name]["handlers"] == ["console"]
