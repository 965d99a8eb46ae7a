"""What a caregiver does in the offline tests, and what must come of it."""

from typing import Any

from playwright.sync_api import Error, Page, expect

from tests.processes import Place, until

GO_ON = "Continue"
NONE_NOW = "I see none of these now"
NONE_TODAY = "None of these today"
SAVED = "Saved on this phone, not sent"


# Looks only at a database that is there: opening one that is not would make it, without its stores.
_MISSING = """async () => {
  const missing = [];
  // It answers the next page, whether or not it came in time to be in control of this one.
  const worker = (await navigator.serviceWorker.getRegistration())?.active;
  if (worker?.state !== 'activated') missing.push(`an active worker (it is ${worker?.state})`);
  const databases = await indexedDB.databases();
  if (!databases.some(({ name }) => name === 'kinwatch')) return [...missing, 'the database'];
  const open = indexedDB.open('kinwatch');
  const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
  const asked = database.transaction('kept').objectStore('kept').getAllKeys();
  const keys = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  database.close();
  return [...missing, ...['pack', 'token'].filter((key) => !keys.includes(key))];
}"""


def take_along(page: Page, base_url: str = "") -> None:
    """Open the home page and wait until the shell, the checklist and the phone's token are on this phone."""
    page.goto(f"{base_url}/")
    expect_all_on(page)


def expect_all_on(page: Page) -> None:
    """The shell, the checklist and the phone's token."""
    missing: list[str] = []

    def is_all_there() -> bool:
        missing[:] = _look(page, _MISSING)
        return not missing

    try:
        until(is_all_there, "what works with no signal")
    except AssertionError as error:
        raise AssertionError(f"not on the phone: {missing}") from error


def start(page: Page, patient: str, base_url: str = "") -> None:
    page.goto(f"{base_url}/check-in/{patient}/")


def report_fever(page: Page) -> None:
    """From the first page to the sent report: 38.6 °C and mixed up, which is an emergency on page 4."""
    page.get_by_role("button", name=NONE_NOW).click()
    page.locator("input[name=temp_value]").fill("38.6")
    page.locator("input[name=temp_unit][value=C]").check()
    page.get_by_role("button", name=NONE_TODAY).click()
    page.get_by_role("heading", name="Numbers").wait_for()
    page.get_by_role("button", name=GO_ON).last.click()
    page.locator("input[name=confusion][value='2']").check()
    page.get_by_role("button", name=GO_ON).last.click()


def report_nothing(page: Page) -> None:
    """All as usual, with a measured temperature."""
    page.get_by_role("button", name=NONE_NOW).click()
    page.locator("input[name=temp_value]").fill("36.8")
    page.locator("input[name=temp_unit][value=C]").check()
    page.get_by_role("button", name=NONE_TODAY).click()
    page.get_by_role("heading", name="Numbers").wait_for()
    page.get_by_role("button", name=GO_ON).last.click()
    for heading in ("Thinking and moving", "Breathing, heart, tummy", "Body, medicines, you"):
        page.get_by_role("heading", name=heading).wait_for()
        page.get_by_role("button", name=NONE_TODAY).click()
    page.get_by_role("button", name="Send to the clinic").first.click()


def expect_emergency(page: Page) -> None:
    expect(page.get_by_role("heading", name="Call 911 now")).to_be_visible()
    expect(page.locator(".result a[href='tel:911']")).to_be_visible()
    # The number of the line, in a sentence, with a signal and without.
    expect(page.locator(".steps a[href='tel:+16175550100']").first).to_have_text("(617) 555-0100")


def expect_saved(page: Page) -> None:
    expect(page.locator("[data-state='waiting']")).to_contain_text(SAVED)


def expect_received(page: Page) -> None:
    expect(page.locator("[data-state='received']")).to_contain_text("Received by the clinic")


def reports_of(server: Place, patient: str) -> int:
    plain = patient.replace("-", "")
    return server.count(f"clinic_report WHERE replace(CAST(patient_id AS text), '-', '') = '{plain}'")


def expect_one_more(server: Place, patient: str, before: int) -> None:
    """Exactly one: it comes, and no second one is there when it has."""
    until(lambda: reports_of(server, patient) > before, "the report in the database")
    assert reports_of(server, patient) == before + 1


def stop_sending(page: Page) -> None:
    """Let a try that is under way come to its end. Until this page is gone, it makes no other one."""
    page.evaluate("""() => new Promise((resolve) => {
      navigator.locks.request('kinwatch-sending', () => { resolve(); return new Promise(() => {}); });
    })""")


def kept_on(page: Page) -> int:
    """How many reports on this phone the clinic has not confirmed."""
    waiting: int = _look(
        page,
        """async () => {
          const open = indexedDB.open('kinwatch');
          const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
          const asked = database.transaction('queue').objectStore('queue').getAll();
          const rows = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
          database.close();
          return rows.filter((row) => !row.receivedAt).length;
        }""",
    )
    return waiting


def drafts_on(page: Page) -> int:
    """How many unfinished check-ins this phone holds."""
    return _count(page, "drafts")


def sealed_draft(page: Page) -> str:
    """The unfinished check-in as it lies on this phone; another text once anything in it was kept anew."""
    text: str = _look(
        page,
        """async () => {
          const open = indexedDB.open('kinwatch');
          const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
          const asked = database.transaction('drafts').objectStore('drafts').getAll();
          const rows = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
          database.close();
          const readable = (key, value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer
            ? [...new Uint8Array(value.buffer ?? value)] : value;
          return JSON.stringify(rows, readable);
        }""",
    )
    return text


def typed(page: Page, name: str, value: str) -> str:
    """Type into a field; the draft after it."""
    page.locator(f"input[name={name}]").fill(value)
    return sealed_draft(page)


def things_on(page: Page) -> list[int]:
    """What this phone holds of a person: checklist, token and key; drafts; reports."""
    return [_count(page, store) for store in ("kept", "drafts", "queue")]


def _look(page: Page, script: str, argument: Any = None) -> Any:
    """What a script that only reads finds, on the next page where a press takes this one away meanwhile."""
    try:
        return page.evaluate(script, argument)
    except Error as error:
        if "context was destroyed" not in error.message:
            raise
    page.wait_for_load_state()
    return page.evaluate(script, argument)


def _count(page: Page, store: str) -> int:
    count: int = _look(
        page,
        """async (store) => {
          const open = indexedDB.open('kinwatch');
          const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
          const asked = database.transaction(store).objectStore(store).count();
          const count = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
          database.close();
          return count;
        }""",
        store,
    )
    return count
