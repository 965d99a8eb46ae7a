"""The browsers in which pages are opened: of people, of visitors, and of phones without a signal."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.offline import take_along
from tests.gallery.screens import NOBODY, Screen
from tests.processes import Place

DESKS_OPEN = "UPDATE clinic_desksession SET locked_at = NULL, active_at = CURRENT_TIMESTAMP"
DESKS_LOCKED = "UPDATE clinic_desksession SET locked_at = CURRENT_TIMESTAMP"


class Pages:
    """Each person goes on where they are: one page for what is held in the hand, one for the rest."""

    def __init__(self, place: Place, browser: Browser, cookies: Mapping[str, Mapping[str, str]]) -> None:
        self.place, self.browser = place, browser
        self.cookies: dict[str, Any] = {
            person: [{"name": name, "value": value, "url": place.base_url} for name, value in kept.items()]
            for person, kept in cookies.items()
        }
        self.kept: dict[tuple[str, bool], Page] = {}
        self.fresh: Page | None = None
        self.offline: tuple[str, Page] | None = None

    def of(self, screen: Screen, language: str, *, is_phone: bool) -> Page:
        if screen.offline_days is not None:
            return self._without_signal(screen, language)
        if screen.fresh:
            return self._fresh(screen, language, is_phone=is_phone)
        if "@" in screen.person:
            self._open_desk(screen, is_phone=is_phone)
        # Whoever has not signed in reads what their browser asks for.
        who = screen.person or language
        if (who, is_phone) not in self.kept:
            locale = "en-US" if screen.person else language
            self.kept[who, is_phone] = self._new(screen.person, locale, is_phone=is_phone)
        return self.kept[who, is_phone]

    def _open_desk(self, screen: Screen, *, is_phone: bool) -> None:
        """It would lock while others' pictures are made; the person's other page would lock it too."""
        other = self.kept.get((screen.person, not is_phone))
        if other is not None:
            other.goto("about:blank")
        self.place.change(DESKS_LOCKED if screen.locked else DESKS_OPEN)

    def _fresh(self, screen: Screen, language: str, *, is_phone: bool) -> Page:
        """The last one, where the screen goes on from it."""
        if self.fresh is not None and not screen.path:
            return self.fresh
        if self.fresh is not None:
            self.fresh.context.close()
        self.fresh = self._new(screen.person, language, is_phone=is_phone)
        return self.fresh

    def _without_signal(self, screen: Screen, language: str) -> Page:
        """A phone that has all with it in this language; it is offline from then on."""
        if self.offline is None or self.offline[0] != language:
            if self.offline is not None:
                self.offline[1].context.close()
            page = self._new(screen.person, language, is_phone=True, service_workers="allow")
            take_along(page)
            page.context.set_offline(True)
            self.offline = language, page
        page = self.offline[1]
        if screen.offline_days:
            page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=screen.offline_days))
        return page

    def _new(self, person: str, locale: str, *, is_phone: bool, service_workers: Any = "block") -> Page:
        """Pages as the server makes them: nothing that an earlier one has left on the phone."""
        context = self.browser.new_context(
            base_url=self.place.base_url,
            viewport={"width": 390, "height": 800} if is_phone else {"width": 1440, "height": 900},
            is_mobile=is_phone,
            has_touch=is_phone,
            reduced_motion="reduce",
            timezone_id="America/New_York",
            locale=locale,
            service_workers=service_workers,
        )
        if person != NOBODY:
            context.add_cookies(self._signed_in(person))
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    def _signed_in(self, person: str) -> Any:
        if person not in self.cookies:
            context = self.browser.new_context(base_url=self.place.base_url, service_workers="block")
            page = context.new_page()
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(person)
            page.locator("input[name=password]").fill("kin-watch-demo")
            page.locator("form:has(input[name=password]) button").click()
            page.wait_for_url(lambda url: "/login/" not in url)
            self.cookies[person] = context.cookies()
            context.close()
        return self.cookies[person]
