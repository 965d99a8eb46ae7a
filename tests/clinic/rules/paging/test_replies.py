"""What a text back to a page says."""

import pytest

from clinic.rules.paging.replies import TakeReply, parse


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1", TakeReply()),
        (" 1 ", TakeReply()),
        ("1.", TakeReply()),
        ("1 4821", TakeReply("4821")),
        ("1-4821", TakeReply("4821")),
        ("14821", TakeReply("4821")),
        ("1 4821 \n", TakeReply("4821")),
        ("11", None),
        ("2", None),
        ("1 482", None),
        ("1 48211", None),
        ("4821", None),
        ("on my way", None),
        ("", None),
    ],
)
def test_read(body, said):
    assert parse(body) == said
