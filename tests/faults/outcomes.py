"""What must be true in the end, whatever was killed on the way."""

from typing import Any

from tests.processes import Api, Place, until

FEVER_AND_CONFUSION = {"temp_value": 38.6, "temp_unit": "C", "confusion": 1}


def george(place: Place) -> tuple[Api, str]:
    """June, and the patient she reports for, who has nothing open in the demo."""
    return place.api(place.caregiver("June Whitaker")), place.patient("George Whitaker")["id"]


def scored(api: Api, report_id: str) -> dict[str, Any]:
    """Wait until the report has been scored; the report as the API tells it."""

    def look() -> dict[str, Any] | None:
        told = api.call("GET", f"reports/{report_id}/").json()
        return told if told["state"] == "scored" else None

    return until(look, f"report {report_id} scored")


def assert_one_of_each(place: Place, api: Api, report_id: str) -> None:
    """Exactly one scored report, one escalation at emergency, one page that went out, one text of it."""
    told = scored(api, report_id)
    assert told["assessment"]["level"] == "emergency"
    escalation = told["escalation"]["id"]
    pages = (
        f"clinic_page WHERE replace(CAST(escalation_id AS text), '-', '') = '{escalation.replace('-', '')}'"
    )
    until(lambda: place.count(f"{pages} AND state = 'sent'"), "the page")
    page = "replace(CAST(message_id AS text), '-', '')"
    texts = f"notifications_message WHERE replace(CAST(id AS text), '-', '') IN (SELECT {page} FROM {pages})"
    until(lambda: place.count(f"{texts} AND state = 'delivered'"), "the text of the page")
    assert place.count(f"{pages} AND state = 'sent'") == 1
    assert place.count(texts) == 1
    key = f"replace(CAST(id AS text), '-', '') = '{report_id.replace('-', '')}'"
    assert place.count(f"clinic_report WHERE {key}") == 1
    report_key = f"replace(CAST(report_id AS text), '-', '') = '{report_id.replace('-', '')}'"
    assert place.count(f"clinic_assessment WHERE {report_key}") == 1
    assert place.count(f"clinic_escalationevent WHERE {report_key} AND kind = 'opened'") == 1
