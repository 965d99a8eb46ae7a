"""Makes the pictures: a system of its own, freshly seeded, one browser, one page for each person and width.

ARGS names screens to make only those (`make gallery ARGS="worklist home"`); the others' pictures stay.
"""

import contextlib
import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from playwright.sync_api import Browser, Error, Page, Response, sync_playwright

from tests.accessibility import serious_findings
from tests.browsers import ARGUMENTS, find_chromium
from tests.drawings import touching_words
from tests.gallery import pictures
from tests.gallery.family_screens import FAMILY_SCREENS
from tests.gallery.index import write_index
from tests.gallery.pages import Pages
from tests.gallery.phones import VIEW_LANGUAGES
from tests.gallery.screens import Screen, View
from tests.gallery.staff_screens import STAFF_SCREENS
from tests.processes import ROOT, Api, Place, Template

FOLDER = ROOT / "var" / "gallery"
# So many are open in the demo's own story, made up to a number.
DEMO = 3
# A family may send so many reports in an hour here, so that one can send too many.
REPORTS_PER_HOUR = 20
# What is allowed of wrong codes at the emergency room's page (rate_limits.ALLOWED_PER_WINDOW).
GUESSES = 100
# What ends where the page does, and what is shown although its page hides it.
WIDEST = """[...document.querySelectorAll('main *')].filter((one) => Math.abs(
  one.getBoundingClientRect().right - document.documentElement.scrollWidth) < 1)
  .at(-1)?.outerHTML.slice(0, 200)"""
NOT_HIDDEN = """[...document.querySelectorAll('[hidden]')].filter((one) => one.getClientRects().length)
  .map((one) => one.outerHTML.slice(0, 200))"""
LATE = "[hx-trigger*=load], [hx-trigger*=refetch], #screen"


class ChangeFailed(Exception):
    """The clinics could not be brought into a state; its last line says why."""


