"""The order of a person's channels."""

from datetime import timedelta

import pytest

from clinic.rules.paging import channels
from clinic.rules.paging.channels import BadOrder, Channel, ChannelTurn

SMS, VOICE, PUSH = ChannelTurn(Channel.SMS), ChannelTurn(Channel.VOICE), ChannelTurn(Channel.PUSH, 30)


def test_order_is_stored_and_read_back_and_has_a_default():
    assert channels.turns_from_json(channels.turns_to_json([PUSH, VOICE])) == (PUSH, VOICE)
    assert channels.turns_from_json([]) == (SMS, VOICE)
    assert SMS.wait == timedelta(minutes=2)


@pytest.mark.parametrize("turns", [[SMS], [VOICE], [PUSH, SMS], [VOICE, SMS, ChannelTurn(Channel.PUSH, 300)]])
def test_order_that_reaches_a_phone_is_fine(turns):
    channels.check(turns)


@pytest.mark.parametrize(
    "turns",
    [[], [PUSH], [SMS, SMS], [ChannelTurn(Channel.SMS, 29)], [VOICE, ChannelTurn(Channel.SMS, 301)]],
    ids=["nothing", "push alone", "twice", "too short", "too long"],
)
def test_bad_order_is_refused(turns):
    with pytest.raises(BadOrder):
        channels.check(turns)
