"""A second phone of a family in real Chromium: it reports, and opens by itself once the first said yes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.e2e
GRACE = "+16175550134"


def test_new_phone_waits_reports_and_opens_by_itself(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[..., None],
    check_accessible: Callable[[Page], None],
    keep_picture: Callable[[Page, str], None],
) -> None:
    known, new = (open_context(viewport=PHONE, locale="en-US").new_page() for _ in range(2))
    sign_in_caregiver(known, GRACE)
    sign_in_caregiver(new, GRACE, is_new_phone=True)

    is_new = new.get_by_role("heading", name="This phone is new here")
    expect(is_new).to_be_visible()
    check_accessible(new)
    keep_picture(new, "new-phone")
    new.goto("/history/")
    expect(is_new).to_be_visible()
    new.goto("/")
    new.get_by_role("link", name="Start check-in").first.click()
    expect(new.get_by_text("Do you see any of these right now?")).to_be_visible()
    new.goto("/")

    known.goto("/")
    expect(known.get_by_text("A new phone has signed in as you. Was it you?")).to_be_visible()
    check_accessible(known)
    keep_picture(known, "new-phone-asked")
    known.get_by_role("button", name="Yes, it was me").click()
    expect(known.get_by_role("heading", name="Your phones")).to_be_visible()
    check_accessible(known)

    expect(is_new).to_be_hidden()
    new.goto("/history/")
    expect(new.get_by_role("heading", name="Reports").first).to_be_visible()
