"""What a failure writes into the log: the place, never the row."""

import logging
import sys

from django.conf import settings
from structlog.stdlib import ProcessorFormatter

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
