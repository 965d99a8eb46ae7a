"""How numbers are written so that a voice reads them digit by digit, in the right order and with pauses."""

import re
from collections.abc import Iterable

_GROUP = re.compile(r"[0-9]+")


def spell_number(text: str, point: str) -> str:
    """A reading such as "38.5": each digit alone, and a word for the point."""
    whole, dot, tenths = text.partition(".")
    spelled = [*whole, *([point, *tenths] if dot else [])]
    return " ".join(spelled)


def spell_phone(phone: str) -> str:
    """A telephone number: each digit alone, a pause where it is written with a gap."""
    return ", ".join(" ".join(group) for group in _GROUP.findall(phone))


def with_phones_spelled(text: str, phones: Iterable[str]) -> str:
    """The text with each of these numbers spelled out; the longest first, and never a part of another one."""
    known = sorted({phone for phone in phones if phone}, key=len, reverse=True)
    if not known:
        return text
    found = re.compile("|".join(rf"(?<![0-9]){re.escape(phone)}(?![0-9])" for phone in known))
    return found.sub(lambda match: spell_phone(match[0]), text)
