"""The network fails in every way it can. Each time: the right advice on the screen, exactly one report."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import offline
from tests.e2e.conftest import PHONE
from tests.networks import Network
from tests.processes import Place, until

pytestmark = pytest.mark.e2e
JUNE, DANIEL, GEORGE = "+16175550131", "+16175550132", "George Whitaker"


@pytest.fixture
def network(server: Place) -> Iterator[Network]:
    with Network(server.base_url).running() as network:
        yield network


@pytest.fixture
def george(server: Place) -> str:
    return str(server.patient(GEORGE)["id"])


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """June's cookies once she has signed in: a phone number gets only three codes in a quarter of an hour."""
    return {}


@pytest.fixture
def context(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    network: Network,
    signed_in: dict[str, Any],
) -> BrowserContext:
    if not signed_in:
        first = open_context()
        sign_in_caregiver(first.new_page(), JUNE)
        signed_in.update(first.storage_state())
    return _phone(open_context, network, storage_state=signed_in)


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    """June's phone, signed in, with the checklist on it."""
    page = context.new_page()
    offline.take_along(page)
    return page


@pytest.fixture
def daniels_phone(
    open_context: Callable[..., BrowserContext],
    sign_in_caregiver: Callable[[Page, str], None],
    network: Network,
) -> Page:
    """Signs in anew each time, so that it may sign out."""
    page = _phone(open_context, network).new_page()
    sign_in_caregiver(page, DANIEL)
    offline.take_along(page)
    return page


def _phone(open_context: Callable[..., BrowserContext], network: Network, **options: Any) -> BrowserContext:
    usual = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "en-US"}
    return open_context(base_url=network.base_url, **usual, **options)


def test_answer_that_did_not_come_is_asked_for_again_on_the_same_page(
    context: BrowserContext, network: Network
) -> None:
    page = context.new_page()
    page.clock.install()
    asked: list[str] = []

    def fate(_method: str, path: str) -> str:
        if path == "/sync/pack/":
            asked.append(path)
            return ("dead", "portal", "pass")[min(len(asked), 3) - 1]
        return "pass"

    network.fate = fate
    page.goto("/")
    until(lambda: asked, "the first try")

    def asked_three_times() -> bool:
        page.clock.fast_forward(5_000)
        return len(asked) == 3

    until(asked_three_times, "two more tries")
    offline.expect_all_on(page)
    assert len(asked) == 3


def test_signal_cut_before_the_check_in(
    phone: Page,
    context: BrowserContext,
    server: Place,
    george: str,
    keep_picture: Callable[[Page, str], None],
) -> None:
    before = offline.reports_of(server, george)
    context.set_offline(True)

    offline.start(phone, george)
    keep_picture(phone, "offline-1-start")
    offline.report_fever(phone)

    offline.expect_emergency(phone)
    offline.expect_saved(phone)
    keep_picture(phone, "offline-2-saved")
    assert offline.reports_of(server, george) == before
    context.set_offline(False)
    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)
    assert offline.kept_on(phone) == 0


def test_every_page_without_a_signal_shows_whom_to_call(
    phone: Page, context: BrowserContext, george: str
) -> None:
    context.set_offline(True)

    for path in (
        "/",
        "/history/",
        "/settings/",
        "/sign-in/",
        f"/writing/{george}/",
        f"/thinking-check/{george}/",
    ):
        phone.goto(path)
        expect(phone.get_by_role("heading", name="No signal")).to_be_visible()
        expect(phone.locator("#calls a[href^='tel:']").first).to_be_visible()


def test_page_that_needs_a_signal_waits_for_a_slow_one(phone: Page, network: Network) -> None:
    network.fate = lambda method, path: "late" if path == "/settings/" else "pass"
    # Longer than the worker waits before a page with an offline twin gives way to it.
    threading.Timer(4.0, network.released.set).start()

    phone.goto("/settings/")

    expect(phone.get_by_role("button", name="Sign out on this phone")).to_be_visible()


def test_red_flag_sent_into_a_dead_network_still_says_call_now(
    phone: Page, network: Network, server: Place, george: str
) -> None:
    before = offline.reports_of(server, george)
    offline.start(phone, george)
    phone.get_by_label("Will not wake up").check()
    network.cut()

    phone.get_by_role("button", name="I marked a danger sign").click()

    offline.expect_emergency(phone)
    offline.expect_saved(phone)
    network.mend()
    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)


def test_answer_to_the_form_lost_after_commit(
    phone: Page, network: Network, server: Place, george: str
) -> None:
    before = offline.reports_of(server, george)
    offline.start(phone, george)
    phone.get_by_label("Bleeding that will not stop").check()
    network.fate = lambda method, path: "lost" if method == "POST" else "dead"

    phone.get_by_role("button", name="I marked a danger sign").click()

    offline.expect_emergency(phone)
    offline.expect_one_more(server, george, before)
    network.mend()
    offline.expect_received(phone)
    assert network.hand_ins() == [200]
    assert offline.reports_of(server, george) == before + 1


