"""Phones that are full, forbid storage, have an old checklist, or find their old one too old."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import offline
from tests.e2e.conftest import PHONE
from tests.processes import Place, until

pytestmark = pytest.mark.e2e
JUNE, GEORGE = "+16175550131", "George Whitaker"
_FULL = """(() => {
  for (const way of ['add', 'put']) {
    const write = IDBObjectStore.prototype[way];
    IDBObjectStore.prototype[way] = function (...given) {
      if (this.name === 'queue') throw new DOMException('full', 'QuotaExceededError');
      return write.apply(this, given);
    };
  }
})()"""
_NO_STORAGE = "Object.defineProperty(window, 'indexedDB', { value: undefined }); delete window.indexedDB;"


@pytest.fixture
def george(server: Place) -> str:
    return str(server.patient(GEORGE)["id"])


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    return {}


@pytest.fixture
def open_phone(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    signed_in: dict[str, Any],
) -> Callable[..., Page]:
    """June's phone, signed in; one code a file, because a number gets only three in a quarter of an hour."""
    if not signed_in:
        first = open_context()
        sign_in_caregiver(first.new_page(), JUNE)
        signed_in.update(first.storage_state())

    def make(script: str = "", **options: Any) -> Page:
        usual = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "en-US"}
        context = open_context(storage_state=signed_in, **(usual | options))
        if script:
            context.add_init_script(script)
        return context.new_page()

    return make


def test_full_phone_without_a_signal_says_write_it_down(
    open_phone: Callable[..., Page], server: Place, george: str
) -> None:
    phone, before = open_phone(_FULL), offline.reports_of(server, george)
    offline.take_along(phone)
    phone.context.set_offline(True)
    offline.start(phone, george)

    offline.report_fever(phone)

    offline.expect_emergency(phone)
    expect(phone.get_by_text("Not saved. Write it down and call.")).to_be_visible()
    expect(phone.get_by_text(offline.SAVED)).to_have_count(0)
    assert offline.reports_of(server, george) == before


def test_full_phone_with_a_signal_again_sends_straight_away(
    open_phone: Callable[..., Page], server: Place, george: str
) -> None:
    phone, before = open_phone(_FULL), offline.reports_of(server, george)
    offline.take_along(phone)
    phone.context.set_offline(True)
    offline.start(phone, george)
    phone.get_by_label("Will not wake up").check()
    phone.context.set_offline(False)

    phone.get_by_role("button", name="I marked a danger sign").click()

    offline.expect_emergency(phone)
    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)


def test_phone_that_forbids_storage_uses_the_plain_pages(
    open_phone: Callable[..., Page], server: Place, george: str
) -> None:
    phone, before = open_phone(_NO_STORAGE), offline.reports_of(server, george)
    offline.start(phone, george)

    offline.report_fever(phone)

    offline.expect_emergency(phone)
    offline.expect_one_more(server, george, before)


def test_checklist_of_eight_days_ago_gives_no_advice(open_phone: Callable[..., Page], george: str) -> None:
    phone = open_phone()
    offline.take_along(phone)
    phone.context.set_offline(True)
    phone.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=8))

    offline.start(phone, george)

    expect(phone.get_by_role("heading", name="Please call the 24-hour line")).to_be_visible()
    expect(phone.get_by_text("more than 7 days old")).to_be_visible()
    expect(phone.locator("#calls a[href^='tel:']").first).to_be_visible()
    expect(phone.locator("form")).to_have_count(0)


def test_draft_of_thirteen_hours_ago_is_dropped_with_a_word(
    open_phone: Callable[..., Page], george: str
) -> None:
    phone = open_phone()
    offline.take_along(phone)
    phone.context.set_offline(True)
    offline.start(phone, george)
    phone.get_by_role("button", name=offline.NONE_NOW).click()
    phone.get_by_role("heading", name="Temperature and medicines").wait_for()
    phone.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=13))

    offline.start(phone, george)

    expect(phone.get_by_text("was dropped: answers that old may no longer be true")).to_be_visible()


def test_two_minutes_unsent_names_whom_to_call(open_phone: Callable[..., Page], george: str) -> None:
    phone = open_phone()
    offline.take_along(phone)
    phone.context.set_offline(True)
    offline.start(phone, george)
    offline.report_nothing(phone)
    offline.expect_saved(phone)

    phone.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=3))

    expect(phone.get_by_text("It was not sent. Call instead:")).to_be_visible()
    expect(phone.locator("[data-place='state'] a[href^='tel:']")).to_be_visible()


def test_offline_says_what_the_server_says(open_phone: Callable[..., Page], george: str) -> None:
    """The same answers with and without a signal: the same screen of advice."""
    phone = open_phone()
    offline.take_along(phone)

    def advice() -> list[str]:
        phone.locator(".result h1").wait_for()
        phone.get_by_text("What to do now").wait_for()
        return [*phone.locator(".result").all_inner_texts(), *phone.locator(".steps li").all_inner_texts()]

    offline.start(phone, george)
    offline.report_fever(phone)
    online = advice()
    # Until its page is loaded whole, the phone would go on with the check-in that it has in hand.
    until(lambda: not offline.drafts_on(phone), "the end of the draft")
    phone.context.set_offline(True)
    offline.start(phone, george)
    offline.report_fever(phone)

    assert advice() == online


def test_numbers_that_cannot_be_are_asked_again_offline(
    open_phone: Callable[..., Page], george: str, check_accessible: Callable[[Page], None]
) -> None:
    phone = open_phone()
    offline.take_along(phone)
    phone.context.set_offline(True)
    offline.start(phone, george)
    check_accessible(phone)
    phone.get_by_role("button", name=offline.NONE_NOW).click()
    value = phone.locator("input[name=temp_value]")

    value.fill("386")
    phone.get_by_role("button", name=offline.NONE_TODAY).click()
    summary = phone.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("We cannot read “386” as a temperature.")
    check_accessible(phone)

    value.fill("98.6")
    phone.locator("input[name=temp_unit][value=C]").check()
    phone.get_by_role("button", name=offline.NONE_TODAY).click()
    expect(phone.get_by_text("98.6 looks like Fahrenheit.")).to_be_visible()
    phone.get_by_role("button", name="Yes, it is °F").click()

    expect(phone.get_by_role("heading", name="Numbers")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_offline_pages_are_accessible(
    open_phone: Callable[..., Page],
    george: str,
    scheme: str,
    check_accessible: Callable[[Page], None],
    keep_picture: Callable[[Page, str], None],
) -> None:
    phone = open_phone(color_scheme=scheme)
    offline.take_along(phone)
    phone.context.set_offline(True)
    phone.goto("/")
    phone.get_by_role("heading", name="No signal").wait_for()
    check_accessible(phone)
    keep_picture(phone, f"offline-home-{scheme}")
    offline.start(phone, george)
    offline.report_nothing(phone)
    offline.expect_saved(phone)
    check_accessible(phone)
    keep_picture(phone, f"offline-result-{scheme}")
