"""An e-mail from the words of a text."""

import re
from dataclasses import dataclass

# Longer ones are cut by the programs that show them.
_SUBJECT_AT_MOST = 78


@dataclass(frozen=True)
class Letter:
    """What the recipient sees."""

    subject: str
    body: str


def letter(body: str) -> Letter:
    """The first sentence is the subject, so that it can be read without opening; the body holds it all.

    An address is no part of a subject, and its dots end no sentence.
    """
    without_addresses = " ".join(
        word for word in body.split() if not word.startswith(("https://", "http://"))
    )
    first = re.split(r"(?<=[.!?。！？])\s*(?=\S)", without_addresses, maxsplit=1)[0]
    return Letter(first.rstrip(" .:。").strip()[:_SUBJECT_AT_MOST], f"{body}\n")