def test_receipt_lost_after_commit(phone: Page, network: Network, server: Place, george: str) -> None:
    before = offline.reports_of(server, george)
    network.cut()
    offline.start(phone, george)
    offline.report_fever(phone)
    offline.expect_saved(phone)

    network.fate = lambda method, path: "dead" if network.hand_ins() else "lost"
    phone.evaluate("dispatchEvent(new Event('online'))")
    offline.expect_one_more(server, george, before)
    offline.expect_saved(phone)
    network.mend()

    offline.expect_received(phone)
    assert network.hand_ins() == [201, 200]
    assert offline.reports_of(server, george) == before + 1


def test_captive_portal_is_no_receipt(phone: Page, network: Network, server: Place, george: str) -> None:
    before = offline.reports_of(server, george)
    network.cut()
    offline.start(phone, george)
    offline.report_nothing(phone)
    expect(phone.locator(".result h1")).to_have_text("No one is alerted about this report")

    network.fate = lambda method, path: "portal"
    with phone.expect_response("**/sync/reports/**"):
        phone.evaluate("dispatchEvent(new Event('online'))")
    offline.expect_saved(phone)
    assert offline.kept_on(phone) == 1
    network.mend()

    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)


def test_expired_session_and_rotated_csrf_token_hold_up_no_report(
    phone: Page, context: BrowserContext, network: Network, server: Place, george: str
) -> None:
    before = offline.reports_of(server, george)
    network.cut()
    offline.start(phone, george)
    offline.report_fever(phone)
    offline.expect_saved(phone)
    context.clear_cookies()

    # The page that is left must not send while the next one is on its way.
    offline.stop_sending(phone)
    phone.goto("about:blank")
    network.mend()
    phone.goto("/sign-in/")

    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)
    assert network.hand_ins() == [201]


def expect_one_report_each(tabs: tuple[Page, Page], network: Network) -> None:
    """The signal is back, and both tabs notice it at once."""
    network.mend()
    for tab in tabs:
        tab.evaluate("dispatchEvent(new Event('online'))")
    for tab in tabs:
        offline.expect_received(tab)
    assert network.hand_ins() == [201, 201]


def test_two_tabs_send_each_report_once(
    phone: Page, context: BrowserContext, network: Network, server: Place, george: str
) -> None:
    before = offline.reports_of(server, george)
    other = context.new_page()
    network.cut()
    for tab in (phone, other):
        offline.start(tab, george)
        offline.report_fever(tab)
        offline.expect_saved(tab)
    assert offline.kept_on(phone) == 2

    expect_one_report_each((phone, other), network)
    until(lambda: offline.reports_of(server, george) == before + 2, "both reports")


def test_check_in_open_in_two_tabs_is_two_reports(
    phone: Page, context: BrowserContext, network: Network, server: Place, george: str
) -> None:
    """The second tab goes on with the first one's draft: what it sends takes no alarm's place."""
    before = offline.reports_of(server, george)
    other = context.new_page()
    network.cut()
    offline.start(phone, george)
    phone.get_by_role("button", name=offline.NONE_NOW).click()
    phone.locator("input[name=temp_value]").wait_for()
    offline.start(other, george)
    other.get_by_role("button", name=offline.NONE_NOW).wait_for()
    phone.go_back()
    offline.report_fever(phone)
    offline.expect_emergency(phone)
    offline.expect_saved(phone)
    offline.report_nothing(other)
    offline.expect_saved(other)
    assert offline.kept_on(phone) == 2

    expect_one_report_each((phone, other), network)
    until(lambda: offline.reports_of(server, george) == before + 2, "both reports")


def test_refused_report_stays_and_names_the_number(
    phone: Page, network: Network, server: Place, george: str
) -> None:
    before = offline.reports_of(server, george)
    network.cut()
    offline.start(phone, george)
    offline.report_fever(phone)
    offline.expect_saved(phone)
    # The first try goes out with the report: a second copy of it is in the hands of that try.
    offline.stop_sending(phone)
    # As if the key of the server had been lost: what was sealed cannot be opened any more.
    phone.evaluate("""async () => {
      const open = indexedDB.open('kinwatch');
      const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
      const rows = database.transaction('queue', 'readwrite').objectStore('queue');
      const asked = rows.getAll();
      const [kept] = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
      kept.envelope.sealed = kept.envelope.sealed.replace(/^..../, 'AAAA');
      await new Promise((resolve) => { rows.put(kept, kept.id).onsuccess = resolve; });
      database.close();
    }""")

    phone.goto("about:blank")
    network.mend()
    phone.goto("/")

    expect(phone.locator("[data-state='attention']")).to_contain_text("This report needs attention")
    expect(phone.locator("#waiting-reports [role='status'] a[href^='tel:']")).to_be_visible()
    assert network.hand_ins() == [422]
    assert offline.kept_on(phone) == 1
    assert offline.reports_of(server, george) == before


