"""Where Chromium is on this machine, and how tests start it."""

import os
import shutil
from pathlib import Path

# The same engine without a window's frame, a quarter lighter. It shows no notifications.
SHELL = "chromium-headless-shell"
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


def find_chromium(*, whole: bool = False) -> str | None:
    """The path of a Chromium or Chrome, `whole` or the lighter shell where it is there.

    KINWATCH_CHROMIUM chooses one.
    """
    chosen = os.environ.get("KINWATCH_CHROMIUM")
    if chosen:
        return chosen
    names = NAMES if whole else (SHELL, *NAMES)
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found or next((path for path in PLACES if Path(path).exists()), None)
