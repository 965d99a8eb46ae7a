"""How serious "I am worried" is: what the protocol says of its own question about it, and never nothing."""

from __future__ import annotations

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import NO_HISTORY, PatientContext, assess

# The protocol's own question about it.
ITEM = "worry"
# A tap is never less than a call today.
AT_LEAST = Level.SAME_DAY


def worry_level(protocol: Protocol, patient: PatientContext, *, is_strong: bool) -> Level:
    """The level of the answer that means the same."""
    try:
        # The first answer says "no"; the others are worry, the last one the strongest.
        _no, *worried = sorted(int(option.value) for option in protocol.question(ITEM).options)
    except KeyError:
        return level_without_question(is_strong=is_strong)
    answer = worried[-1 if is_strong else 0]
    found = assess(protocol, {ITEM: answer}, patient, NO_HISTORY).reasons
    return max([AT_LEAST, *(reason.level for reason in found if reason.item == ITEM)])


def level_without_question(*, is_strong: bool) -> Level:
    """Where no protocol asks about it."""
    return Level.URGENT if is_strong else AT_LEAST
