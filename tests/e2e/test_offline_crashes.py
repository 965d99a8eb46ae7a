"""The system or the browser dies with SIGKILL. What the screen said was saved arrives, once."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from tests.browsers import find_chromium
from tests.e2e import offline
from tests.e2e.conftest import PHONE
from tests.processes import Place, until

pytestmark = pytest.mark.e2e
JUNE, GEORGE = "+16175550131", "George Whitaker"


@pytest.fixture
def george(server: Place) -> str:
    return str(server.patient(GEORGE)["id"])


def test_server_killed_before_the_check_in(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    server: Place,
    george: str,
) -> None:
    phone = open_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="en-US").new_page()
    sign_in_caregiver(phone, JUNE)
    offline.take_along(phone)
    before = offline.reports_of(server, george)
    server.kill(server.web)

    offline.start(phone, george)
    offline.report_fever(phone)

    offline.expect_emergency(phone)
    offline.expect_saved(phone)
    server.restart_web()
    phone.evaluate("dispatchEvent(new Event('online'))")
    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)


class Chromium:
    """A browser with a profile on the disk, which can be killed and started again on it."""

    def __init__(self, chromium: BrowserType, profile: Path) -> None:
        self._chromium, self._profile = chromium, profile

    @contextmanager
    def running(self) -> Iterator[tuple[BrowserContext, "subprocess.Popen[bytes]"]]:
        (self._profile / "DevToolsActivePort").unlink(missing_ok=True)
        process = subprocess.Popen(
            [
                str(find_chromium(whole=True)),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
                f"--user-data-dir={self._profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            until((self._profile / "DevToolsActivePort").exists, "the browser's port")
            port = (self._profile / "DevToolsActivePort").read_text().split()[0]
            browser = self._chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            yield browser.contexts[0], process
        finally:
            kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL to this browser and the processes of its own session."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def chromium(browser: Browser, tmp_path: Path) -> Chromium:
    profile = tmp_path / "profile"
    profile.mkdir()
    return Chromium(browser.browser_type, profile)


def test_browser_killed_after_saved(
    chromium: Chromium, sign_in_caregiver: Callable[[Page, str], None], server: Place, george: str
) -> None:
    before = offline.reports_of(server, george)
    with chromium.running() as (context, process):
        phone = context.new_page()
        phone.set_viewport_size(PHONE)
        sign_in_caregiver(phone, JUNE, server.base_url)
        offline.take_along(phone, server.base_url)
        context.set_offline(True)
        offline.start(phone, george, server.base_url)
        offline.report_fever(phone)
        offline.expect_emergency(phone)
        offline.expect_saved(phone)
        kill(process)
    assert offline.reports_of(server, george) == before

    with chromium.running() as (context, _process):
        # Any page sends what is kept: this one looks without a signal, so that the next one is who sends.
        context.set_offline(True)
        phone = context.new_page()
        phone.goto(f"{server.base_url}/")
        # Saved and not half saved: what was sent is not offered once more.
        assert offline.drafts_on(phone) == 0
        assert offline.kept_on(phone) == 1
        phone.close()
        context.set_offline(False)
        phone = context.new_page()
        phone.goto(server.base_url)

        offline.expect_received(phone)
        offline.expect_one_more(server, george, before)
        assert offline.kept_on(phone) == 0


def test_tab_killed_in_the_middle_keeps_what_was_typed(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    george: str,
) -> None:
    context = open_context(viewport=PHONE, locale="en-US")
    tab = context.new_page()
    sign_in_caregiver(tab, JUNE)
    offline.take_along(tab)
    offline.start(tab, george)
    tab.get_by_role("button", name=offline.NONE_NOW).click()
    tab.locator("input[name=temp_value]").wait_for()
    # There is a draft of the step before; typing is repeated until the page has begun to keep it.
    before = offline.sealed_draft(tab)
    until(lambda: offline.typed(tab, "temp_value", "37,9") != before, "the reading in the draft")
    before = offline.sealed_draft(tab)
    tab.locator("input[name=chills][value='1']").check()
    until(lambda: offline.sealed_draft(tab) != before, "the answer in the draft")
    tab.close()

    again = context.new_page()
    again.goto(f"/check-in/{george}/temperature/")

    expect(again.locator("input[name=temp_value]")).to_have_value("37,9")
    expect(again.locator("input[name=chills][value='1']")).to_be_checked()
    expect(again.get_by_text("We kept what you typed")).to_be_visible()