def test_sign_out_never_discards_an_unsent_report(
    daniels_phone: Page, network: Network, server: Place, george: str
) -> None:
    phone, before = daniels_phone, offline.reports_of(server, george)
    network.cut()
    offline.start(phone, george)
    offline.report_fever(phone)
    offline.expect_saved(phone)
    network.fate = lambda method, path: "dead" if method == "PUT" else "pass"

    phone.goto("/settings/")
    phone.get_by_role("button", name="Sign out on this phone").click()
    expect(phone.get_by_text("A report on this phone is not sent yet.")).to_be_visible()
    phone.get_by_role("button", name="Sign out anyway").click()
    phone.wait_for_url("**/sign-in/")
    offline.expect_saved(phone)
    network.mend()
    phone.reload()

    offline.expect_received(phone)
    offline.expect_one_more(server, george, before)


def test_signing_out_leaves_nothing_of_the_person_behind(daniels_phone: Page) -> None:
    phone = daniels_phone
    phone.goto("/settings/")
    phone.get_by_role("button", name="Sign out on this phone").click()
    phone.wait_for_url("**/sign-in/")

    assert offline.things_on(phone) == [0, 0, 0]


def test_checklist_on_its_way_to_another_tab_does_not_outlive_the_sign_out(
    daniels_phone: Page, network: Network
) -> None:
    phone, other = daniels_phone, daniels_phone.context.new_page()
    # Whatever this tab still asks for itself must not be taken for what the other one asks for.
    phone.goto("about:blank")
    network.fate = lambda method, path: "late" if path == "/sync/pack/" else "pass"
    asked, given_up = len(network.seen), []
    other.on("requestfailed", lambda request: given_up.append(request.url))
    other.goto("/")
    until(
        lambda: ("GET", "/sync/pack/", 200) in network.seen[asked:],
        "the checklist on its way to the other tab",
    )
    network.mend()

    phone.goto("/settings/")
    phone.get_by_role("button", name="Sign out on this phone").click()
    phone.wait_for_url("**/sign-in/")
    # Gives the other page's events their turn.
    until(lambda: other.evaluate("1") and given_up, "the other tab gives up")
    network.released.set()

    # Whatever it still wanted to do with the answer, it has done before this.
    other.evaluate("navigator.locks.request('kinwatch-person', () => {})")
    assert offline.things_on(phone) == [0, 0, 0]


def test_no_cache_holds_anything_of_a_person(phone: Page, george: str) -> None:
    offline.start(phone, george)
    phone.goto("/history/")

    texts = phone.evaluate("""async () => {
      const found = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const answer = await cache.match(request, { ignoreVary: true });
          found.push([new URL(request.url).pathname, await answer.text()]);
        }
      }
      return found;
    }""")

    assert "/offline/" in [path for path, _ in texts]
    for path, text in texts:
        # The shell and guidance that anybody may read.
        assert path.startswith(("/offline/", "/static/")), path
        for canary in ("Whitaker", "George", "June", george, 'name="csrfmiddlewaretoken" value'):
            assert canary not in text, (path, canary)
        # Guidance names every product to everybody.
        assert path.startswith("/offline/learn/") or "brexu-cel" not in text, path


def test_history_on_the_phone_counts_for_the_next_report(
    phone: Page, network: Network, server: Place, george: str
) -> None:
    """The second report of a night without a signal is judged by the first one as well."""
    before = offline.reports_of(server, george)
    network.cut()
    offline.start(phone, george)
    offline.report_nothing(phone)
    offline.expect_saved(phone)

    offline.start(phone, george)
    phone.get_by_role("button", name=offline.NONE_NOW).click()
    phone.locator("input[name=temp_value]").fill("37.4")
    phone.locator("input[name=temp_unit][value=C]").check()
    phone.locator("input[name=chills][value='0']").check()
    phone.get_by_role("button", name=offline.GO_ON).last.click()
    phone.get_by_role("heading", name="Numbers").wait_for()
    phone.get_by_role("button", name=offline.GO_ON).last.click()
    phone.get_by_role("heading", name="Thinking and moving").wait_for()
    phone.locator("input[name=speech][value='2']").check()
    phone.get_by_role("button", name=offline.GO_ON).last.click()

    # Two steps worse in the first month is urgent, and that is said before the form is done.
    expect(phone.locator(".result-small")).to_contain_text("Call the 24-hour line now")
    network.mend()
    until(lambda: offline.reports_of(server, george) == before + 1, "the first report")
