"""From enrolment to the first night at home, with a nurse's desk and two phones."""

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

NURSE = "nurse@harbor.example"
JUNE = "+16175550131"


def test_enrol_invite_by_code_join_drill_and_start(
    desk_page: Page,
    phone_page: Page,
    sign_in_staff,
    read_text_to,
    check_accessible,
    keep_picture,
) -> None:
    sign_in_staff(desk_page, NURSE)
    enrol(desk_page)
    expect(desk_page.get_by_role("heading", name="Before going home")).to_be_visible()
    expect(desk_page.locator("#preflight-drill")).to_contain_text("Missing")
    check_accessible(desk_page)
    keep_picture(desk_page, "home-1-preparing")
    patient_page = desk_page.url

    # The code carries the link; its text is nowhere on the page, so the second phone gets it by text.
    invite(desk_page, "Ada Helper", "(617) 555-0171", by="Show a code to scan")
    expect(desk_page.locator(".code svg")).to_be_visible()
    check_accessible(desk_page)
    keep_picture(desk_page, "home-2-code")
    desk_page.goto(patient_page)
    desk_page.get_by_role("button", name=re.compile("Text a new link")).click()
    path = read_text_to("+16175550171", r"(/join/[\w-]+/)")
    join(
        phone_page,
        path,
        lambda: read_text_to("+16175550171", r"\b(\d{6})\b"),
        check_accessible,
        keep_picture,
    )

    # The family's test alarm stands apart on the worklist; the nurse answers, the family reads it.
    phone_page.get_by_role("link", name="Go to the test alarm").click()
    phone_page.wait_for_url("**/practice/**")
    check_accessible(phone_page)
    phone_page.get_by_role("button", name="Send the test alarm").click()
    expect(phone_page.get_by_text("Not yet seen by staff")).to_be_visible()
    keep_picture(phone_page, "home-4-test-sent")
    desk_page.goto("/console/")
    expect(desk_page.get_by_text("Test alarms, nobody is in danger")).to_be_visible()
    keep_picture(desk_page, "home-5-worklist")
    check_accessible(desk_page)
    desk_page.get_by_role("button", name=re.compile("I see the test")).click()
    expect(phone_page.get_by_text(re.compile(r"^\s*Seen \d"))).to_be_visible()
    check_accessible(phone_page)

    # What is left: usual values, and why there is one caregiver only.
    reach_once_texted(desk_page, patient_page)
    desk_page.locator("input[name=second-reason]").fill("Lives with her sister only")
    desk_page.get_by_role("button", name="Save the reason").click()
    # What is filled in before the answer is here would go with the old page.
    expect(desk_page.locator("#preflight-second")).to_contain_text("Done")
    desk_page.get_by_text("Store usual values").click()
    desk_page.locator("input[name=usual-spo2]").fill("96")
    desk_page.get_by_role("button", name="Save values").click()
    # Nobody has taken the thinking check or read the guidance: the start waits, and a reason stays in sight.
    expect(desk_page.locator(".preflight").get_by_text("Missing", exact=True)).to_have_count(2)
    expect(desk_page.locator("#preflight-guidance")).to_contain_text("Missing")
    keep_picture(desk_page, "home-6-nearly-ready")
    desk_page.get_by_role("button", name="Start monitoring").click()
    expect(desk_page.get_by_text("Not everything is done.").first).to_be_visible()
    desk_page.locator("input[name=start-reason]").fill("They read it tonight")
    desk_page.get_by_role("button", name="Start monitoring").click()
    expect(desk_page.get_by_text("Monitoring has started.", exact=True)).to_be_visible()
    expect(desk_page.locator("#override")).to_contain_text("They read it tonight")
    check_accessible(desk_page)
    keep_picture(desk_page, "home-8-started")


def test_family_says_who_is_awake_tonight(
    phone_page: Page, sign_in_caregiver, check_accessible, keep_picture
) -> None:
    sign_in_caregiver(phone_page, JUNE)
    phone_page.goto("/")
    expect(phone_page.get_by_text("Nobody has said so yet.")).to_be_visible()
    check_accessible(phone_page)
    keep_picture(phone_page, "home-7-tonight")

    phone_page.get_by_role("button", name="Daniel Whitaker is awake").click()
    expect(phone_page.get_by_text("Daniel Whitaker is awake.", exact=True)).to_be_visible()
    phone_page.get_by_role("button", name="I am awake").click()
    expect(phone_page.get_by_text("June Whitaker is awake.", exact=True)).to_be_visible()
    check_accessible(phone_page)


def reach_once_texted(page: Page, address: str) -> None:
    """The patient's page, as it stands once the test text has arrived; it does not change by itself."""
    for _try in range(60):
        page.goto(address)
        if "Done" in page.locator("#preflight-text").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError("the test text has not arrived")


def enrol(page: Page) -> None:
    page.goto("/console/patients/new/")
    page.locator("input[name=given_name]").fill("Vera")
    page.locator("input[name=family_name]").fill("Okafor")
    page.locator("input[name=birth_date]").fill("1961-04-09")
    in_five_days = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=5)
    page.locator("input[name=infusion_date]").fill(in_five_days.isoformat())
    page.locator("select[name=product]").select_option("axi-cel")
    page.get_by_role("button", name="Enroll").click()
    expect(page.get_by_role("heading", name="Vera Okafor")).to_be_visible()


def invite(page: Page, name: str, phone: str, *, by: str) -> None:
    page.locator("input[name=invite-name]").fill(name)
    page.locator("input[name=invite-phone]").fill(phone)
    page.get_by_role("button", name=by).click()


def join(page: Page, path: str, read_code, check_accessible, keep_picture) -> None:
    page.goto(path)
    expect(page.get_by_text("What you agree to")).to_be_visible()
    check_accessible(page)
    keep_picture(page, "home-3-join")
    page.locator("#reminders").check()
    page.get_by_role("button", name="I agree, and this is my phone").click()
    # Somebody else may have been passed the link: the code to the number opens what is of the patient.
    expect(page.get_by_text("ends in 71")).to_be_visible()
    check_accessible(page)
    keep_picture(page, "home-3-code")
    page.locator("input[name=code]").fill(read_code())
    page.get_by_role("button", name="Open everything").click()
    expect(page.get_by_role("heading", name="Before you go home")).to_be_visible()
    check_accessible(page)
    keep_picture(page, "home-3-preparing")
