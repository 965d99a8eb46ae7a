"""What a text back to a page says."""

import pytest

from clinic.rules.paging.replies import Take, read


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1", Take()),
        (" 1 ", Take()),
        ("1.", Take()),
        ("1 4821", Take("4821")),
        ("1-4821", Take("4821")),
        ("14821", Take("4821")),
        ("1 4821 \n", Take("4821")),
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
    assert read(body) == said
