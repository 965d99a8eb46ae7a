"""What a nurse does at the console: by mouse, by keys alone, without scripts, alongside another nurse."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.drawings import touching_words
from tests.processes import until

pytestmark = pytest.mark.e2e

NURSE, SECOND = "nurse@harbor.example", "nurse2@harbor.example"
FEVER = {"temp_value": "38.6", "temp_unit": "C"}


def report(server: Any, caregiver: str, patient: str, answers: dict[str, Any]) -> None:
    api = server.api(server.caregiver(caregiver))
    report_id, body = api.report(server.patient(patient)["id"], answers)
    assert api.put(report_id, body).status_code == 201


def row(page: Page, name: str) -> Any:
    return page.locator("[data-row]", has_text=name)


def test_two_nurses_press_and_one_is_told_who_was_first(
    server, open_context, sign_in_staff, check_accessible
) -> None:
    first, second = (open_context(viewport={"width": 1440, "height": 900}).new_page() for _ in range(2))
    sign_in_staff(first, NURSE)
    sign_in_staff(second, SECOND)
    report(server, "June Whitaker", "George Whitaker", FEVER)
    for page in (first, second):
        row(page, "George Whitaker").get_by_role("link").click()
        expect(page.locator("#take-panel")).to_be_visible()
    # The second nurse's page does not hear of the first one's act in time.
    second.route(re.compile(r"/live/|/forms/|/worklist/"), lambda route: route.abort())

    taken = "clinic_escalationevent WHERE kind = 'acknowledged'"
    before = server.count(taken)
    first.locator("#take-panel").click()
    expect(first.locator(".panel-state")).to_contain_text("You took it at")
    second.locator("#take-panel").click()

    told = second.locator("#taken")
    expect(told).to_contain_text("Rosa Delgado took it at")
    expect(told).to_be_focused()
    check_accessible(second)
    assert server.count(taken) == before + 1


def test_words_being_typed_survive_another_nurses_note(server, open_context, sign_in_staff) -> None:
    first, second = (open_context(viewport={"width": 1440, "height": 900}).new_page() for _ in range(2))
    for page, person in ((first, NURSE), (second, SECOND)):
        sign_in_staff(page, person)
        row(page, "George Whitaker").get_by_role("link").click()
    note = first.locator("#id_note-text")
    note.fill("Spoke to June")

    second.locator("#id_note-text").fill("I called the lab")
    second.get_by_role("button", name="Save the note").click()

    expect(first.locator(".history")).to_contain_text("I called the lab")
    expect(note).to_have_value("Spoke to June")
    expect(note).to_be_focused()
    first.get_by_role("button", name="Save the note").click()
    expect(first.locator("#said-here")).to_contain_text("The note is saved.")
    expect(first.locator(".history")).to_contain_text("Spoke to June")
    expect(first.locator("#id_note-text")).to_have_value("")


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_words_of_a_chart_never_touch(server, open_context, sign_in_staff, width) -> None:
    page = open_context(viewport={"width": width, "height": 900}).new_page()
    report(server, "June Whitaker", "George Whitaker", FEVER)
    sign_in_staff(page, NURSE)

    for days in (3, 14, 0):
        page.goto(f"/console/patients/{server.patient('George Whitaker')['id']}/?days={days}")
        page.locator("svg.chart").first.wait_for()
        assert touching_words(page) == [], days


def test_keys_alone_open_take_note_and_close(server, desk_page, sign_in_staff, check_accessible) -> None:
    sign_in_staff(desk_page, NURSE)
    report(server, "Grace Lin", "Robert Lin", {**FEVER, "confusion": 2})
    expect(row(desk_page, "Robert Lin")).to_be_visible()

    desk_page.keyboard.press("?")
    expect(desk_page.locator("#keys")).to_be_visible()
    check_accessible(desk_page)
    desk_page.keyboard.press("Escape")
    desk_page.locator("#help-button").blur()
    desk_page.keyboard.press("j")
    expect(row(desk_page, "Robert Lin").get_by_role("link")).to_be_focused()
    desk_page.keyboard.press("j")
    desk_page.keyboard.press("k")
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator("#panel-title")).to_be_focused()
    desk_page.keyboard.press("a")
    expect(desk_page.locator(".panel-state")).to_contain_text("You took it at")

    press_until_focused(desk_page, "#id_note-text")
    desk_page.keyboard.type("Spoke to Grace, a lot jj aa")
    press_until_focused(desk_page, ".panel-resolve input[type=radio]")
    desk_page.keyboard.press("ArrowDown")
    desk_page.keyboard.press("Space")
    press_until_focused(desk_page, ".panel-resolve button")
    desk_page.keyboard.press("Enter")
    expect(desk_page.locator(".panel-state")).to_contain_text("Closed by Rosa Delgado")


def press_until_focused(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def test_stray_key_outside_list_and_panel_takes_nothing(desk_page, sign_in_staff) -> None:
    sign_in_staff(desk_page, NURSE)
    waiting = desk_page.locator("[data-waiting-row]")
    before = waiting.count()

    desk_page.keyboard.press("a")
    desk_page.locator("#help-button").focus()
    desk_page.keyboard.press("a")

    expect(waiting).to_have_count(before)
    expect(desk_page.locator("#panel")).to_be_empty()


def test_single_keys_can_be_switched_off(desk_page, sign_in_staff) -> None:
    sign_in_staff(desk_page, NURSE)
    desk_page.locator("#help-button").click()
    desk_page.locator("#keys-on").uncheck()
    desk_page.get_by_role("button", name="Close").click()

    desk_page.keyboard.press("j")

    expect(desk_page.locator(".work-link:focus")).to_have_count(0)


def test_without_scripts_a_nurse_opens_takes_and_closes(server, open_context, sign_in_staff) -> None:
    page = open_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False).new_page()
    sign_in_staff(page, NURSE)
    page.get_by_role("link", name="Aisha Karim").click()
    page.locator("#take-panel").click()
    expect(page.locator(".panel-state")).to_contain_text("You took it at")
    page.get_by_role("button", name=re.compile("^Close")).click()
    expect(page.locator(".error-summary")).to_contain_text("Choose what came of it.")
    page.get_by_label("Coming to the clinic").check()
    page.get_by_role("button", name=re.compile("^Close")).click()

    expect(page.locator(".panel-state")).to_contain_text("Closed by Rosa Delgado")
    expect(page.locator(".panel-state")).to_contain_text("Coming to the clinic")


# Colours differ by scheme and order by width: each is looked at with the other as most have it.
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_pages_are_accessible_and_fit_their_screen(
    server, open_context, sign_in_staff, check_accessible, keep_picture, scheme, width
) -> None:
    page = open_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    sign_in_staff(page, NURSE)
    expect(page.locator("#live-word")).to_have_text("Live")
    george = f"/console/patients/{server.patient('George Whitaker')['id']}"
    on_phones = (
        ("risk", f"{george}/risk/"),
        ("labs", f"{george}/labs/"),
        ("labs-due", "/console/labs/"),
        ("outcomes", f"{george}/outcomes/"),
        ("forms-due", "/console/outcomes/due/"),
        ("outcome-figures", "/console/outcomes/"),
    )
    for name, address in (
        ("list", "/console/"),
        ("patients", "/console/patients/"),
        ("patient", f"{george}/"),
        ("enrol", "/console/patients/new/"),
        ("insights", "/console/insights/"),
        ("ledger", "/console/ledger/"),
        *(on_phones if width == 390 else ()),
    ):
        page.goto(address)
        check_accessible(page)
        keep_picture(page, f"console-{name}-{scheme}-{width}")
        for other in (1024, width):
            page.set_viewport_size({"width": other, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, other)


def test_shift_by_keys_needs_no_row_of_tabs(server, desk_page, sign_in_staff) -> None:
    """Take, call, note, close, next: each by its key, with Tab never more than three times in a row."""
    sign_in_staff(desk_page, NURSE)
    report(server, "Elena Santos", "Maria Santos", {**FEVER, "confusion": 2})
    expect(row(desk_page, "Maria Santos")).to_have_attribute("data-level", "emergency")
    desk_page.keyboard.press("g")
    expect(row(desk_page, "Maria Santos").get_by_role("link")).to_be_focused()
    desk_page.keyboard.press("a")
    expect(desk_page.locator(".panel-state")).to_contain_text("You took it at")

    desk_page.keyboard.press("c")
    expect(desk_page.locator("#panel-first .call").first).to_be_focused()
    desk_page.keyboard.press("n")
    expect(desk_page.locator("#id_note-text")).to_be_focused()
    desk_page.keyboard.type("Elena is with her")
    # Somebody else's report arrives while this is typed.
    report(server, "Grace Lin", "Helen Novak", FEVER)
    expect(row(desk_page, "Helen Novak")).to_have_attribute("data-level", "urgent")
    expect(desk_page.locator("#arrival-words")).to_have_text("New, Urgent: Helen Novak, day 400.")
    expect(desk_page.locator("#id_note-text")).to_have_value("Elena is with her")
    desk_page.keyboard.press("Control+Enter")
    expect(desk_page.locator(".history")).to_contain_text("Elena is with her")

    desk_page.keyboard.press("x")
    desk_page.keyboard.press("ArrowDown")
    desk_page.keyboard.press("Control+Enter")
    expect(desk_page.locator(".panel-state")).to_contain_text("Closed by Rosa Delgado")
    desk_page.keyboard.press("b")
    expect(desk_page.locator("#panel")).to_be_empty()
    desk_page.keyboard.press("j")
    expect(desk_page.locator("[data-waiting-row] .work-link:focus")).to_have_count(1)


def test_levels_and_search_narrow_the_list_and_hide_no_alarm(server, desk_page, sign_in_staff) -> None:
    sign_in_staff(desk_page, NURSE)
    desk_page.locator("#level-watch").click()
    expect(desk_page.locator("#level-watch")).to_have_attribute("aria-current", "page")
    expect(desk_page.locator("[data-waiting-row]:not([data-level=watch])")).to_have_count(0)

    report(server, "June Whitaker", "George Whitaker", {**FEVER, "confusion": 2})
    expect(desk_page.locator("#arrival")).to_contain_text("The level or search that you chose leaves it out.")
    expect(desk_page.locator("#shouted")).to_contain_text("George Whitaker")
    expect(row(desk_page, "George Whitaker")).to_have_count(0)

    desk_page.keyboard.press("w")
    expect(row(desk_page, "George Whitaker")).to_be_visible()
    desk_page.keyboard.press("/")
    desk_page.keyboard.type("whitak")
    expect(desk_page.locator("[data-row]")).to_have_count(1)
    expect(desk_page.locator("#work-search")).to_be_focused()
    expect(desk_page.locator("#work-search")).to_have_value("whitak")


def test_choice_made_while_the_list_is_asked_for_again_and_again_is_not_lost(
    desk_page, sign_in_staff
) -> None:
    """As in a burst of changes: one answer is on its way and the next is asked for when the nurse chooses."""
    sign_in_staff(desk_page, NURSE)
    desk_page.locator("#level-watch").click()
    expect(desk_page.locator("#level-watch")).to_have_attribute("aria-current", "page")
    asked = re.compile(r"/console/worklist/\?.*level=watch")
    held: list[Route] = []
    desk_page.route(asked, lambda route: route.continue_() if held else held.append(route))
    with desk_page.expect_request(asked):
        desk_page.evaluate("htmx.trigger(document.body, 'console:refetch')")
    desk_page.evaluate("htmx.trigger(document.body, 'console:refetch')")

    desk_page.keyboard.press("w")

    expect(desk_page.locator("#level-all")).to_have_attribute("aria-current", "page")


def test_paged_nurse_sees_who_why_take_and_call_on_the_first_screen(
    server, open_context, sign_in_staff, check_accessible
) -> None:
    phone = {"width": 390, "height": 800}
    page = open_context(viewport=phone, is_mobile=True, has_touch=True).new_page()
    sign_in_staff(page, SECOND)
    report(server, "Grace Lin", "Robert Lin", {**FEVER, "confusion": 2})
    row(page, "Robert Lin").get_by_role("link").click()
    expect(page.locator("#take-panel")).to_be_visible()
    # The link in the page that rang.
    page.reload()
    check_accessible(page)
    for part in ("#panel-title", ".panel-title .badge", ".panel-why li", "#take-panel", "#panel-first .call"):
        # While a part is fetched anew it has no place.
        box = until(page.locator(part).first.bounding_box, part)
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= phone["height"], part
    for part in ("#take-panel", "#panel-first .call", ".panel-back", ".topbar-out", ".topbar-lock"):
        box = until(page.locator(part).first.bounding_box, part)
        assert box["height"] >= 44, part

    # Later in the shift the phone is signed in and locked: one step, and the patient is there.
    link = page.url
    page.locator("#lock-now button").click()
    expect(page.locator("#lock-bar")).to_contain_text("Locked: names are hidden")
    page.goto(link)
    page.locator("#id_unlock-secret").fill(server.staff(SECOND)["password"])
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.locator("#panel-title")).to_have_text("Robert Lin")
    expect(page.locator("#take-panel")).to_be_visible()


# The words of a page that stand on two lines, but for where they may part: at a hyphen, a dash, a slash.
BROKEN_WORDS = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const found = [], walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const around = node.parentElement;
    if (!around.checkVisibility() || around.closest(".visually-hidden, script, style, svg, option")) continue;
    for (const word of node.data.matchAll(/[^\\s\\-–—/·]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter((one) => one.width).map((one) => one.top));
      if (lines.size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_the_narrowest_phone_words_are_whole_and_the_open_page_is_in_the_bar(
    server, desk_page, sign_in_staff, language
) -> None:
    server.change(f"UPDATE clinic_user SET language = '{language}'")
    sign_in_staff(desk_page, NURSE)
    desk_page.set_viewport_size({"width": 320, "height": 740})
    broken = {}
    for page in (
        "",
        "risk/",
        "risk/facts/organs/",
        "risk/facts/home/",
        "labs/",
        "outcomes/",
        "windows/",
        "calls/",
    ):
        desk_page.goto(f"/console/patients/{server.patient('Robert Lin')['id']}/{page}")
        open_page = desk_page.locator(".topbar-nav [aria-current]").bounding_box()
        assert open_page is not None
        assert 0 <= open_page["x"] < open_page["x"] + open_page["width"] <= 320
        broken[page] = desk_page.evaluate(BROKEN_WORDS)
    assert not any(broken.values()), broken
