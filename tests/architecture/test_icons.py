"""A picture that is not there is a gap in a button, which nobody notices but who looks at it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SPRITE = ROOT / "config" / "static" / "ui" / "icons.svg"
NAMED = re.compile(r'"_icon\.html" with name="([\w-]+)"')


def test_every_icon_that_a_page_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
    pages = [
        page
        for app in ("caregiver", "clinic", "config", "notifications")
        for page in (ROOT / app).rglob("*.html")
    ]

    missing = {
        (page.name, name) for page in pages for name in NAMED.findall(page.read_text()) if name not in drawn
    }

    assert missing == set()
    assert len(pages) > 100
