"""A family that reads Arabic: from the code to the emergency number, right to left on the smallest phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.e2e

SALMA = "+16175550191"
SMALLEST = {"width": 320, "height": 568}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Left to right where it counts: the order in which the eye meets the signs of a number.
ORDER = """(element) => { const range = document.createRange(); const text = element.firstChild;
  const at = (place) => { range.setStart(text, place); range.setEnd(text, place + 1);
    return range.getBoundingClientRect().left; };
  return at(0) < at(text.length - 1); }"""


def fits_from_right_to_left(page: Page) -> None:
    expect(page.locator("html[dir=rtl][lang=ar]")).to_be_attached()
    assert page.evaluate(SIDEWAYS) <= 0, page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_whole_journey_in_arabic(
    open_context: Callable[..., BrowserContext], sign_in_caregiver: Callable[..., None], scripts: bool
) -> None:
    page = open_context(viewport=SMALLEST, java_script_enabled=scripts).new_page()
    sign_in_caregiver(page, SALMA)
    for address in ("/", "/history/", "/card/", "/settings/", "/offline/"):
        page.goto(address)
        fits_from_right_to_left(page)

    page.goto("/")
    page.locator("main a.button[href^='/check-in/']").click()
    page.locator("[name=red_flags]").first.wait_for()
    fits_from_right_to_left(page)
    page.locator("button[value=none]").click()
    page.locator("[name=temp_value]").fill("٣٨٫٦")
    page.locator("[name=temp_unit][value=C]").check()
    fits_from_right_to_left(page)
    page.locator("button[value=none]").click()
    page.locator("[name=pulse]").wait_for()
    fits_from_right_to_left(page)
    page.locator(".button-primary").last.click()
    page.locator("[name=confusion][value='2']").check()
    fits_from_right_to_left(page)
    page.locator(".button-primary").last.click()

    page.wait_for_url("**/reports/**")
    fits_from_right_to_left(page)
    expect(page.get_by_role("heading", name="اتصلوا بـ")).to_be_in_viewport()
    expect(page.locator("a[href='tel:911']").first).to_be_in_viewport(ratio=1)
    line = page.locator("a[href='tel:+16175550100'] .call-number").first
    expect(line).to_be_in_viewport(ratio=1)
    if scripts:
        assert line.evaluate(ORDER)
