"""Quick, steady and for everybody: taps counted, nothing moves, large text, forced colours, paper, voice."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.drawings import touching_words
from tests.e2e import offline
from tests.e2e.conftest import PHONE
from tests.processes import Place

pytestmark = pytest.mark.e2e
JUNE, GEORGE = "+16175550131", "George Whitaker"
MOST_TAPS = 6
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Sums up every shift that no touch explains, from the first byte on.
WATCH_SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  if (!one.hadRecentInput) window.shifted += one.value;
})).observe({ type: 'layout-shift', buffered: true });"""
HIDDEN_FOCUS = """() => { const one = document.activeElement; if (one === document.body) return 'body';
  const box = one.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return one.contains(hit) || hit?.closest('.choice')?.contains(one)
    ? '' : one.outerHTML.slice(0, 120); }"""
# What a screen reader would say of everything that can be pressed or filled in: nothing may be nameless.
NAMELESS = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter((one) => one.type !== 'hidden' && !one.closest('[aria-hidden=true]') && one.checkVisibility())
  .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.[0]?.textContent.trim()))
  .map((one) => one.outerHTML.slice(0, 120))"""

Phone = Callable[..., Page]


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    return {}


@pytest.fixture
def open_phone(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    signed_in: dict[str, Any],
) -> Phone:
    """June's phone, signed in; one code a file, because a number gets only three in a quarter of an hour."""
    if not signed_in:
        first = open_context()
        sign_in_caregiver(first.new_page(), JUNE)
        signed_in.update(first.storage_state())

    def make(**options: Any) -> Page:
        usual = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "en-US"}
        return open_context(storage_state=signed_in, **(usual | options)).new_page()

    return make


@pytest.fixture
def george(server: Place) -> str:
    return str(server.patient(GEORGE)["id"])


class Thumb:
    """Taps, and counts."""

    def __init__(self) -> None:
        self.taps = 0

    def __call__(self, target: Locator) -> None:
        self.taps += 1
        target.tap()


def as_usual(page: Page, thumb: Thumb) -> None:
    """From the first page to the advice; typing numbers is no tap, everything else is."""
    thumb(page.get_by_role("button", name=offline.NONE_NOW))
    page.locator("input[name=temp_value]").fill("98.4")
    thumb(page.get_by_role("button", name=offline.NONE_TODAY))
    page.locator("input[name=pulse]").fill("78")
    page.locator("input[name=spo2]").fill("97")
    thumb(page.get_by_role("button", name=offline.GO_ON).last)
    for heading in ("Thinking and moving", "Breathing, heart, tummy"):
        page.get_by_role("heading", name=heading).wait_for()
        thumb(page.get_by_role("button", name=offline.NONE_TODAY))
    thumb(page.get_by_role("button", name="Nothing new. Send now"))
    expect(page.locator(".result h1")).to_have_text("No one is alerted about this report")


@pytest.mark.parametrize("signal", [True, False], ids=["signal", "no signal"])
def test_check_in_as_usual_takes_six_taps(
    open_phone: Phone, server: Place, george: str, signal: bool
) -> None:
    page, thumb, before = open_phone(), Thumb(), offline.reports_of(server, george)
    offline.take_along(page)
    page.context.set_offline(not signal)
    offline.start(page, george)

    as_usual(page, thumb)

    assert thumb.taps <= MOST_TAPS
    page.context.set_offline(False)
    offline.expect_one_more(server, george, before)


def test_nothing_moves_while_a_page_loads(open_phone: Phone, george: str) -> None:
    page = open_phone()
    offline.take_along(page)
    page.add_init_script(WATCH_SHIFTS)

    def check(settled: str) -> None:
        page.wait_for_load_state("networkidle")
        page.locator(settled).first.wait_for()
        assert page.evaluate("window.shifted") == 0, page.url

    page.goto("/")
    check("a.button-primary")
    page.goto("/history/?days=14")
    check("svg.chart")
    page.goto("/card/")
    check(".emergency-card")
    offline.start(page, george)
    check("button[value=none]")
    page.get_by_label("Will not wake up").check()
    page.get_by_role("button", name="I marked a danger sign").click()
    page.wait_for_url("**/reports/**")
    check(".result")


def test_words_of_a_chart_never_touch(open_phone: Phone) -> None:
    for width in (320, 360, 390):
        page = open_phone(viewport={"width": width, "height": 740}, service_workers="block")
        for days in (3, 14):
            page.goto(f"/history/?days={days}")
            page.locator("svg.chart").first.wait_for()
            assert touching_words(page) == [], (width, days)


def double_the_text(route: Route) -> None:
    """As if the owner had set the browser's text to twice its size: ours are all relative to it."""
    answer = route.fetch()
    route.fulfill(response=answer, body=f"{answer.text()}\n:root {{ font-size: 200%; }}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whole_journey_without_scripts_at_twice_the_text_on_the_smallest_phone(
    open_phone: Phone,
    server: Place,
    george: str,
    scheme: str,
    keep_picture: Callable[[Page, str], None],
) -> None:
    # A phone of 320 px whose owner doubles the text: all sizes of ours follow the text's.
    look: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "color_scheme": scheme}
    page = open_phone(java_script_enabled=False, is_mobile=False, **look)
    page.context.route("**/tokens*.css", double_the_text)
    before = offline.reports_of(server, george)
    steps = 0

    def check() -> None:
        nonlocal steps
        steps += 1
        page.wait_for_load_state()
        keep_picture(page, f"large-{scheme}-{steps:02}")
        assert page.evaluate(SIDEWAYS) <= 0, page.url

    for path in ("/", "/history/?days=14", "/card/", "/settings/", f"/check-in/{george}/"):
        page.goto(path)
        check()
    page.get_by_role("button", name=offline.NONE_NOW).click()
    check()
    page.locator("[name=temp_value]").fill("98.4")
    page.locator("[name=temp_unit][value=F]").check()
    page.get_by_role("button", name=offline.NONE_TODAY).click()
    check()
    page.get_by_role("button", name=offline.GO_ON).last.click()
    for _page in ("thinking", "breathing", "body"):
        check()
        page.get_by_role("button", name=offline.NONE_TODAY).click()
    check()
    page.get_by_role("button", name="Send to the clinic").first.click()
    page.wait_for_url("**/reports/**")
    check()
    offline.expect_one_more(server, george, before)