class Gallery:
    """One run: what is to be made, and what was not right."""

    def __init__(self, place: Place, browser: Browser, wanted: list[str]) -> None:
        self.place, self.browser, self.wanted = place, browser, wanted
        self.names: dict[str, str] = {}
        self.failed: list[str] = []
        self.count = 0

    def make(self) -> None:
        made = json.loads(self.change("others"))
        self.names = {one["name"].split()[0]: one["id"] for one in self.place.seed["patients"]}
        self.names |= made["names"]
        self.pages = Pages(self.place, self.browser, made["cookies"])
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
        if any(one.status == requests.codes.too_many_requests for one in screens):
            self.do_too_much()
        for number, language in enumerate(VIEW_LANGUAGES):
            self.place.change(f"UPDATE clinic_user SET language = '{language}'")
            # Numbers that nobody has, so that no text leaves. Few codes go to one, and a link works once.
            self.names |= {f"stranger-{n}": f"+120255501{n}{number}" for n in range(1, 4)}
            self.names |= {"new-number": f"+1202555014{number}", "join-now": self.names[f"join-{language}"]}
            for screen in screens:
                if any(view.language == language for view in screen.views):
                    self.take(screen, language)

    def do_too_much(self) -> None:
        """More wrong codes than are allowed from one address, and more reports of one person."""
        for _ in range(GUESSES + 1):
            requests.get(f"{self.place.base_url}/er/no-such-code/", timeout=30)
        api = Api(self.place.base_url, self.names["too-many-token"])
        for _ in range(REPORTS_PER_HOUR):
            api.put(*api.report(self.names["too-many"], {"red_flags": []}))

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
        began, before = time.monotonic(), self.count
        views = [view for view in screen.views if view.language == language]
        # Paper goes with the first of them: one page less to open.
        is_held = views[0].is_phone
        for is_phone in (True, False):
            group = [
                view for view in views if (is_held if view.media == "print" else view.is_phone) is is_phone
            ]
            if group:
                self.take_group(screen, language, group, is_phone=is_phone)
        spent = time.monotonic() - began
        sys.stdout.write(f"  {screen.name} {language}: {self.count - before} in {spent:.1f} s\n")
        sys.stdout.flush()

    def take_group(self, screen: Screen, language: str, group: list[View], *, is_phone: bool) -> None:
        """In one window, opened once."""
        try:
            page = self.pages.of(screen, language, is_phone=is_phone)
            pictures.set_form(page, View(group[0].width))
            pictures.set_width(page, group[0])
            self.go(page, screen)
            for view in group:
                self.picture(page, screen, view)
            if not screen.is_library:
                self.look_through(page, screen, group)
        except (Error, AssertionError) as error:
            self.failed.append(f"{screen.name} {group[0].name}: {(str(error).splitlines() or [''])[0]}")

    def look_through(self, page: Page, screen: Screen, group: list[View]) -> None:
        """By axe, in English; last, because it takes what stays at the foot out of its place."""
        for view in group:
            if view.language == "en" and view.media != "print" and not view.forced:
                pictures.set_form(page, view)
                found = serious_findings(page, is_editor="/cms/" in screen.path)
                self.failed += [f"{screen.name} {view.name}: {one}" for one in found]

    def go(self, page: Page, screen: Screen) -> None:
        address = screen.path.format_map(self.names)
        if screen.loses:
            # What a script fetches meanwhile would bring another one.
            page.route("**/sync/**", lambda route: route.abort())
        answer = page.goto(address) if screen.path else None
        if screen.follow:
            link = page.locator(f'main a[href*="{screen.follow}"]').first
            address = str(link.get_attribute("href", timeout=4000))
            answer = page.goto(address)
        address = urlsplit(urljoin(screen.path, address)).path
        if screen.unfolded:
            unfold(page)
        for number, act in enumerate(screen.press, start=1):
            if screen.loses and number == len(screen.press):
                page.context.clear_cookies(**({} if screen.loses == "*" else {"name": screen.loses}))
            answer = self.act(page, screen, act) or answer
        settle(page, screen)
        if screen.unfolded:
            # Once more: a panel that was fetched anew is folded again.
            unfold(page)
        if answer is not None and answer.status != screen.status:
            self.failed.append(f"{screen.name}: {answer.status}")
        arrived, meant = urlsplit(page.url).path, screen.arrives.format_map(self.names) or address
        if not fnmatch.fnmatchcase(arrived, meant):
            self.failed.append(f"{screen.name}: at {arrived}, not at {meant}")

    def act(self, page: Page, screen: Screen, act: str) -> Response | None:
        """Fill in or tick a field; or press what leads on, and what the server answers to that."""
        selector, fills, value = act.partition(" := ")
        if fills:
            field = page.locator(selector).first
            if field.get_attribute("type") in {"checkbox", "radio"}:
                # It lies under its label.
                field.check(force=True)
            else:
                field.fill(value.format_map(self.names))
            return None
        if screen.offline_days is not None:
            page.locator(selector).last.click()
            page.wait_for_timeout(300)
            return None
        # Each leads to another page; axe must not look at the one that is leaving.
        with page.expect_navigation() as led:
            page.locator(selector).last.click()
        return led.value

    def picture(self, page: Page, screen: Screen, view: View) -> None:
        pictures.set_form(page, view)
        said = page.evaluate("document.documentElement.lang")
        if said != view.language:
            self.failed.append(f"{screen.name} {view.name}: in {said or 'no language'}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > view.width and view.media != "print":
            self.failed.append(f"{screen.name} {view.name}: {wide} wide: {page.evaluate(WIDEST)}")
        self.failed += [f"{screen.name} {view.name}: not hidden: {one}" for one in page.evaluate(NOT_HIDDEN)]
        self.failed += [f"{screen.name} {view.name}: words touch: {one}" for one in touching_words(page)]
        pictures.take(page, FOLDER / f"{screen.name}--{view.name}.png")
        self.count += 1

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


def settle(page: Page, screen: Screen) -> None:
    """Lists that are fetched, the live line, and screens that a script makes come after the page."""
    if "/cms/" in screen.path or page.locator(LATE).count():
        with contextlib.suppress(Error):
            page.wait_for_load_state("networkidle", timeout=1500)


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")


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
                place.environment["REPORTS_PER_HOUR"] = str(REPORTS_PER_HOUR)
                place.start_all()
                failed = _photograph(place, wanted)
        finally:
            template.remove()
    write_index(FOLDER, {"Staff": STAFF_SCREENS, "Families": FAMILY_SCREENS}, failed)
    sys.stdout.write("".join(f"  not right: {one}\n" for one in failed))
    sys.stdout.write(f"{FOLDER.relative_to(ROOT) / 'index.html'}\n")
    return bool(failed)


def _photograph(place: Place, wanted: list[str]) -> list[str]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        gallery = Gallery(place, browser, wanted)
        began = time.monotonic()
        gallery.make()
        browser.close()
    sys.stdout.write(f"{gallery.count} pictures in {time.monotonic() - began:.0f} s\n")
    return gallery.failed


if __name__ == "__main__":
    sys.exit(main())
