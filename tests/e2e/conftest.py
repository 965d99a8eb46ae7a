"""Real Chromium against the real processes, freshly seeded: a system for each file, or one for several."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.accessibility import serious_findings
from tests.browsers import find_chromium
from tests.processes import ROOT, Place, Template, redis_number

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
PICTURES = os.environ.get("KINWATCH_SCREENSHOTS") == "1"

# Files whose tests leave nothing behind that another of them looks at: in each test process they share a
# system. June's phone gets three codes in a quarter of an hour, so few of them can sign her in.
SHARING = {
    *("test_caregiver_languages", "test_going_home", "test_guidance", "test_new_phone", "test_rota"),
    "test_staff_accounts",
}

# Milliseconds, far above what anything takes on a busy machine: a deadline for what never comes.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    made = Template(tmp_path_factory.mktemp("template"), redis_number=redis_number(10))
    yield made
    made.remove()


@pytest.fixture(scope="session")
def _shared_server(template: Template) -> Iterator[Place]:
    with template.place() as place:
        place.start_all()
        yield place


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, template: Template) -> Iterator[Place]:
    """A whole system, seeded: `server.base_url`, `server.seed`, `server.api(person)`."""
    if request.path.stem in SHARING:
        yield request.getfixturevalue("_shared_server")
        return
    with template.place() as place:
        place.start_all()
        yield place


@pytest.fixture
def open_context(
    request: pytest.FixtureRequest, launch: Callable[[str | None], Browser], server: Place
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts that end with the test and fail it on a script error or a CSP refusal."""
    browser = launch(find_chromium(whole=request.node.get_closest_marker("whole_browser") is not None))
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def make(**options: object) -> BrowserContext:
        usual = {"base_url": server.base_url, "reduced_motion": "reduce"}
        context = browser.new_context(**(usual | options))
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: trouble.append(f"script error: {error.error}"))
        context.on(
            "console",
            lambda message: (
                trouble.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not trouble, trouble


@pytest.fixture
def phone_page(open_context: Callable[..., BrowserContext]) -> Page:
    """A small phone: 360 by 740, touch. Its pixels are drawn finely only for pictures: it takes long."""
    context = open_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="en-US",
        device_scale_factor=2 if PICTURES else 1,
    )
    return context.new_page()


@pytest.fixture
def desk_page(open_context: Callable[..., BrowserContext]) -> Page:
    """A desk screen: 1440 by 900."""
    return open_context(viewport=DESK, locale="en-US").new_page()


@pytest.fixture
def read_text_to(open_context: Callable[..., BrowserContext]) -> Callable[[str, str], str]:
    """`read_text_to(phone, pattern)`: the newest text to a phone that matches, from the demo's own page."""

    def read(phone: str, pattern: str) -> str:
        page = open_context().new_page()
        for _ in range(300):
            page.goto("/sent-messages/")
            # Newest first.
            for message in page.locator("main li", has_text=phone).all():
                found = re.search(pattern, message.inner_text())
                if found:
                    page.close()
                    return found.group(1)
            page.wait_for_timeout(100)
        raise AssertionError(f"no text to {phone} matches {pattern}")

    return read


@pytest.fixture(scope="session")
def known_phones() -> dict[str, tuple[str, str]]:
    """By number, the cookie of the browser on which it was signed in first."""
    return {}


@pytest.fixture
def sign_in_caregiver(
    read_text_to: Callable[[str, str], str], known_phones: dict[str, tuple[str, str]]
) -> Callable[..., None]:
    """Sign in by the texted code, the way families do: always on the browser that is known for this number.

    Another one would wait to be confirmed; test_new_phone.py is about that.
    """

    def sign_in(page: Page, phone: str, base_url: str = "", *, is_new_phone: bool = False) -> None:
        page.goto(f"{base_url}/sign-in/")
        if phone in known_phones and not is_new_phone:
            name, value = known_phones[phone]
            page.context.add_cookies([{"name": name, "value": value, "url": page.url}])
        page.locator("input[name=phone]").fill(phone)
        page.locator("form:has(input[name=phone]) button").click()
        page.locator("input[name=code]").fill(read_text_to(phone, r"\b(\d{6})\b"))
        page.locator("form:has(input[name=code]) button").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        if phone not in known_phones:
            [kept] = [one for one in page.context.cookies() if one["name"].endswith("device")]
            known_phones[phone] = (kept["name"], kept["value"])

    return sign_in


@pytest.fixture
def sign_in_staff(server: Place) -> Callable[[Page, str], None]:
    """Sign in with e-mail and password; the demo asks for no second factor."""

    def sign_in(page: Page, email: str) -> None:
        person = server.staff(email)
        page.goto("/accounts/login/?next=/console/")
        page.locator("input[name=login]").fill(person["email"])
        page.locator("input[name=password]").fill(person["password"])
        page.locator("form:has(input[name=password]) button").click()
        page.wait_for_url("**/console/**")

    return sign_in


@pytest.fixture
def check_accessible() -> Callable[[Page], None]:
    """No axe finding of serious or critical impact on the page as it stands."""

    def check(page: Page) -> None:
        told = serious_findings(page)
        assert not told, f"{page.url}: {told}"

    return check


@pytest.fixture
def keep_picture() -> Callable[[Page, str], None]:
    """A picture in var/screenshots when KINWATCH_SCREENSHOTS=1, for people to look at."""

    def keep(page: Page, name: str) -> None:
        if PICTURES:
            folder = Path(ROOT / "var" / "screenshots")
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)

    return keep
