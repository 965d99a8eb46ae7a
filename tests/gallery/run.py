"""Makes the pictures: a system of its own, freshly seeded, one browser, one page for each person and width.

ARGS names screens to make only those (`make gallery ARGS="worklist home"`); the others' pictures stay.
"""

import contextlib
import fnmatch
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.accessibility import serious_findings
from tests.browsers import ARGUMENTS, find_chromium
from tests.drawings import touching_words
from tests.gallery.index import write_index
from tests.gallery.screens import FAMILY_SCREENS, LANGUAGES, STAFF_SCREENS, Screen, View
from tests.processes import ROOT, Place, Template

FOLDER = ROOT / "var" / "gallery"
# What is longer is cut: a picture of more is refused by the browser's own limits on some machines.
LONGEST = 6000
PHONES_UP_TO = 500
# So many are open in the demo's own story, made up to a number.
DEMO = 3
DESKS_OPEN = "UPDATE clinic_desksession SET locked_at = NULL, active_at = CURRENT_TIMESTAMP"


class ChangeFailed(Exception):
    """The clinics could not be brought into a state; its last line says why."""


class Gallery:
    """One run: who is signed in, and on which pages."""

    def __init__(self, place: Place, browser: Browser, wanted: list[str]) -> None:
        self.place, self.browser, self.wanted = place, browser, wanted
        self.names: dict[str, str] = {}
        self.sessions: dict[str, Any] = {}
        self.pages: dict[tuple[str, bool], Page] = {}
        self.failed: list[str] = []

    def make(self) -> None:
        self.names = {one["name"].split()[0]: one["id"] for one in self.place.seed["patients"]}
        self.names |= json.loads(self.change("others"))
        # Families and the usual screens see the demo as it was made; then it is emptied and filled.
        for number in (DEMO, *sorted({one.open for one in STAFF_SCREENS} - {DEMO})):
            there_are = (*(FAMILY_SCREENS if number == DEMO else ()), *STAFF_SCREENS)
            screens = self.wanted_of(tuple(one for one in there_are if one.open == number))
            if not screens:
                continue
            try:
                self.change("open", str(number))
            except ChangeFailed as failed:
                # The other pictures, and what was found on them, are worth having.
                self.failed.append(f"{number} open: {failed}")
                continue
            self.take_all(screens)

    def take_all(self, screens: list[Screen]) -> None:
        for language in LANGUAGES:
            wanted = [one for one in screens if any(view.language == language for view in one.views)]
            if wanted:
                self.change("language", language)
                # That nobody has, so that no text leaves; another for each, because few are asked for one.
                self.names["stranger"] = f"+1202555012{LANGUAGES.index(language)}"
            for screen in wanted:
                self.take(screen, language)

    def is_wanted(self, screen: Screen) -> bool:
        return not self.wanted or any(screen.name.startswith(one) for one in self.wanted)

    def wanted_of(self, screens: tuple[Screen, ...]) -> list[Screen]:
        """With those that lead to one that is wanted."""
        found: list[Screen] = []
        leads = False
        for screen in reversed(screens):
            if self.is_wanted(screen) or leads:
                found.append(screen)
                leads = not screen.path
        return found[::-1]

    def take(self, screen: Screen, language: str) -> None:
        views = [view for view in screen.views if view.language == language]
        for is_phone in (True, False):
            group = [view for view in views if (view.width < PHONES_UP_TO) is is_phone]
            if not group:
                continue
            page = self.page(screen.person, language, is_phone=is_phone)
            try:
                self.go(page, screen)
                for view in group:
                    self.picture(page, screen, view)
                self.look_through(page, screen, group)
            except Error as error:
                self.failed.append(f"{screen.name} {group[0].name}: {str(error).splitlines()[0]}")
        sys.stdout.write(f"  {screen.name} {language}\n")
        sys.stdout.flush()

    def look_through(self, page: Page, screen: Screen, group: list[View]) -> None:
        """By axe, at each width; last, because it takes what stays at the foot out of its place."""
        page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
        for width in sorted({view.width for view in group if view.media != "print"}):
            page.set_viewport_size({"width": width, "height": 900})
            found = serious_findings(page, is_editor="/cms/" in screen.path)
            self.failed += [f"{screen.name} {group[0].language} at {width}: {one}" for one in found]

    def go(self, page: Page, screen: Screen) -> None:
        page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
        address = screen.path.format_map(self.names)
        answer = page.goto(address) if screen.path else None
        if screen.follow:
            link = page.locator(f'main a[href*="{screen.follow}"]').first
            address = str(link.get_attribute("href", timeout=4000))
            answer = page.goto(address)
        address = urlsplit(urljoin(screen.path, address)).path
        if screen.unfolded:
            self.unfold(page)
        for act in screen.press:
            selector, fills, value = act.partition(" := ")
            if fills:
                page.locator(selector).first.fill(value.format_map(self.names))
            else:
                # Each leads to another page; axe must not look at the one that is leaving.
                with page.expect_navigation():
                    page.locator(selector).last.click()
        if screen.unfolded:
            self.unfold(page)
        if answer is not None and answer.status >= 400 and "not-found" not in screen.name:
            self.failed.append(f"{screen.name}: {answer.status}")
        arrived, meant = urlsplit(page.url).path, screen.arrives.format_map(self.names) or address
        if not fnmatch.fnmatchcase(arrived, meant):
            self.failed.append(f"{screen.name}: at {arrived}, not at {meant}")

    def unfold(self, page: Page) -> None:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def picture(self, page: Page, screen: Screen, view: View) -> None:
        page.emulate_media(
            media="print" if view.media == "print" else "screen",
            color_scheme="dark" if view.scheme == "dark" else "light",
            forced_colors="active" if view.forced else "none",
        )
        page.set_viewport_size({"width": view.width, "height": 800 if view.width < PHONES_UP_TO else 900})
        # The list beside an alert, and the live line, come after the page.
        with contextlib.suppress(Error):
            page.wait_for_load_state("networkidle", timeout=1500)
        if screen.unfolded:
            # Once more: a panel that was fetched anew is folded again.
            self.unfold(page)
        said = page.evaluate("document.documentElement.lang")
        if said != view.language:
            self.failed.append(f"{screen.name} {view.name}: in {said or 'no language'}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > view.width and view.media != "print":
            self.failed.append(f"{screen.name} {view.name}: {wide} wide")
        self.failed += [f"{screen.name} {view.name}: words touch: {one}" for one in touching_words(page)]
        height = min(LONGEST, max(500, page.evaluate("document.documentElement.scrollHeight")))
        # As tall as the page, so that the bar at the foot stands at the foot.
        page.set_viewport_size({"width": view.width, "height": height})
        page.screenshot(path=FOLDER / f"{screen.name}--{view.name}.png")

    # --- People ---

    def page(self, person: str, language: str, *, is_phone: bool) -> Page:
        """Each goes on where it is: one for what is held in the hand, one for the rest."""
        if not person:
            return self.visitor(language, is_phone=is_phone)
        if "@" in person:
            self.keep_desk_open(person, is_phone=is_phone)
        if (person, is_phone) not in self.pages:
            if person not in self.sessions:
                self.sessions[person] = self.sign_in(person)
            self.pages[person, is_phone] = self.new_page(self.sessions[person], "en-US", is_phone=is_phone)
        return self.pages[person, is_phone]

    def keep_desk_open(self, person: str, *, is_phone: bool) -> None:
        """It would lock while others' pictures are made; the person's other page would lock it too."""
        other = self.pages.get((person, not is_phone))
        if other is not None:
            other.goto("about:blank")
        self.place.change(DESKS_OPEN)

    def visitor(self, language: str, *, is_phone: bool) -> Page:
        """Whoever has not signed in reads what their browser asks for."""
        if (language, is_phone) not in self.pages:
            self.pages[language, is_phone] = self.new_page(None, language, is_phone=is_phone)
        return self.pages[language, is_phone]

    def new_page(self, session: Any, locale: str, *, is_phone: bool) -> Page:
        context = self.browser.new_context(
            base_url=self.place.base_url,
            storage_state=session,
            viewport={"width": 390, "height": 800} if is_phone else {"width": 1440, "height": 900},
            is_mobile=is_phone,
            has_touch=is_phone,
            reduced_motion="reduce",
            locale=locale,
            # Pages as the server makes them: nothing that an earlier one has left on the phone.
            service_workers="block",
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

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
