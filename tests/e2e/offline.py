"""What a caregiver does in the offline tests, and what must come of it."""

from playwright.sync_api import Page, expect

from tests.processes import Place, until

GO_ON = "Continue"
NONE_NOW = "None of these right now"
NONE_TODAY = "None of these today"
SAVED = "Saved on this phone, not sent"


def take_along(page: Page) -> None:
    """Wait until the shell, the checklist and the phone's token are on this phone."""
    page.goto("/")
    page.wait_for_function("""async () => {
      if (!navigator.serviceWorker.controller) return false;
      const open = indexedDB.open('kinwatch');
      const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
      if (!database.objectStoreNames.contains('kept')) { database.close(); return false; }
      const asked = database.transaction('kept').objectStore('kept').getAllKeys();
      const keys = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
      database.close();
      return keys.includes('pack') && keys.includes('token');
    }""")


def start(page: Page, patient: str) -> None:
    page.goto(f"/check-in/{patient}/")


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
    page.get_by_role("button", name="Send to the clinic").click()


def expect_emergency(page: Page) -> None:
    expect(page.get_by_role("heading", name="Call 911 now")).to_be_visible()
    expect(page.locator(".result a[href='tel:911']")).to_be_visible()


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


def kept_on(page: Page) -> int:
    """How many reports this phone still holds."""
    count: int = page.evaluate("""async () => {
      const open = indexedDB.open('kinwatch');
      const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
      const asked = database.transaction('queue').objectStore('queue').count();
      const count = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
      database.close();
      return count;
    }""")
    return count
