"""A household in real Chromium: the worry button with and without a signal, thinking, writing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import offline
from tests.e2e.conftest import PHONE
from tests.networks import Network
from tests.processes import Place, until

pytestmark = pytest.mark.e2e
JUNE, GEORGE = "+16175550131", "George Whitaker"
NURSE = "nurse@harbor.example"


@pytest.fixture
def network(server: Place) -> Iterator[Network]:
    with Network(server.base_url).running() as network:
        yield network


@pytest.fixture
def junes_phone(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    network: Network,
) -> Page:
    usual = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "en-US"}
    page = open_context(base_url=network.base_url, device_scale_factor=2, **usual).new_page()
    sign_in_caregiver(page, JUNE)
    return page


@pytest.fixture
def george(server: Place) -> dict[str, Any]:
    found: dict[str, Any] = server.patient(GEORGE)
    return found


def test_worry_is_told_with_and_without_a_signal_and_the_call_is_seen_live(
    junes_phone: Page,
    network: Network,
    desk_page: Page,
    sign_in_staff: Callable[[Page, str], None],
    server: Place,
    check_accessible: Callable[[Page], None],
    keep_picture: Callable[[Page, str], None],
) -> None:
    phone = junes_phone
    offline.take_along(phone)
    keep_picture(phone, "home-with-worry")
    phone.get_by_role("button", name="I am worried").click()
    expect(phone.get_by_role("heading", name="The clinic has your message")).to_be_visible()
    check_accessible(phone)
    keep_picture(phone, "worry-told")
    phone.get_by_label("In your words (optional)").fill("He looks through me.")
    phone.get_by_role("button", name="I am very worried").click()
    expect(phone.get_by_text("You said that you are very worried.")).to_be_visible()

    sign_in_staff(desk_page, NURSE)
    desk_page.get_by_role("link", name=GEORGE).click()
    expect(desk_page.get_by_text("Not called yet")).to_be_visible()
    keep_picture(desk_page, "worry-panel")
    desk_page.locator("#take-panel").click()
    # No reload on the phone: the page asks by itself.
    expect(phone.get_by_text("by Rosa, nurse")).to_be_visible()
    desk_page.locator("select[name=note-called]").select_option(index=1)
    desk_page.locator("[name=note-reached][value=yes]").check()
    desk_page.locator("[name=note-text]").fill("Spoke to June.")
    desk_page.get_by_role("button", name="Save the note").click()
    expect(phone.get_by_text("Call noted by the clinic")).to_be_visible()
    keep_picture(phone, "worry-called")

    network.cut()
    phone.goto("/")
    phone.get_by_role("link", name="I am worried").click()
    expect(phone.get_by_role("heading", name="You are worried. Call now if it cannot wait.")).to_be_visible()
    offline.expect_saved(phone)
    check_accessible(phone)
    keep_picture(phone, "worry-offline")
    before = server.count("clinic_worry")
    network.mend()
    offline.expect_received(phone)
    until(lambda: server.count("clinic_worry") == before + 1, "the worry in the database")


def test_thinking_and_writing_are_laid_beside_the_baseline(
    junes_phone: Page,
    george: dict[str, Any],
    desk_page: Page,
    sign_in_staff: Callable[[Page, str], None],
    server: Place,
    check_accessible: Callable[[Page], None],
    keep_picture: Callable[[Page, str], None],
) -> None:
    phone = junes_phone
    phone.goto(f"/thinking-check/{george['id']}/")
    check_accessible(phone)
    keep_picture(phone, "thinking-start")
    phone.get_by_role("button", name="I am with them. Start the check").click()
    for step in range(5):
        rows = phone.locator("form fieldset fieldset, form fieldset.field").locator("input[value=right]")
        for radio in rows.all():
            radio.check()
        if step == 0:
            phone.locator("input[name=year][value=wrong]").check()
            check_accessible(phone)
            keep_picture(phone, "thinking-step")
        phone.get_by_role("button", name="Continue").last.click()
    expect(phone.get_by_role("heading", name="9 of 10 points")).to_be_visible()
    expect(phone.get_by_text("The usual score is 10. This is 1 lower.")).to_be_visible()
    check_accessible(phone)
    keep_picture(phone, "thinking-done")

    for number in range(2):
        phone.goto(f"/writing/{george['id']}/")
        _write(phone, shaky=number * 14)
        phone.get_by_role("button", name="Send the picture").click()
        expect(phone.get_by_text("The clinic has the picture.")).to_be_visible()
    check_accessible(phone)
    keep_picture(phone, "writing")
    expect(phone.locator(".sentence img")).to_have_count(2)
    assert server.count("clinic_writingsample WHERE length(picture) BETWEEN 1000 AND 300000") == 2

    sign_in_staff(desk_page, NURSE)
    desk_page.goto(f"/console/patients/{george['id']}/")
    expect(desk_page.get_by_text("1 below the usual score")).to_be_visible()
    pictures = desk_page.locator(".sentence img")
    expect(pictures).to_have_count(2)
    for place in range(2):
        pictures.nth(place).scroll_into_view_if_needed()
        until(lambda at=place: pictures.nth(at).evaluate("one => one.naturalWidth") > 0, "the picture")
    boxes = [pictures.nth(place).bounding_box() for place in range(2)]
    assert boxes[0] and boxes[1] and boxes[0]["x"] < boxes[1]["x"], "side by side"
    check_accessible(desk_page)
    keep_picture(desk_page, "thinking-console")


def _write(page: Page, shaky: int) -> None:
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for place in range(30):
        page.mouse.move(box["x"] + 20 + place * 9, box["y"] + 60 + (place % 3) * 12 + (place % 2) * shaky)
    page.mouse.up()
