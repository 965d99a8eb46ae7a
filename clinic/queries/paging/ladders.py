"""How a clinic pages, and by which channels a person is paged."""

from uuid import UUID

from clinic.models import PagingLadder, PagingOrder, Staff
from clinic.rules.paging import channels
from clinic.rules.paging.channels import Channel
from clinic.rules.paging.ladder import DEFAULT, Ladder, from_json
from notifications.queries import push_targets


def of_clinic(clinic_id: UUID) -> Ladder:
    """The clinic's numbers; the defaults until somebody changes them."""
    document = PagingLadder.objects.filter(clinic_id=clinic_id).values_list("document", flat=True).first()
    return from_json(document) if document else DEFAULT


def usable_turns(staff: Staff) -> tuple[channels.ChannelTurn, ...]:
    """The channels that can reach the person now, in their order: no push where no browser takes it."""
    turns = chosen_turns(staff)
    if any(turn.channel == Channel.PUSH for turn in turns) and not push_targets(staff.user_id):
        return tuple(turn for turn in turns if turn.channel != Channel.PUSH)
    return turns


def chosen_turns(staff: Staff) -> tuple[channels.ChannelTurn, ...]:
    """The person's channels as they chose them."""
    stored = PagingOrder.objects.filter(staff=staff).values_list("turns", flat=True).first()
    return channels.turns_from_json(stored or ())
