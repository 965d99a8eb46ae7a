"""The caregiver's pages on a phone: without scripts, at the smallest size, with a keyboard, in the dark."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.e2e

JUNE = "+16175550131"
OMAR = "+16175550133"
ELENA = "+16175550141"
GRACE = "+16175550134"

SignIn = Callable[[Page, str], None]
MakeContext = Callable[..., BrowserContext]
# `phone(number, **options)`: a page of a browser on which this person is signed in.
Phone = Callable[..., Page]

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Every control a thumb must hit, but for links inside a sentence (WCAG 2.5.8 leaves those out).
TOO_SMALL = """() => {
  const all = 'button:not([aria-hidden]), a.button, .call, .choice, .input, .nav a, .more, .back';
  return [...document.querySelectorAll(all)]
    .filter((one) => { const box = one.getBoundingClientRect();
      return box.height > 0 && (box.height < 43.5 || box.width < 43.5); })
    .map((one) => one.outerHTML.slice(0, 90)); }"""
HIDDEN_FOCUS = """() => { const one = document.activeElement; const box = one.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return one === document.body || one.contains(hit) || (hit && hit.closest('.choice')?.contains(one))
    ? '' : one.outerHTML.slice(0, 120); }"""


@pytest.fixture(scope="module")
def cookies_of() -> dict[str, Any]:
    """Each person signs in once: a number gets three codes in a quarter of an hour."""
    return {}


@pytest.fixture
def phone(open_context: MakeContext, sign_in_caregiver: SignIn, cookies_of: dict[str, Any]) -> Phone:
    def open_phone(number: str, **options: Any) -> Page:
        # The pages as the server sends them: test_offline_*.py has what the phone keeps of them, which takes
        # each new browser seconds to load.
        usual = {"viewport": {"width": 360, "height": 740}, "service_workers": "block"}
        context = open_context(**{**usual, **options})
        if number in cookies_of:
            context.add_cookies(cookies_of[number])
            return context.new_page()
        page = context.new_page()
        sign_in_caregiver(page, number)
        cookies_of[number] = context.cookies()
        return page

    return open_phone


def start(page: Page) -> None:
    page.goto("/")
    page.locator("main a.button[href^='/check-in/']").click()


def past_the_danger_signs(page: Page) -> None:
    start(page)
    page.locator("button[value=none]").click()


def test_whole_journey_without_scripts(phone: Phone) -> None:
    page = phone(OMAR, java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_text("Aisha Karim")).to_be_visible()

    past_the_danger_signs(page)
    page.locator("[name=temp_value]").fill("sixty")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.locator("[name=temp_value]")).to_have_value("sixty")
    page.locator("[name=temp_value]").fill("98,4")
    page.locator("[name=temp_unit][value=F]").check()
    page.get_by_role("button", name="None of these today").click()
    page.get_by_role("button", name="Continue").click()
    for _page in ("thinking", "breathing", "body"):
        page.get_by_role("button", name="None of these today").click()
    expect(page.get_by_text("98,4 °F")).to_be_visible()
    review = page.url
    page.get_by_role("button", name="Send to the clinic").first.click()
    page.wait_for_url("**/reports/**")
    sent = page.url
    expect(page.get_by_text("Received by the clinic")).to_be_visible()

    # Back, and on again: still the one report.
    page.go_back()
    page.goto(review)
    expect(page).not_to_have_url(review)
    page.goto("/history/")
    newest = page.locator("a.report-line").first.get_attribute("href")
    assert newest is not None
    assert sent.endswith(newest)
    page.goto(sent)
    page.reload()
    expect(page.get_by_text("Received by the clinic")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_emergency_number_is_on_the_first_screen_of_the_smallest_phone(phone: Phone, scripts: bool) -> None:
    page = phone(OMAR, viewport={"width": 320, "height": 568}, java_script_enabled=scripts)
    start(page)
    page.locator("[name=red_flags]").first.check()
    page.get_by_role("button", name="I marked a danger sign").click()
    page.wait_for_url("**/reports/**")

    for target in ("tel:911", "tel:+16175550100"):
        box = page.locator(f".result a[href='{target}']").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 568, target


def test_session_that_ended_mid_form_loses_nothing(
    open_context: MakeContext, sign_in_caregiver: SignIn, read_text_to: Callable[[str, str], str]
) -> None:
    context = open_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    sign_in_caregiver(page, ELENA)
    past_the_danger_signs(page)
    page.locator("[name=temp_value]").fill("36,9")
    page.locator("[name=chills][value='1']").check()
    context.clear_cookies(name="sessionid")

    page.locator("button[value=go]").click()
    page.wait_for_url("**/sign-in/")
    page.locator("input[name=phone]").fill(ELENA)
    page.locator("form:has(input[name=phone]) button[type=submit]").click()
    page.locator("input[name=code]").fill(read_text_to(ELENA, r"\b(\d{6})\b"))
    page.locator("form:has(input[name=code]) button[type=submit]").click()
    page.wait_for_url("**/continue/")
    page.locator("form.form button[type=submit]").click()

    page.wait_for_url("**/numbers/")
    page.goto(page.url.replace("/numbers/", "/temperature/"))
    expect(page.locator("[name=temp_value]")).to_have_value("36,9")
    expect(page.locator("[name=chills][value='1']")).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360])
def test_every_page_is_accessible_and_fits(
    open_context: MakeContext,
    phone: Phone,
    check_accessible: Callable[[Page], None],
    scheme: str,
    width: int,
) -> None:
    look: dict[str, Any] = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = open_context(service_workers="block", **look).new_page()

    def check() -> None:
        check_accessible(page)
        assert page.evaluate(SIDEWAYS) <= 0, page.url
        assert page.evaluate(TOO_SMALL) == [], page.url

    def press(button: str) -> None:
        """What was typed is kept on the phone first, so the next page comes a moment after the click."""
        with page.expect_navigation():
            page.locator(button).click()

    page.goto("/sign-in/")
    check()
    page.locator("form:has(input[name=phone]) button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    check()
    page.goto("/join/nonsense/")
    check()
    page = phone(GRACE if width == 320 else JUNE, **look)
    for path in ("/", "/history/", "/card/", "/settings/"):
        page.goto(path)
        check()
    page.goto("/")
    if page.locator("a.pick").count():
        page.locator("a.pick").first.click()
        check()
    page.locator("main a.button[href^='/check-in/']").click()
    check()
    press("button[value=none]")
    page.locator("[name=temp_value]").fill("x")
    press("button[value=go]")
    check()
    page.locator("[name=temp_value]").fill("38,6")
    page.locator("[name=temp_unit][value=C]").check()
    press("button[value=none]")
    check()
    press("button[value=go]")
    for _page in ("thinking", "breathing", "body"):
        check()
        press("button[value=none]")
    check()
    press("[data-module=device-clock] button[type=submit]")
    page.wait_for_url("**/reports/**")
    check()


def test_keyboard_reaches_all_and_focus_is_never_hidden(phone: Phone) -> None:
    page = phone(OMAR)
    start(page)

    reached = set()
    for _step in range(30):
        page.keyboard.press("Tab")
        hidden = page.evaluate(HIDDEN_FOCUS)
        assert hidden == "", hidden
        reached.add(page.evaluate("document.activeElement.getAttribute('value') || ''"))

    assert {"seizure", "alarm", "none"} <= reached


def test_page_works_when_its_script_fails(phone: Phone) -> None:
    page = phone(OMAR)
    page.context.route("**/*.js", lambda route: route.fulfill(status=404, body=""))

    start(page)
    page.locator("[name=red_flags]").first.check()
    page.get_by_role("button", name="I marked a danger sign").click()

    expect(page.get_by_role("heading", name="Call 911 now")).to_be_visible()