def test_keyboard_and_screen_reader_reach_everything(open_phone: Phone, george: str) -> None:
    page = open_phone(is_mobile=False, has_touch=False)
    for path in ("/", "/history/", "/card/", f"/check-in/{george}/"):
        page.goto(path)
        assert page.evaluate(NAMELESS) == [], path
        wanted = page.locator(
            "a[href]:visible, button:visible:not([tabindex='-1']), input:visible, summary:visible"
        ).count()
        for _step in range(wanted):
            page.keyboard.press("Tab")
            hidden = page.evaluate(HIDDEN_FOCUS)
            assert hidden in {"", "body"}, (path, hidden)


def test_forced_colours_keep_charts_and_levels_readable(
    open_phone: Phone, check_accessible: Callable[[Page], None], keep_picture: Callable[[Page, str], None]
) -> None:
    page = open_phone(forced_colors="active")
    page.goto("/history/?days=14")

    check_accessible(page)
    fills = page.evaluate(
        "[...document.querySelectorAll('.band')].map((one) => getComputedStyle(one).stroke)"
    )
    assert len(set(fills)) == 1
    assert page.locator(".band-word").all_inner_texts()
    keep_picture(page, "forced-colours-history")


def test_card_opens_with_no_signal_and_says_how_old_it_is(
    open_phone: Phone, check_accessible: Callable[[Page], None], keep_picture: Callable[[Page, str], None]
) -> None:
    page = open_phone()
    offline.take_along(page)
    page.context.set_offline(True)
    # Older than the checklist may be: facts stay facts.
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=8))

    page.goto("/card/")

    card = page.locator(".emergency-card")
    for told in (GEORGE, "This person had CAR-T cell therapy.", "brexu-cel (CD19)", "Day 20 after CAR-T"):
        expect(card).to_contain_text(told)
    expect(card).to_contain_text("8 days ago")
    expect(card.locator("a[href='tel:+16175550100']")).to_be_visible()
    check_accessible(page)
    keep_picture(page, "card-offline")


def test_card_fits_one_sheet_and_its_code_opens_it_elsewhere(
    open_phone: Phone,
    open_context: Callable[..., BrowserContext],
    check_accessible: Callable[[Page], None],
    keep_picture: Callable[[Page, str], None],
) -> None:
    page = open_phone()
    page.goto("/card/")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    page.get_by_role("button", name="Make a code").click()
    expect(page.locator(".address")).to_be_visible()
    check_accessible(page)
    keep_picture(page, "card-code")
    address = page.locator(".address").inner_text()

    theirs = open_context(locale="es").new_page()
    theirs.goto(address)
    expect(theirs.locator(".emergency-card")).to_contain_text(GEORGE)
    expect(theirs.locator("html")).to_have_attribute("lang", "en")
    check_accessible(theirs)
    keep_picture(theirs, "emergency-room")

    page.goto("/card/")
    expect(page.get_by_text(re.compile(r"Opened \d+:\d\d\s[AP]M\."))).to_be_visible()
    page.get_by_role("button", name=re.compile("End it now")).first.click()
    theirs.reload()
    expect(theirs.get_by_role("heading", name="This code no longer opens")).to_be_visible()


VOICE = """window.said = [];
Object.defineProperty(window, 'speechSynthesis', { value: {
  speak: (one) => window.said.push([one.lang, one.text]), cancel: () => window.said.push('cancel') } });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""
NO_VOICE = "delete Window.prototype.speechSynthesis; delete window.speechSynthesis;"


@pytest.mark.parametrize("signal", [True, False], ids=["signal", "no signal"])
def test_advice_to_call_is_read_aloud_where_the_browser_can(
    open_phone: Phone, george: str, signal: bool
) -> None:
    page = open_phone()
    page.add_init_script(VOICE)
    offline.take_along(page)
    page.context.set_offline(not signal)
    offline.start(page, george)
    page.get_by_label("Will not wake up").check()
    page.get_by_role("button", name="I marked a danger sign").click()
    offline.expect_emergency(page)

    page.get_by_role("button", name="Read aloud").click()

    said = page.evaluate("window.said")
    assert said[:2] == ["cancel", ["en", "Call 911 now"]]
    assert [text for _lang, text in said[2:]] == page.locator(".steps li").all_inner_texts()
    page.get_by_role("button", name="Stop reading").click()
    assert page.evaluate("window.said.at(-1)") == "cancel"


def test_browser_without_a_voice_shows_no_button(open_phone: Phone, george: str) -> None:
    page = open_phone()
    page.add_init_script(NO_VOICE)
    offline.start(page, george)
    page.get_by_label("Will not wake up").check()
    page.get_by_role("button", name="I marked a danger sign").click()
    offline.expect_emergency(page)

    expect(page.locator(".read-aloud")).not_to_be_visible()
