"""`python tests/bench/journeys.py`: what people do most, in taps or keys and seconds.

The seconds are the program's own, on this machine: who presses here neither reads nor thinks. Typing is no
tap.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Locator, Page, sync_playwright  # noqa: E402

from tests.bench.phone import CHECK_IN, sign_in  # noqa: E402
from tests.browsers import ARGUMENTS, find_chromium  # noqa: E402
from tests.processes import Place, Template, until  # noqa: E402

FEVER = {"temp_value": "38.6", "temp_unit": "C", "confusion": 2}
HAND = {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True}


class Acts:
    """Presses, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def press(self, target: Locator) -> None:
        self.count += 1
        target.click()

    def key(self, page: Page, name: str) -> None:
        self.count += 1
        page.keyboard.press(name)


@contextmanager
def journey(name: str) -> Iterator[Acts]:
    acts, started = Acts(), time.monotonic()
    yield acts
    print(f"{name:<52} {acts.count:>3} acts {time.monotonic() - started:>6.1f} s", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        template = Template(Path(folder) / "template", redis_number=10)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            with template.place() as place:
                place.start_all()
                go(browser, place)
        finally:
            browser.close()
            template.remove()


def go(browser: Browser, place: Place) -> None:
    phone = browser.new_context(base_url=place.base_url, **HAND).new_page()
    phone.context.add_cookies(sign_in(browser, place))
    nurse, pocket = (_staff(browser, place, "nurse@harbor.example", **one) for one in ({}, HAND))
    check_in_as_usual(phone)
    danger_sign(phone)
    take_from_the_link(pocket, place)
    shift_by_keys(nurse, place)
    call_back(phone, nurse, place)
    correct_a_text(browser, place)


def check_in_as_usual(page: Page) -> None:
    page.goto("/")
    with journey("home to advice, all as usual") as acts:
        acts.press(page.locator(CHECK_IN).first)
        acts.press(page.locator("button[value=none]"))
        page.locator("input[name=temp_value]").fill("98.4")
        acts.press(page.locator("button[value=none]"))
        page.locator("input[name=pulse]").fill("78")
        acts.press(page.locator("button[value=go]").last)
        for heading in ("Thinking and moving", "Breathing, heart, tummy"):
            page.get_by_role("heading", name=heading).wait_for()
            acts.press(page.locator("button[value=none]"))
        acts.press(page.locator("button[value=none_send]"))
        page.locator(".result h1").wait_for()


def danger_sign(page: Page) -> None:
    page.goto("/")
    with journey("home to the button that calls 911") as acts:
        acts.press(page.locator(CHECK_IN).first)
        acts.press(page.locator("input[name=red_flags]").first)
        page.locator(".thumb a[href='tel:911']").wait_for()


def take_from_the_link(page: Page, place: Place) -> None:
    opened = _report(place, "Grace Lin", "Robert Lin")
    with journey("the paged link, on a phone, to taken") as acts:
        page.goto(f"/console/escalations/{opened}/")
        acts.press(page.locator("#take-panel"))
        page.locator(".panel-state", has_text="You took it at").wait_for()


def shift_by_keys(page: Page, place: Place) -> None:
    _report(place, "Elena Santos", "Maria Santos")
    page.locator("[data-row][data-level=emergency]", has_text="Maria Santos").wait_for()
    with journey("take, note, close, next, by keys") as acts:
        acts.key(page, "g")
        page.locator("[data-row] .work-link:focus").wait_for()
        acts.key(page, "a")
        page.locator(".panel-state", has_text="You took it at").wait_for()
        acts.key(page, "n")
        page.locator("#id_note-text:focus").wait_for()
        page.keyboard.type("Elena is with her")
        acts.key(page, "Control+Enter")
        page.locator(".history", has_text="Elena is with her").wait_for()
        acts.key(page, "x")
        acts.key(page, "ArrowDown")
        acts.key(page, "Control+Enter")
        page.locator(".panel-state", has_text="Closed by").wait_for()
        acts.key(page, "b")
        acts.key(page, "j")
        page.locator("[data-waiting-row] .work-link:focus").wait_for()


def call_back(phone: Page, nurse: Page, place: Place) -> None:
    opened = _report(place, "June Whitaker", "George Whitaker")
    nurse.goto(f"/console/escalations/{opened}/")
    nurse.locator("#take-panel").click()
    nurse.locator("select[name=note-called]").select_option(index=1)
    nurse.locator("[name=note-reached][value=no]").check()
    nurse.get_by_role("button", name="Save the note").click()
    nurse.locator(".history", has_text="Called the family").wait_for()
    with journey("home to the number, after a call in vain") as acts:
        phone.goto("/")
        number = phone.locator("main a[href^='tel:+']").first
        number.wait_for()
        # Pressed, the telephone would take over.
        acts.count += 1


def correct_a_text(browser: Browser, place: Place) -> None:
    author, second = (
        _staff(browser, place, f"{one}@harbor.example", path="/cms/") for one in ("educator", "physician")
    )
    author.goto("/cms/guidance/")
    with journey("correct a text, and a second person publishes it") as acts:
        acts.press(author.get_by_role("link", name="Fever and CRS in the first days", exact=True).first)
        author.locator("[data-guidance-checks]", has_text="School grade").wait_for()
        author.locator("#id_summary").fill("CRS starts with fever; treated early, it is often mild.")
        acts.press(author.get_by_role("button", name="More actions"))
        acts.press(author.locator("button[name=action-submit]"))
        author.locator(".messages", has_text="handed in").wait_for()
        second.goto("/cms/reviews/")
        acts.press(second.get_by_role("link", name="Fever and CRS in the first days"))
        acts.press(second.locator("[name=sign]"))
        acts.press(second.get_by_role("button", name="Approve"))
        second.locator(".messages").wait_for()


def _report(place: Place, caregiver: str, patient: str) -> str:
    api = place.api(place.caregiver(caregiver))
    report_id, body = api.report(place.patient(patient)["id"], FEVER)
    api.put(report_id, body).raise_for_status()
    opened = until(lambda: api.call("GET", f"reports/{report_id}/").json().get("escalation"), "the alert")
    return str(opened["id"])


def _staff(browser: Browser, place: Place, email: str, *, path: str = "/console/", **options: Any) -> Page:
    page = browser.new_context(base_url=place.base_url, **options).new_page()
    page.goto(f"/accounts/login/?next={path}")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill("kin-watch-demo")
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_url(f"**{path}**")
    return page


if __name__ == "__main__":
    main()
