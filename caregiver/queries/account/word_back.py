"""How somebody hears when staff acted on what they sent."""

from dataclasses import dataclass

from clinic.models import User
from clinic.models.word_back import WordBackChannel
from notifications.providers.chosen import push_key
from notifications.queries import PushTarget, push_targets, standings
from notifications.rules.standings import Standing


@dataclass(frozen=True)
class WordBackChoices:
    """`way` is none, text or push: what was chosen, or what holds as long as nothing is.

    `texts_come`: whether our texts go to their number at all. `devices`: browsers that show pushes of ours.
    `push_key`: what a browser needs to become one; empty where pushes are not set up.
    """

    way: str
    taken: bool
    unreached: bool
    closed: bool
    texts_come: bool
    devices: tuple[PushTarget, ...]
    push_key: str

    @property
    def can_come(self) -> bool:
        """Whether any way is there by which a note could come: otherwise there is nothing to choose."""
        return self.texts_come or bool(self.devices)


def of_caregiver(*, by: User) -> WordBackChoices | None:
    """The choices of a person with a phone; None for staff, who get none."""
    if by.phone is None:
        return None
    texts_come = standings([str(by.phone)])[str(by.phone)] is Standing.ON
    devices = tuple(push_targets(by.pk))
    way = by.hears_back_by
    # As clinic/services/patients/word_back.py takes it: without a device, what holds for who has not chosen.
    if not way or (way == WordBackChannel.PUSH and not devices):
        way = WordBackChannel.TEXT if texts_come else WordBackChannel.NOT_AT_ALL
    return WordBackChoices(
        way=way,
        taken=by.hears_taken,
        unreached=by.hears_unreached,
        closed=by.hears_closed,
        texts_come=texts_come,
        devices=devices,
        push_key=push_key(),
    )
