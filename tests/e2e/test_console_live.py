"""The open console: what arrives, what is heard, and what it says when it is not live."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.processes import until

pytestmark = pytest.mark.e2e

NURSE = "nurse@harbor.example"
FEVER = {"temp_value": "38.6", "temp_unit": "C"}
FEVER_AND_CONFUSION = {**FEVER, "confusion": 2}

# Counts every tone that really starts. Set up before any script of the page: `evaluate` is a gesture.
COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""
CLOCK_THREE_HOURS_FAST = """
const now = Date.now;
Date.now = () => now() + 3 * 3600 * 1000;
"""


def report(server: Any, caregiver: str, patient: str, answers: dict[str, Any]) -> None:
    api = server.api(server.caregiver(caregiver))
    report_id, body = api.report(server.patient(patient)["id"], answers)
    assert api.put(report_id, body).status_code == 201


def row(page: Page, name: str) -> Any:
    return page.locator("[data-row]", has_text=name)


def test_emergency_arrives_sounds_and_falls_silent_when_taken(server, desk_page, sign_in_staff) -> None:
    desk_page.add_init_script(COUNT_TONES)
    sign_in_staff(desk_page, NURSE)
    expect(desk_page.locator("#live-word")).to_have_text("Live")
    expect(desk_page.locator("#sound-off")).to_be_visible()
    desk_page.locator("#start-watching").click()
    expect(desk_page.locator("#sound-off")).to_be_hidden()
    expect(desk_page.locator("#sound-on")).to_be_visible()
    # An urgent row of the seeded story waits already, so take it: what sounds next is the new one.
    row(desk_page, "Aisha Karim").locator("[data-take] button").click()
    expect(row(desk_page, "Aisha Karim")).to_contain_text("took it at")
    waiting = desk_page.locator("[data-waiting-row]").count()

    report(server, "June Whitaker", "George Whitaker", FEVER_AND_CONFUSION)

    first = desk_page.locator("[data-waiting-row]").first
    expect(first).to_contain_text("George Whitaker")
    expect(desk_page.locator("#shouted")).to_have_text("New, Emergency: George Whitaker, day 12")
    expect(desk_page).to_have_title(re.compile(rf"^\({waiting + 1}\) "))
    expect(desk_page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("icon_waiting"))
    heard = desk_page.evaluate("window.tones")
    desk_page.wait_for_function("(before) => window.tones >= before + 10", arg=heard)

    desk_page.locator("#mute").click()
    expect(desk_page.locator("#sound-word")).to_have_text(re.compile(r"Muted, on again in [12]:\d\d"))
    desk_page.locator("#unmute").click()
    first.locator("[data-take] button").click()
    expect(desk_page.locator(".panel-state")).to_contain_text("You took it at")
    expect(desk_page.locator("[data-waiting-row][data-sounds]")).to_have_count(0)
    silent_from = desk_page.evaluate("window.tones")
    desk_page.wait_for_timeout(4000)
    assert desk_page.evaluate("window.tones") == silent_from


def test_new_alarm_ends_a_pause_of_the_sound(server, desk_page, sign_in_staff) -> None:
    sign_in_staff(desk_page, NURSE)
    desk_page.locator("#start-watching").click()
    desk_page.locator("#mute").click()
    expect(desk_page.locator("#unmute")).to_be_visible()

    report(server, "Grace Lin", "Robert Lin", FEVER)

    expect(row(desk_page, "Robert Lin")).to_be_visible()
    expect(desk_page.locator("#sound-word")).to_have_text("Sound on")


def test_sound_that_the_browser_stops_is_shown(desk_page, sign_in_staff) -> None:
    desk_page.add_init_script(
        "const Real = AudioContext; window.AudioContext = class extends Real {"
        " constructor() { super(); window.audio = this; } };"
    )
    sign_in_staff(desk_page, NURSE)
    desk_page.locator("#start-watching").click()
    expect(desk_page.locator("#sound-off")).to_be_hidden()

    desk_page.evaluate("window.audio.suspend()")

    expect(desk_page.locator("#sound-off")).to_be_visible()
    expect(desk_page.locator("#start-watching")).to_be_visible()


def test_ages_come_from_the_servers_clock(server, desk_page, sign_in_staff) -> None:
    desk_page.add_init_script(CLOCK_THREE_HOURS_FAST)
    sign_in_staff(desk_page, NURSE)

    report(server, "Grace Lin", "Helen Novak", FEVER)

    age = row(desk_page, "Helen Novak").locator("[data-age]")
    expect(age).to_have_text(re.compile(r"^\d+ s$"))


def test_cut_line_is_loud_and_the_list_is_right_again_afterwards(server, desk_page, sign_in_staff) -> None:
    sign_in_staff(desk_page, NURSE)
    expect(desk_page.locator("#live-word")).to_have_text("Live")

    desk_page.context.set_offline(True)
    report(server, "Elena Santos", "Maria Santos", FEVER_AND_CONFUSION)
    until(lambda: server.count("clinic_escalation WHERE level = 'emergency' AND state = 'open'"), "the row")

    # The socket is frozen, not closed: only the missing heartbeat tells.
    expect(desk_page.locator("#stale")).to_be_visible()
    expect(desk_page.locator("#stale")).to_contain_text("NOT LIVE since")
    expect(row(desk_page, "Maria Santos")).to_have_attribute("data-level", "watch")

    desk_page.context.set_offline(False)
    expect(desk_page.locator("#stale")).to_be_hidden()
    expect(row(desk_page, "Maria Santos")).to_have_attribute("data-level", "emergency")
    shown = sorted(desk_page.locator("[data-row]").evaluate_all("rows => rows.map((one) => one.dataset.id)"))
    stored = server.rows(
        "SELECT e.id FROM clinic_escalation e JOIN clinic_clinic c ON c.id = e.clinic_id"
        " WHERE e.state <> 'resolved' AND c.slug = 'harbor'"
    )
    assert [one.replace("-", "") for one in shown] == sorted(str(one[0]).replace("-", "") for one in stored)


def test_sign_out_elsewhere_is_told_and_no_sign_in_form_looks_like_a_list(desk_page, sign_in_staff) -> None:
    sign_in_staff(desk_page, NURSE)
    expect(desk_page.locator("#live-word")).to_have_text("Live")
    other = desk_page.context.new_page()
    other.goto("/console/patients/")

    other.locator(".topbar-out").click()

    expect(desk_page.locator("#stale")).to_contain_text("You are signed out since")
    expect(desk_page.locator("#stale-sign-in")).to_be_visible()
    expect(desk_page.locator("#worklist")).to_be_visible()


def test_desk_that_nobody_touches_hides_names_and_goes_on_calling(
    server, open_context, sign_in_staff, check_accessible, keep_picture
) -> None:
    context = open_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.clock.install()
    desk, tab = context.new_page(), context.new_page()
    desk.add_init_script(COUNT_TONES)
    sign_in_staff(desk, NURSE)
    desk.goto("/accounts/pin/")
    desk.get_by_label("Your password").fill(server.staff(NURSE)["password"])
    desk.get_by_label("New PIN").fill("2580")
    desk.get_by_label("The same PIN again").fill("2580")
    desk.get_by_role("button", name="Set the PIN").click()
    desk.goto("/console/")
    desk.locator("#start-watching").click()
    row(desk, "Aisha Karim").get_by_role("link").click()
    expect(desk.locator("#panel-title")).to_have_text("Aisha Karim")
    if desk.locator("#take-panel").count():
        desk.locator("#take-panel").click()
    desk.locator("#id_note-text").fill("Omar will measure again")
    tab.goto("/console/patients/")

    # Not at four minutes, and a hand on one tab counts for the other.
    context.clock.fast_forward(4 * 60 * 1000)
    desk.mouse.move(20, 20)
    desk.mouse.move(40, 40)
    context.clock.fast_forward(4 * 60 * 1000)
    expect(desk.locator("#panel-title")).to_have_text("Aisha Karim")
    expect(tab).to_have_url(re.compile("/console/patients/"))
    context.clock.fast_forward(61 * 1000)

    # Both tabs lock; names are gone from the page itself, the list and its sound go on.
    for page in (desk, tab):
        expect(page.locator("#lock-bar")).to_contain_text("Locked: names are hidden")
        expect(page.locator("#worklist")).to_have_attribute("data-locked", "yes")
        assert "Aisha" not in page.content()
    assert "Omar" not in desk.content()
    expect(desk.locator("#id_unlock-secret")).to_be_focused()
    check_accessible(desk)
    keep_picture(desk, "desk-locked")
    expect(desk.locator("#live-word")).to_have_text("Live")
    heard = desk.evaluate("window.tones")
    report(server, "Grace Lin", "Robert Lin", FEVER_AND_CONFUSION)
    newest = desk.locator("[data-waiting-row][data-level=emergency]", has_text="day 130")
    expect(newest).to_contain_text("Name hidden")
    desk.wait_for_function("(before) => window.tones >= before + 5", arg=heard)
    expect(desk.locator("#shouted")).to_contain_text("Name hidden, day 130")
    expect(desk).to_have_title(re.compile(r"^\(\d+\) "))
    tab.reload()
    expect(tab.locator("#lock-bar")).to_contain_text("Locked: names are hidden")

    # A wrong PIN opens nothing; the right one takes the row that was pressed, and opens every tab.
    newest.get_by_role("button", name="Take it").click()
    secret = desk.locator("#id_unlock-secret")
    expect(secret).to_be_focused()
    secret.fill("0852")
    desk.get_by_role("button", name="Unlock and take it").click()
    expect(desk.locator(".lock-wrong")).to_contain_text("This is neither your PIN nor your password.")
    desk.locator("#id_unlock-secret").fill("2580")
    desk.get_by_role("button", name="Unlock and take it").click()
    expect(desk.locator("#panel-title")).to_have_text("Robert Lin")
    expect(desk.locator(".panel-state")).to_contain_text("You took it at")
    expect(desk.locator("#lock-bar")).to_be_hidden()
    expect(row(desk, "Aisha Karim")).to_be_visible()
    expect(row(tab, "Aisha Karim")).to_be_visible()
    assert desk.evaluate("window.tones") > heard

    # Locked by hand and opened again, what was typed is where it was.
    desk.locator("#id_note-text").fill("Grace is with him")
    desk.locator("#lock-now button").click()
    expect(desk.locator("#worklist")).to_have_attribute("data-locked", "yes")
    expect(desk.locator("#panel")).to_be_empty()
    desk.locator("#id_unlock-secret").fill("2580")
    desk.get_by_role("button", name="Unlock", exact=True).click()
    expect(desk.locator("#panel-title")).to_have_text("Robert Lin")
    expect(desk.locator("#id_note-text")).to_have_value("Grace is with him")


def test_list_that_was_on_its_way_leaves_no_names_on_a_locked_desk(desk_page, sign_in_staff) -> None:
    """Asked for again while an answer is on the way, the list is fetched once more when that is there."""
    sign_in_staff(desk_page, NURSE)
    expect(desk_page.locator("#live-word")).to_have_text("Live")
    asked, held = [], []

    def hold_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    desk_page.route("**/console/worklist/**", hold_the_first)
    with desk_page.expect_request("**/console/worklist/**"):
        desk_page.evaluate("htmx.trigger(document.body, 'console:refetch')")
    # Asking the page gives the answer on the way its turn.
    until(lambda: desk_page.evaluate("1") and held, "the list as it was before the lock")
    desk_page.locator("#lock-now button").click()
    expect(desk_page.locator("#lock-bar")).to_contain_text("Locked: names are hidden")
    [(route, drawn_before)] = held
    route.fulfill(response=drawn_before)

    expect(desk_page.locator("#worklist")).to_have_attribute("data-locked", "yes")
    assert "Aisha" not in desk_page.content()
