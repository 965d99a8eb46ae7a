"""No room for a report: refused in words, an emergency is answered first, and later it is stored once."""

import html
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.faults.outcomes import FEVER_AND_CONFUSION, assert_one_of_each, george
from tests.processes import Place, on_services, until

pytestmark = pytest.mark.faults

JUNE = "+16175550131"
REFUSING = """
    CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER disk_is_full BEFORE INSERT ON clinic_report FOR EACH ROW EXECUTE FUNCTION disk_is_full()
"""


@contextmanager
def full_disk(place: Place) -> Iterator[None]:
    """Embedded: no file of the process grows any more. PostgreSQL: its own answer, to reports alone."""
    if on_services():
        place.change(REFUSING)
        yield
        place.change("DROP TRIGGER disk_is_full ON clinic_report")
        return
    pid = place.children["demo"].pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_report_is_refused_with_advice_and_stored_once_when_there_is_room(place: Place) -> None:
    place.start_demo()
    api, patient = george(place)
    report_id, body = api.report(patient, FEVER_AND_CONFUSION)
    browser = signed_in(place)
    check_in = f"{place.base_url}/check-in/{patient}/"
    form = fields_of(browser.get(check_in, timeout=30).text)

    with full_disk(place):
        refused = api.put(report_id, body)
        page = browser.post(check_in, {**form, "red_flags": "seizure", "action": "alarm"}, timeout=30)

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "not_stored")
    assert refused.json()["error"]["advice"]["level"] == "emergency"
    assert refused.json()["error"]["advice"]["call"]
    assert page.status_code == 500
    assert re.search(r"<h1[^>]*>\s*Call 911 now", page.text) and 'href="tel:911"' in page.text
    assert "may not have arrived" in page.text
    assert not place.count(
        f"clinic_report WHERE replace(CAST(id AS text), '-', '') = '{report_id.replace('-', '')}'"
    )

    assert api.put(report_id, body).status_code == 201
    assert api.put(report_id, body).json()["replayed"]
    assert_one_of_each(place, api, report_id)
    sent = browser.post(check_in, {**form, "red_flags": "seizure", "action": "alarm"}, timeout=30)
    assert sent.status_code == 200 and f"/reports/{form['report_id']}/" in sent.url


def signed_in(place: Place) -> requests.Session:
    """June's browser, by the texted code."""
    browser = requests.Session()
    sign_in = f"{place.base_url}/sign-in/"
    form = fields_of(browser.get(sign_in, timeout=30).text)
    answer = browser.post(sign_in, {**form, "phone": JUNE}, timeout=30)

    def code() -> str | None:
        texts = browser.get(f"{place.base_url}/sent-messages/", timeout=30).text
        found = re.search(r"Your code is (\d{6})", html.unescape(texts))
        return found.group(1) if found else None

    browser.post(answer.url, {**fields_of(answer.text), "code": until(code, "the code")}, timeout=30)
    return browser


def fields_of(page: str) -> dict[str, str]:
    """What a form sends unseen."""
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page)
    return dict(hidden)
