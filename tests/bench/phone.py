"""A family's phone in the bench: a check-in on a slow phone and network, and the bytes of each page."""

import re
import time
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsers import find_chromium
from tests.networks import Network
from tests.processes import Place, until

JUNE = "+16175550131"
# The way into a check-in, whichever button stands first on home.
CHECK_IN = "main a.button[href^='/check-in/']"
# A cheap phone on a bad network: processor at a quarter, 400 ms to the server, 50 kB/s.
SLOWER, DELAY, BYTES_A_SECOND = 4, 0.4, 50_000


def measure_phone(place: Place) -> None:
    """Print what a phone loads for each page of a first visit, and how long a check-in as usual takes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        cookies = sign_in(browser, place)
        with Network(place.base_url).running() as network:
            page = _page(browser, network, cookies)
            george = place.patient("George Whitaker")["id"]
            for path in ("/", f"/check-in/{george}/", _last_report(page)):
                _first_load(browser, network, cookies, path)
            _slow_check_in(page, network, str(george))
        browser.close()


def sign_in(browser: Browser, place: Place) -> list[Any]:
    """June's cookies, by the texted code."""
    page = browser.new_context(base_url=place.base_url).new_page()
    page.goto("/sign-in/")
    page.locator("input[name=phone]").fill(JUNE)
    page.locator("form:has(input[name=phone]) button").click()
    mailbox = page.context.new_page()

    def code() -> str:
        mailbox.goto("/sent-messages/")
        texts = mailbox.locator("main li", has_text=JUNE).all_inner_texts()
        return next((found[1] for text in texts if (found := re.search(r"\b(\d{6})\b", text))), "")

    page.locator("input[name=code]").fill(until(code, "the texted code"))
    page.locator("form:has(input[name=code]) button").click()
    page.locator(CHECK_IN).first.wait_for()
    return page.context.cookies()


def _page(browser: Browser, network: Network, cookies: list[Any], **options: object) -> Page:
    phone = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
    context = browser.new_context(base_url=network.base_url, **phone, **options)
    context.add_cookies(cookies)
    return context.new_page()


def _last_report(page: Page) -> str:
    page.goto("/")
    return page.locator("a.report-line").first.get_attribute("href") or "/"


def _first_load(browser: Browser, network: Network, cookies: list[Any], path: str) -> None:
    """An empty cache; without the worker, so that only what the page itself needs is counted."""
    page = _page(browser, network, cookies, service_workers="block")
    network.loaded = 0
    page.goto(path, wait_until="load")
    name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]+", "…", path)
    print(f"{name + ' first load, all bytes':<50} {network.loaded:>8} bytes")
    page.context.close()


def _slow_check_in(page: Page, network: Network, patient: str) -> None:
    network.delay, network.bytes_a_second = DELAY, BYTES_A_SECOND
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    taps, started = 0, time.monotonic()
    page.goto(f"/check-in/{patient}/")
    for fields, button in (
        ({}, "I see none of these now"),
        ({"temp_value": "98.4"}, "None of these today"),
        ({"pulse": "78", "spo2": "97"}, "Continue"),
        ({}, "None of these today"),
        ({}, "None of these today"),
        ({}, "Nothing new. Send now"),
    ):
        for name, value in fields.items():
            page.locator(f"input[name={name}]").fill(value)
        before = page.url
        page.get_by_role("button", name=button).last.tap()
        page.wait_for_url(lambda url, before=before: url != before)
        taps += 1
    page.locator(".result h1").wait_for()
    print(
        f"{'check-in as usual, slow phone and network':<50} {time.monotonic() - started:>8.1f} s, {taps} taps"
    )
