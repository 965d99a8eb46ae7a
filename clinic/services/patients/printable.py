"""Which texts our fonts can print. What they cannot is marked, never left out or drawn as an empty box."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from fontTools.ttLib import TTFont

FONTS = Path(apps.get_app_config("clinic").path) / "typesetting" / "fonts"
# Stands in the place of letters that no font of ours has.
MARK = "[?]"
_RTL = frozenset({"R", "AL"})
# What has no gap for so long may be broken anywhere, or it would run off the page.
_LONG = re.compile(r"\S{40}")
# Control characters, and those that order the letters around them: no text may turn the page around it.
_NOT_DRAWN = frozenset({"Cc", "Cf", "Cs"})


class Printer:
    """Makes texts printable, and remembers whether anything had to be marked."""

    def __init__(self) -> None:
        self.has_marked = False

    def text(self, words: object) -> str:
        """The words with a mark in place of each run of letters that cannot be printed."""
        parts: list[str] = []
        for letter in unicodedata.normalize("NFC", str(words)):
            if letter.isspace():
                parts.append(" ")
            elif unicodedata.category(letter) in _NOT_DRAWN:
                continue
            elif ord(letter) in _letters():
                parts.append(letter)
            elif unicodedata.category(letter) != "Mn" and (not parts or parts[-1] != MARK):
                parts.append(MARK)
                self.has_marked = True
        return _LONG.sub(lambda run: f"{run.group()}\u200b", "".join(parts))

    def apart(self, words: object) -> str:
        """Inside a line of ours: its direction disturbs nothing around it."""
        text = self.text(words)
        return f"\u2068{text}\u2069" if any(_is_rtl(letter) for letter in text) else text

    def alone(self, words: object) -> str | dict[str, str]:
        """As a paragraph of its own: from the right where it begins so."""
        text = self.text(words)
        first = next((one for one in text if unicodedata.bidirectional(one) in ("L", *_RTL)), "")
        return {"text": text, "language": "ar"} if first and _is_rtl(first) else text


def _is_rtl(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in _RTL


@lru_cache
def _letters() -> frozenset[int]:
    """What at least one of the fonts has."""
    found: set[int] = set()
    for path in FONTS.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            found |= font.getBestCmap().keys()
    return frozenset(found)
