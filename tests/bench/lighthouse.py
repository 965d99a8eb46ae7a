"""`python tests/bench/lighthouse.py`: Lighthouse's mobile preset on families' pages and a nurse's worklist.

Wants Node's `npx`, and `npm install lighthouse@13.5.0` in the folder that LIGHTHOUSE names
(/tmp/lighthouse without it); nothing is installed into the project. Figures depend on how busy the machine
is. Names of pages as arguments: only those.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Playwright, sync_playwright  # noqa: E402

from tests.bench.phone import sign_in  # noqa: E402
from tests.browsers import find_chromium  # noqa: E402
from tests.processes import Place, Template, free_port  # noqa: E402

FOLDER = os.environ.get("LIGHTHOUSE", "/tmp/lighthouse")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CATEGORIES = ("performance", "accessibility", "best-practices")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = Template(Path(folder) / "template", redis_number=10)
        try:
            with template.place() as place:
                place.start_demo()
                measure(place, Path(folder))
        finally:
            template.remove()


def measure(place: Place, folder: Path) -> None:
    june, george = place.api(place.caregiver("June Whitaker")), place.patient("George Whitaker")["id"]
    report_id, body = june.report(george, {"red_flags": ["seizure"]})
    june.put(report_id, body).raise_for_status()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        family, nurse = sign_in(browser, place), _sign_in_nurse(browser, place)
        browser.close()
        pages: tuple[tuple[str, str, list[Any]], ...] = (
            ("home", "/", family),
            ("check-in", f"/check-in/{george}/", family),
            ("result", f"/reports/{report_id}/", family),
            ("sign-in", "/sign-in/", []),
            ("staff sign-in", "/accounts/login/", []),
            ("worklist", "/console/", nurse),
        )
        for name, path, cookies in pages:
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            runs = [run(playwright, place.base_url + path, cookies, folder) for _ in range(ROUNDS)]
            figures = [f"{key} {statistics.median(one[key] for one in runs):.0f}" for key in CATEGORIES]
            print(f"{name:<14} " + ", ".join(figures), flush=True)


def _where(audit: dict[str, Any]) -> list[str]:
    """The first elements or messages that are meant."""
    items = audit.get("details", {}).get("items", [])
    found = [one for one in items if isinstance(one, dict)][:3] if isinstance(items, list) else []
    return [str(one.get("node", {}).get("snippet") or one.get("description") or "")[:160] for one in found]


def _sign_in_nurse(browser: Browser, place: Place) -> list[Any]:
    page = browser.new_page(base_url=place.base_url)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("nurse@harbor.example")
    page.locator("input[name=password]").fill("kin-watch-demo")
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_url("**/console/")
    return list(page.context.cookies())


def run(playwright: Playwright, url: str, cookies: list[Any], folder: Path) -> dict[str, float]:
    """One run, in a browser of its own that holds the cookies; what did not get full marks is named.

    As headers Lighthouse would give them to pages alone, and the server refuses a live line without them.
    """
    port, output = free_port(), folder / "result.json"
    context = playwright.chromium.launch_persistent_context(
        tempfile.mkdtemp(dir=folder),
        executable_path=find_chromium(),
        args=[*FLAGS, f"--remote-debugging-port={port}"],
    )
    context.add_cookies(cookies)
    command = [
        "npx",
        "--no-install",
        "lighthouse",
        url,
        "--quiet",
        "--output=json",
        f"--output-path={output}",
        f"--port={port}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    subprocess.run(command, cwd=FOLDER, check=True)
    context.close()
    found = json.loads(output.read_text())
    if found["finalDisplayedUrl"] != url:
        sys.exit(f"not {url} was measured, but {found['finalDisplayedUrl']}")
    for key, audit in found["audits"].items():
        if audit["score"] is not None and audit["score"] < 0.9:
            print("   below 0.9:", key, audit.get("displayValue", ""), *_where(audit), flush=True)
    return {key: found["categories"][key]["score"] * 100 for key in CATEGORIES}


if __name__ == "__main__":
    main()
