"""How a number stands towards one sender."""

from enum import StrEnum


class Standing(StrEnum):
    """`paused`: a sentence of theirs seems to ask for no more texts, and a person has to ask back."""

    ON = "on"
    NOT_AGREED = "not_agreed"
    PAUSED = "paused"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
