"""The rota in a real browser: an administrator fills it, two colleagues swap, a phone reads it."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

ADMIN, NURSE, COLLEAGUE = "admin@harbor.example", "nurse@harbor.example", "nurse2@harbor.example"


def test_shift_is_added_handed_over_and_read(
    open_context, sign_in_staff, check_accessible, keep_picture, read_text_to
):
    admin, nurse, colleague = (
        open_context(viewport={"width": 1440, "height": 900}).new_page() for _ in "abc"
    )
    for page, email in ((admin, ADMIN), (nurse, NURSE), (colleague, COLLEAGUE)):
        sign_in_staff(page, email)

    # The administrator sees who is on now, and puts the nurse on as backup for a night next week.
    admin.get_by_role("link", name="Rota", exact=True).click()
    expect(admin.get_by_role("heading", name="On now")).to_be_visible()
    expect(admin.locator(".rota-day")).to_have_count(7)
    expect(admin.locator(".rota-gap")).to_have_count(0)
    check_accessible(admin)
    keep_picture(admin, "rota-week")
    night = datetime.now(UTC) + timedelta(days=8)
    admin.get_by_role("link", name="Add a shift").click()
    admin.get_by_label("Person").select_option(label="Rosa Delgado, Nurse")
    admin.get_by_label("On call as").select_option("backup")
    admin.get_by_label("Begins").fill(f"{night:%Y-%m-%d}T20:00")
    admin.get_by_label("Ends").fill(f"{night:%Y-%m-%d}T19:00")
    admin.get_by_role("button", name="Put on the rota").click()
    expect(admin.get_by_role("alert")).to_contain_text("The end must come after the beginning")
    check_accessible(admin)
    admin.get_by_label("Ends").fill(f"{night:%Y-%m-%d}T23:00")
    admin.get_by_role("button", name="Put on the rota").click()
    added = admin.locator(".rota-backup .rota-piece", has_text="single shift")
    expect(added).to_contain_text("20:00–23:00")

    # The nurse hands it over; by keyboard, as from the desk.
    nurse.goto("/console/rota/mine/")
    check_accessible(nurse)
    nurse.get_by_role("listitem").filter(has_text="20:00–23:00").get_by_role("link").press("Enter")
    nurse.get_by_label("Colleague").select_option(label="Ben Achterberg, Nurse")
    nurse.get_by_role("button", name="Ask").press("Enter")
    expect(nurse.get_by_text("Ben Achterberg is asked")).to_be_visible()
    link = read_text_to("+16175550111", r"(http\S+/console/rota/mine/)")
    colleague.goto(link)
    expect(colleague.get_by_text("Rosa Delgado asks you to take a shift.")).to_be_visible()
    colleague.get_by_role("button", name="Take the shift").click()
    expect(colleague.get_by_text("The shift is yours.")).to_be_visible()
    admin.reload()
    expect(added).to_contain_text("Ben Achterberg")

    # A test page is answered by its button, a calendar address is shown once.
    colleague.get_by_role("button", name="Send me a test page").click()
    colleague.get_by_role("button", name="It reached me").click()
    expect(colleague.get_by_text("The test is answered.")).to_be_visible()
    colleague.get_by_role("button", name="Make an address").click()
    feed = colleague.get_by_label("Secret address").input_value()
    assert re.search(r"BEGIN:VEVENT\r\n", colleague.request.get(feed).text())

    # On a phone the week is a list that does not scroll sideways.
    phone = open_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True).new_page()
    sign_in_staff(phone, NURSE)
    phone.goto("/console/rota/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    days = [day.bounding_box() for day in phone.locator(".rota-day").all()]
    assert all(one["y"] + one["height"] <= two["y"] for one, two in pairwise(days))
    check_accessible(phone)
    keep_picture(phone, "rota-phone")


def test_weekly_test_is_taken_on_the_worklist(open_context, sign_in_staff, read_text_to):
    admin, nurse = (open_context(viewport={"width": 1440, "height": 900}).new_page() for _ in "ab")
    sign_in_staff(admin, ADMIN)
    sign_in_staff(nurse, NURSE)

    admin.goto("/console/rota/")
    admin.get_by_role("button", name="Send the test now").click()
    expect(admin.get_by_text("The test has begun.")).to_be_visible()

    row = nurse.locator(".work-row", has_text="Weekly test: nobody is ill")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Take it").click()
    expect(nurse.locator("#panel")).to_contain_text("it then closes by itself")
    expect(row).to_have_count(0)
    admin.reload()
    expect(admin.get_by_text("answered", exact=False).last).to_be_visible()
