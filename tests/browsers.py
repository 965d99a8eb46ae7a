"""Where Chromium is on this machine, and how tests start it."""

import os
import shutil
from pathlib import Path

# Not chromium-headless-shell, which is a quarter lighter: it shows no notifications.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome; KINWATCH_CHROMIUM chooses one."""
    chosen = os.environ.get("KINWATCH_CHROMIUM")
    if chosen:
        return chosen
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in PLACES if Path(path).exists()), None)
