"""The phone's word: the level that the phone worked out by itself and, with no signal, told the family.

The phone may have asked an older checklist, or not have known the last report. Both levels are kept, and the
higher one counts: what a family was told is never taken back.
"""

from clinic.rules.core.enums import Level


def parse(sent: str) -> Level | None:
    """The level that a phone sent; None for one that we do not know, which says nothing."""
    return Level(sent) if sent in list(Level) else None


def counted(scored: str, on_phone: str) -> Level:
    """The level that counts: the higher of what the rules made of a report and what the phone said.

    `on_phone` is empty where the phone said nothing.
    """
    return max(Level(scored), Level(on_phone or Level.NONE))


def is_higher(on_phone: str, than: str) -> bool:
    """Whether the phone said more than that; a phone that said nothing did not."""
    return bool(on_phone) and Level(on_phone) > Level(than)
