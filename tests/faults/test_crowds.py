"""Many at once: the same report from a nervous thumb, the same escalation from a full team."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.outcomes import FEVER_AND_CONFUSION, assert_one_of_each, george, scored
from tests.processes import Place

pytestmark = pytest.mark.faults

TEAM = ("nurse@harbor.example", "nurse2@harbor.example", "physician@harbor.example")


def test_twenty_equal_submissions_leave_one_report(place: Place) -> None:
    place.start_demo()
    api, patient = george(place)
    report_id, body = api.report(patient, FEVER_AND_CONFUSION)
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: api.put(report_id, body), range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert sorted(answer.json()["replayed"] for answer in answers) == [False] + [True] * 19
    assert_one_of_each(place, api, report_id)


def test_six_acknowledgements_have_one_winner(place: Place) -> None:
    place.start_demo()
    api, patient = george(place)
    report_id, body = api.report(patient, FEVER_AND_CONFUSION)
    assert api.put(report_id, body).status_code == 201
    escalation = scored(api, report_id)["escalation"]["id"]
    six = [place.api(place.staff(email)) for email in TEAM] * 2
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda one: one.call("POST", f"escalations/{escalation}/acknowledge/"), six))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert winner["state"] == "acknowledged"
    events = (
        "clinic_escalationevent WHERE kind = 'acknowledged' AND replace(CAST(escalation_id AS text), '-', '')"
    )
    assert place.count(f"{events} = '{escalation.replace('-', '')}'") == 1
