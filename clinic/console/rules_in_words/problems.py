"""What keeps a draft from being published, in the reader's language."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Those that changing a number, a level or a condition can cause; another is said as the reader of documents
# says it.
_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"a hole between (?P<low>\S+) and (?P<high>\S+)",
        gettext_noop("no level is given between %(low)s and %(high)s"),
    ),
    (
        r"an overlap between (?P<low>\S+) and (?P<high>\S+)",
        gettext_noop("two lines give a level between %(high)s and %(low)s"),
    ),
    (r"this can never hold", gettext_noop("this condition can never be met")),
    (
        r"an earlier (?:case|override) always applies first",
        gettext_noop("it never counts: a line before it always fits first"),
    ),
    (r"a worse answer has a lower level", gettext_noop("a worse answer has a lower level than a better one")),
    (r"the condition is empty", gettext_noop("the condition is empty")),
    (r"the condition ends too early", gettext_noop("the condition ends too early")),
    (r"“(?P<word>[^”]*)” is not expected here", gettext_noop("“%(word)s” does not belong here")),
    (
        r"“(?P<word>[^”]*)” is not a question, a patient fact or a definition",
        gettext_noop("“%(word)s” is not a question, a patient fact or a definition"),
    ),
    (
        r"a comparison is expected, not “(?P<word>[^”]*)”",
        gettext_noop("a comparison such as >= 38 is missing before “%(word)s”"),
    ),
    (r"a number is expected, not “(?P<word>[^”]*)”", gettext_noop("a number is missing before “%(word)s”")),
    (r"the text in “(?P<word>[^”]*)” is missing", gettext_noop("the text in “%(word)s” is missing")),
)


def reason_in_words(why: str) -> str:
    """The reason of one problem, as the reader says it."""
    for pattern, words in _KNOWN:
        found = re.fullmatch(pattern, why)
        if found:
            return _(words) % found.groupdict()
    return why
