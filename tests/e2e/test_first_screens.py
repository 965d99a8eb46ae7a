"""What is seen without scrolling, in real Chromium: an open emergency on home, the first answer, the call."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import offline
from tests.e2e.conftest import PHONE
from tests.e2e.test_caregiver_ease import double_the_text
from tests.processes import Place

pytestmark = pytest.mark.e2e
JUNE, DANIEL, GEORGE = "+16175550131", "+16175550132", "George Whitaker"
SMALL = {"width": 320, "height": 740}
# Whether all of it is on the screen, and nothing lies over its middle.
IN_SIGHT = """(one) => { const box = one.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const isOnScreen = box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
  return isOnScreen && Boolean(one.contains(hit) || hit?.contains(one)); }"""

Phone = Callable[..., Page]


@pytest.fixture(scope="module")
def signed_in() -> dict[str, dict[str, Any]]:
    return {}


@pytest.fixture
def open_phone(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    signed_in: dict[str, dict[str, Any]],
) -> Phone:
    """A phone of the household, signed in once a file."""

    def make(number: str, **options: Any) -> Page:
        if number not in signed_in:
            context = open_context()
            sign_in_caregiver(context.new_page(), number)
            signed_in[number] = dict(context.storage_state())
        usual = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "en-US"}
        return open_context(storage_state=signed_in[number], **(usual | options)).new_page()

    return make


def is_in_sight(page: Page, selector: str) -> bool:
    return bool(page.locator(selector).first.evaluate(IN_SIGHT))


@pytest.mark.parametrize("signal", [True, False], ids=["signal", "no signal"])
def test_first_answer_is_in_sight_and_a_tick_brings_the_call(
    open_phone: Phone, server: Place, check_accessible: Callable[[Page], None], signal: bool
) -> None:
    page = open_phone(JUNE)
    offline.take_along(page)
    page.context.set_offline(not signal)
    offline.start(page, str(server.patient(GEORGE)["id"]))
    page.get_by_role("button", name=offline.NONE_NOW).wait_for()

    assert is_in_sight(page, ".choice")
    assert not page.locator(".thumb a.call").is_visible()
    page.locator("input[name=red_flags]").first.check()
    assert page.evaluate("scrollY") == 0
    assert is_in_sight(page, ".thumb a[href='tel:911']")
    assert is_in_sight(page, ".thumb button[value=alarm]")
    expect(page.get_by_role("button", name=offline.NONE_NOW)).to_be_hidden()
    if signal:
        check_accessible(page)
    page.locator("input[name=red_flags]").first.uncheck()

    page.get_by_role("button", name=offline.NONE_NOW).click()
    for answer, go_on in (
        ("input[name=temp_value]", offline.NONE_TODAY),
        ("input[name=pulse]", offline.GO_ON),
        ("button[value=none]", offline.NONE_TODAY),
        ("button[value=none]", offline.NONE_TODAY),
        ("button[value=none_send]", ""),
    ):
        page.locator(answer).first.wait_for()
        assert is_in_sight(page, answer), page.url
        if "temp" in answer:
            page.locator(answer).fill("98.4")
        if go_on:
            path = page.url
            page.get_by_role("button", name=go_on).last.click()
            expect(page).not_to_have_url(path)
    page.context.set_offline(False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_emergency_stands_first_for_the_other_caregiver(
    open_phone: Phone,
    server: Place,
    check_accessible: Callable[[Page], None],
    keep_picture: Callable[[Page, str], None],
    scheme: str,
) -> None:
    """K29, and at twice the text on the smallest phone."""
    api = server.api(server.caregiver("June Whitaker"))
    stored = api.put(*api.report(str(server.patient(GEORGE)["id"]), {"red_flags": ["cannot_wake"]}))
    assert stored.status_code == 201

    page = open_phone(DANIEL, color_scheme=scheme)
    page.goto("/")

    expect(page.locator("h1")).to_have_text("Call 911 now")
    for selector in (
        "h1",
        ".result a[href='tel:911']",
        ".result a[href^='tel:+1']",
        ".result > p:last-of-type",
    ):
        assert is_in_sight(page, selector), selector
    assert is_in_sight(page, "nav.nav a[aria-current=page]")
    assert "No one is reading" not in page.content()
    check_accessible(page)
    keep_picture(page, f"home-emergency-{scheme}")

    large = open_phone(DANIEL, color_scheme=scheme, viewport=SMALL, service_workers="block")
    large.route("**/*.css", double_the_text)
    large.goto("/")
    # No clinic has the note of the demo.
    large.locator(".demo-note").evaluate("(one) => one.remove()")
    assert is_in_sight(large, "h1")
    assert is_in_sight(large, ".result a[href='tel:911']")
    assert large.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    keep_picture(large, f"home-emergency-large-{scheme}")
