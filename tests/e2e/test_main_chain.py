"""What must work above all: a family reports, the clinic is told, a person answers, the family sees it."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

JUNE = "+16175550131"
NURSE = "nurse@harbor.example"


def test_fever_and_confusion_reach_a_nurse_and_come_back(
    phone_page: Page,
    desk_page: Page,
    server,
    sign_in_caregiver,
    sign_in_staff,
    check_accessible,
    keep_picture,
) -> None:
    sign_in_staff(desk_page, NURSE)
    expect(desk_page.locator("#live-word")).to_have_text("Live")
    expect(desk_page.get_by_role("link", name="George Whitaker")).to_have_count(0)
    desk_page.locator("#start-watching").click()
    check_accessible(desk_page)
    # If the page were loaded again, this would be gone.
    desk_page.evaluate("window.stillTheSamePage = true")

    sign_in_caregiver(phone_page, JUNE)
    phone_page.goto("/")
    check_accessible(phone_page)
    keep_picture(phone_page, "phone-1-today")
    check_in(phone_page, check_accessible, keep_picture)

    # The advice is on the phone at once, with the number to call.
    expect(phone_page.locator(".result")).to_have_class(re.compile("level-emergency"))
    expect(phone_page.locator("a[href='tel:911']").first).to_be_visible()
    expect(phone_page.get_by_text("Not yet seen by staff")).to_be_visible()
    check_accessible(phone_page)
    keep_picture(phone_page, "phone-9-emergency")

    # It stands on the open console, first, without a reload.
    first = desk_page.locator("[data-waiting-row]").first
    expect(first).to_have_attribute("data-level", "emergency")
    expect(first.get_by_role("link")).to_have_text("George Whitaker")
    assert desk_page.evaluate("window.stillTheSamePage")
    check_accessible(desk_page)
    keep_picture(desk_page, "desk-1-emergency")

    first.get_by_role("link").click()
    expect(desk_page.locator("#panel-title")).to_have_text("George Whitaker")
    check_accessible(desk_page)
    keep_picture(desk_page, "desk-2-panel")
    desk_page.locator("#take-panel").click()
    expect(desk_page.locator(".panel-state")).to_contain_text("You took it at")
    keep_picture(desk_page, "desk-3-taken")
    check_accessible(desk_page)
    assert desk_page.evaluate("window.stillTheSamePage")

    # The family sees it on the page that they left open.
    expect(phone_page.get_by_text(re.compile(r"^\s*Seen \d"))).to_be_visible()
    check_accessible(phone_page)
    keep_picture(phone_page, "phone-10-seen")


def check_in(page: Page, check_accessible, keep_picture) -> None:
    """Answer page by page, 38.6 °C and mixed up; an emergency is sent without waiting for the rest."""
    page.get_by_role("link", name="Start check-in").click()
    page.wait_for_url("**/check-in/**")
    check_accessible(page)
    keep_picture(page, "phone-2-red-flags")
    page.get_by_role("button", name="I see none of these now").click()
    expect(page.locator("input[name=temp_value]")).to_be_visible()
    page.locator("input[name=temp_value]").fill("38.6")
    page.locator("input[name=temp_unit][value=C]").check()
    check_accessible(page)
    keep_picture(page, "phone-3-temperature")
    page.get_by_role("button", name="None of these today").click()
    # The numbers can be left out.
    expect(page.locator("input[name=pulse]")).to_be_visible()
    check_accessible(page)
    keep_picture(page, "phone-4-numbers")
    page.locator("button[name=action][value=go]").click()
    page.locator("input[name=confusion]").nth(1).check()
    check_accessible(page)
    keep_picture(page, "phone-5-thinking")
    page.locator("button[name=action][value=go]").click()
    page.wait_for_url("**/reports/**")
