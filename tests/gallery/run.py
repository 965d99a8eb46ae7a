"""Makes the pictures: a system of its own, freshly seeded, one browser, one page for each person and width.

ARGS names screens to make only those (`make gallery ARGS="worklist home"`); the others' pictures stay.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.accessibility import serious_findings
from tests.browsers import ARGUMENTS, find_chromium
from tests.drawings import touching_words
from tests.gallery.index import write_index
from tests.gallery.screens import FAMILY_SCREENS, STAFF_SCREENS, Screen, View
from tests.processes import ROOT, Place, Template

FOLDER = ROOT / "var" / "gallery"
# What is longer is cut: nobody looks further down in a contact sheet.
LONGEST = 3200
PHONES_UP_TO = 500
# So many are open in the demo's own story, made up to a number.
DEMO = 3


class ChangeFailed(Exception):
    """The clinics could not be brought into a state; its last line says why."""


class Gallery:
    """One run: who is signed in, and on which pages."""

    def __init__(self, place: Place, browser: Browser, wanted: list[str]) -> None:
        self.place, self.browser, self.wanted = place, browser, wanted
        self.names: dict[str, str] = {}
        self.sessions: dict[str, Any] = {}
        self.pages: dict[tuple[str, int], Page] = {}
        self.failed: list[str] = []

    def make(self) -> None:
        self.names = {one["name"].split()[0]: one["id"] for one in self.place.seed["patients"]}
        self.names |= json.loads(self.change("others"))
        # Families and the usual screens see the demo as it was made; then it is emptied and filled.
        self.change("open", "3")
        for screen in (*FAMILY_SCREENS, *(one for one in STAFF_SCREENS if one.open == DEMO)):
            self.take(screen)
        for number in sorted({one.open for one in STAFF_SCREENS if self.is_wanted(one)} - {DEMO}):
            try:
                self.change("open", str(number))
            except ChangeFailed as failed:
                # The other pictures, and what was found on them, are worth having.
                self.failed.append(f"{number} open: {failed}")
                continue
            for screen in STAFF_SCREENS:
                if screen.open == number:
                    self.take(screen)

    def is_wanted(self, screen: Screen) -> bool:
        return not self.wanted or any(screen.name.startswith(one) for one in self.wanted)

    def take(self, screen: Screen) -> None:
        if not self.is_wanted(screen):
            return
        widths = sorted({view.width for view in screen.views})
        for width in widths:
            page = self.page(screen.person, width)
            try:
                self.go(page, screen)
                found = serious_findings(page, is_editor="/cms/" in screen.path)
                self.failed += [f"{screen.name} at {width}: {one}" for one in found]
                for view in screen.views:
                    if view.width == width:
                        self.picture(page, screen, view)
            except Error as error:
                self.failed.append(f"{screen.name} at {width}: {str(error).splitlines()[0]}")
        sys.stdout.write(f"  {screen.name}\n")
        sys.stdout.flush()

    def go(self, page: Page, screen: Screen) -> None:
        page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
        answer = page.goto(screen.path.format_map(self.names)) if screen.path else None
        if screen.follow:
            link = page.locator(f'main a[href*="{screen.follow}"]').first
            answer = page.goto(str(link.get_attribute("href", timeout=4000)))
        for act in screen.press:
            selector, fills, value = act.partition(" := ")
            if fills:
                page.locator(selector).first.fill(value)
            else:
                # Each leads to another page; axe must not look at the one that is leaving.
                with page.expect_navigation():
                    page.locator(selector).last.click()
        if answer is not None and answer.status >= 400 and "not-found" not in screen.name:
            self.failed.append(f"{screen.name}: {answer.status}")

    def picture(self, page: Page, screen: Screen, view: View) -> None:
        page.emulate_media(
            media="print" if view.media == "print" else "screen",
            color_scheme="dark" if view.scheme == "dark" else "light",
            forced_colors="active" if view.forced else "none",
        )
        # The list beside an alert, and the live line, come after the page.
        with contextlib.suppress(Error):
            page.wait_for_load_state("networkidle", timeout=1500)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > view.width and view.media != "print":
            self.failed.append(f"{screen.name} {view.name}: {wide} wide")
        self.failed += [f"{screen.name} {view.name}: words touch: {one}" for one in touching_words(page)]
        height = min(LONGEST, max(500, page.evaluate("document.documentElement.scrollHeight")))
        # As tall as the page, so that the bar at the foot stands at the foot.
        usual = page.viewport_size
        page.set_viewport_size({"width": view.width, "height": height})
        page.screenshot(path=FOLDER / f"{screen.name}--{view.name}.png")
        page.set_viewport_size(usual or {"width": view.width, "height": 900})

    # --- People ---

    def page(self, person: str, width: int) -> Page:
        if (person, width) not in self.pages:
            if person and person not in self.sessions:
                self.sessions[person] = self.sign_in(person)
            is_phone = width < PHONES_UP_TO
            context = self.browser.new_context(
                base_url=self.place.base_url,
                storage_state=self.sessions.get(person),
                viewport={"width": width, "height": 740 if width < 380 else 800 if is_phone else 900},
                is_mobile=is_phone,
                has_touch=is_phone,
                reduced_motion="reduce",
                locale="en-US",
                # Pages as the server makes them: nothing that an earlier one has left on the phone.
                service_workers="block",
            )
            self.pages[person, width] = context.new_page()
            self.pages[person, width].set_default_timeout(20_000)
        return self.pages[person, width]

    def sign_in(self, person: str) -> Any:
        page = self.browser.new_context(base_url=self.place.base_url, service_workers="block").new_page()
        if person.startswith("+"):
            page.goto("/sign-in/")
            page.locator("input[name=phone]").fill(person)
            page.locator("form:has(input[name=phone]) button").click()
            page.locator("input[name=code]").fill(self.code_of(person))
            page.locator("form:has(input[name=code]) button").click()
        else:
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(person)
            page.locator("input[name=password]").fill("kin-watch-demo")
            page.locator("form:has(input[name=password]) button").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url and "/login/" not in url)
        session = page.context.storage_state()
        page.context.close()
        return session

    def code_of(self, phone: str) -> str:
        page = self.browser.new_context(base_url=self.place.base_url).new_page()
        for _ in range(100):
            page.goto("/sent-messages/")
            for message in page.locator("main li", has_text=phone).all()[:3]:
                found = re.search(r"\b(\d{6})\b", message.inner_text())
                if found:
                    page.context.close()
                    return found.group(1)
            time.sleep(0.2)
        raise AssertionError(f"no code for {phone}")

    def change(self, *arguments: str) -> str:
        """The state of the clinics, in the system's own environment."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.gallery.worlds", *arguments],
            cwd=ROOT,
            env=self.place.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ChangeFailed(done.stderr.strip().splitlines()[-1])
        return done.stdout


def main() -> int:
    wanted = sys.argv[1:]
    if not wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write("Seeding a system …\n")
        template = Template(Path(folder) / "template", redis_number=10, is_brief=False)
        try:
            with template.place() as place:
                place.start_all()
                failed = _photograph(place, wanted)
        finally:
            template.remove()
    write_index(FOLDER, (*STAFF_SCREENS, *FAMILY_SCREENS), failed)
    sys.stdout.write("".join(f"  not right: {one}\n" for one in failed))
    sys.stdout.write(f"{FOLDER.relative_to(ROOT) / 'index.html'}\n")
    return bool(failed)


def _photograph(place: Place, wanted: list[str]) -> list[str]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        gallery = Gallery(place, browser, wanted)
        gallery.make()
        browser.close()
    return gallery.failed


if __name__ == "__main__":
    sys.exit(main())
