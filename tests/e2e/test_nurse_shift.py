"""A nurse's whole shift in two browsers, from the first sound to the change of shift and the close."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

NURSE, SECOND, ADMINISTRATOR = "nurse@harbor.example", "nurse2@harbor.example", "admin@harbor.example"
FEVER = {"temp_value": "38.6", "temp_unit": "C"}
DESK = {"width": 1440, "height": 900}


def row(page: Page, name: str) -> Any:
    return page.locator("[data-row]", has_text=name)


def open_fold(page: Page, title: str) -> Any:
    page.locator("summary", has_text=title).click()
    return page.locator("details[open] form").filter(has=page.locator("button")).last


def choose_colleague(page: Page, name_and_role: str) -> None:
    """Behind the name the choice says who is on call: that hangs on the hour."""
    choice = page.get_by_label("Who takes over?")
    choice.select_option(choice.locator("option", has_text=name_and_role).get_attribute("value"))


def test_shift_of_two_nurses(server, open_context, sign_in_staff, check_accessible, keep_picture) -> None:
    rosa, ben = (open_context(viewport=DESK).new_page() for _ in range(2))
    for page, person in ((rosa, NURSE), (ben, SECOND)):
        sign_in_staff(page, person)
        page.get_by_role("button", name="Start watching").click()

    # An urgent report; both see it, one takes it from the list, the other is told by the list itself.
    api = server.api(server.caregiver("June Whitaker"))
    report_id, body = api.report(server.patient("George Whitaker")["id"], FEVER)
    assert api.put(report_id, body).status_code == 201
    for page in (rosa, ben):
        expect(row(page, "George Whitaker").get_by_role("button", name="Take it")).to_be_visible()
    row(rosa, "George Whitaker").get_by_role("button", name="Take it").click()
    expect(rosa.locator(".panel-hold")).to_contain_text("You have it until")
    expect(row(ben, "George Whitaker")).to_contain_text("Rosa Delgado took it at")
    expect(row(ben, "George Whitaker")).to_contain_text("has it until")

    # Nobody answers the phone once: "could not reach" is not to be had for one call.
    rosa.get_by_label("Whom did you call?").select_option(label="June Whitaker (wife)")
    rosa.get_by_label("Nobody answered").check()
    rosa.locator("#id_note-text").fill("Rang for a minute")
    rosa.get_by_role("button", name="Save the note").click()
    expect(rosa.locator(".history")).to_contain_text("Called the family: not reached")
    rosa.get_by_label("Could not reach the family").check()
    rosa.get_by_role("button", name=re.compile("^Close")).click()
    expect(rosa.locator(".error-summary")).to_contain_text("On record so far: 1.")

    # Set aside, and the other nurse sees until when.
    open_fold(rosa, "Set it aside")
    rosa.get_by_label("For how long?").select_option("5")
    rosa.locator("#id_snooze-reason").fill("Calls back after lunch")
    check_accessible(rosa)
    keep_picture(rosa, "shift-set-aside")
    rosa.get_by_role("button", name="Set aside").click()
    expect(rosa.locator(".panel-hold")).to_contain_text("Calls back after lunch")
    expect(row(ben, "George Whitaker")).to_contain_text("set aside until")
    rosa.get_by_role("button", name="I am still on it").click()
    expect(rosa.locator(".panel-hold")).to_contain_text("You have it until")

    # Handed over: Rosa has it until Ben accepts.
    open_fold(rosa, "Hand it to a colleague")
    rosa.locator("#id_transfer-colleague").select_option(label="Ben Achterberg (Nurse)")
    rosa.locator("#id_transfer-text").fill("My shift ends at nine")
    rosa.get_by_role("button", name="Offer it").click()
    expect(rosa.locator(".panel-hold")).to_contain_text("Rosa Delgado has it until they accept.")
    expect(row(ben, "George Whitaker")).to_contain_text("Rosa Delgado asks you to take it over")
    row(ben, "George Whitaker").get_by_role("link").click()
    expect(ben.locator(".panel-ask")).to_contain_text("My shift ends at nine")
    check_accessible(ben)
    keep_picture(ben, "shift-asked")
    ben.get_by_role("button", name="Accept: I have it now").click()
    expect(ben.locator(".panel-hold")).to_contain_text("You have it until")
    expect(rosa.locator(".panel-state")).to_contain_text("Ben Achterberg took it at")

    # Ben's shift ends. He writes one note; what he has stays his until Rosa signs for it.
    ben.get_by_role("link", name="Handover", exact=True).click()
    ben.get_by_role("link", name="Hand over your shift").click()
    line = ben.locator(".handover-line", has_text="George Whitaker")
    expect(line).to_contain_text("Ben Achterberg has it since")
    line.get_by_label("Note for your colleague").fill("Try June again at ten")
    choose_colleague(ben, "Rosa Delgado (Nurse)")
    check_accessible(ben)
    keep_picture(ben, "shift-handover-new")
    ben.get_by_role("button", name="Hand over now").click()
    expect(ben.locator("#said-here")).to_contain_text("Handed over.")
    expect(row(rosa, "George Whitaker")).to_contain_text("Ben Achterberg took it at")

    # Rosa sees it arrive, signs each line, and Ben sees her signatures arrive.
    banner = rosa.locator(".handover-waits")
    expect(banner).to_contain_text("Ben Achterberg hands over to you.")
    banner.get_by_role("link").click()
    mine = rosa.locator(".handover-line", has_text="George Whitaker")
    expect(mine).to_contain_text("Try June again at ten")
    check_accessible(rosa)
    keep_picture(rosa, "shift-handover-sheet")
    mine.get_by_role("button", name="I have it").click()
    expect(mine).to_contain_text("Rosa Delgado took it over, signed")
    expect(row(ben, "George Whitaker")).to_contain_text("Rosa Delgado took it at")
    expect(ben.locator(".handover-line", has_text="George Whitaker")).to_contain_text("Rosa Delgado took it")
    # What came of his act outlasts the sheet's renewals.
    expect(ben.locator("#said-here")).to_contain_text("Handed over.")
    for _ in range(rosa.locator(".handover-sign button").count()):
        left = rosa.locator(".handover-sign button").count()
        rosa.locator(".handover-sign button").first.click()
        expect(rosa.locator(".handover-sign button")).to_have_count(left - 1)
    expect(rosa.locator("#handover-state")).to_contain_text("Every line is signed or has ended.")
    expect(ben.locator("#handover-state")).to_contain_text("Every line is signed or has ended.")
    expect(banner).to_have_count(0)

    # Rosa reaches the family and closes it.
    mine.get_by_role("link", name="George Whitaker").click()
    expect(rosa.locator(".history")).to_contain_text("Taken over at the change of shift")
    rosa.get_by_label("Whom did you call?").select_option(label="June Whitaker (wife)")
    rosa.get_by_label("I reached them").check()
    rosa.get_by_role("button", name="Save the note").click()
    expect(rosa.locator(".history")).to_contain_text("Called the family: reached")
    rosa.get_by_label("Coming to the clinic").check()
    rosa.get_by_role("button", name=re.compile("^Close")).click()
    expect(rosa.locator(".panel-state")).to_contain_text("Closed by Rosa Delgado")
    expect(row(ben, "George Whitaker")).to_have_count(0)


def test_shift_is_handed_over_and_signed_without_scripts(server, open_context, sign_in_staff) -> None:
    giver, taker = (open_context(viewport=DESK, java_script_enabled=False).new_page() for _ in range(2))
    sign_in_staff(giver, NURSE)
    sign_in_staff(taker, SECOND)
    giver.goto("/console/handover/new/")
    choose_colleague(giver, "Ben Achterberg (Nurse)")
    giver.get_by_role("button", name="Hand over now").click()
    expect(giver.locator("main")).to_contain_text("Handed over.")

    taker.goto("/console/")
    taker.get_by_role("link", name="Open and sign").click()
    line = taker.locator(".handover-line", has_text="Aisha Karim")
    line.get_by_role("button").click()
    expect(line).to_contain_text("Ben Achterberg")

    giver.reload()
    giver.get_by_role("button", name="Take it back: I go on").click()
    expect(giver.locator("#handover-state")).to_contain_text("Rosa Delgado took this back at")


def test_paging_page_reads_well_and_saves(
    server, open_context, sign_in_staff, check_accessible, keep_picture
) -> None:
    for scheme, width in (("light", 1440), ("dark", 390)):
        page = open_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
        sign_in_staff(page, ADMINISTRATOR)
        page.goto("/console/paging/")
        check_accessible(page)
        keep_picture(page, f"paging-{scheme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#id_ladder-urgent_person_minutes").fill("99")
    page.get_by_role("button", name="Save the ladder").click()
    expect(page.locator(".error-summary")).to_contain_text("15")
    page.locator("#id_ladder-urgent_person_minutes").fill("7")
    page.get_by_role("button", name="Save the ladder").click()
    expect(page.get_by_text("Saved. What opens from now on")).to_be_visible()
    expect(page.locator("#id_ladder-urgent_person_minutes")).to_have_value("7")
