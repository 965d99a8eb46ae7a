"""What a member of staff texts back to a page: "1" takes it, "1 4821" takes that one."""

import re
from dataclasses import dataclass

CODE_DIGITS = 4
TAKE_DIGIT, PASS_ON_DIGIT = "1", "2"

_TAKE = re.compile(rf"\s*1\W*(?:(\d{{{CODE_DIGITS}}})\W*)?")


@dataclass(frozen=True)
class TakeReply:
    """The person takes a page: that with this code, or the newest where there is none."""

    code: str = ""


def parse(body: str) -> TakeReply | None:
    """What a text says; None where it is no answer to a page."""
    found = _TAKE.fullmatch(body)
    return TakeReply(found.group(1) or "") if found else None
