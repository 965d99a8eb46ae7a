"""Form fields as answers."""

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.reports.posted_answers import read_answers

PROTOCOL = Protocol.from_document(default_document())


@pytest.mark.parametrize(
    ("key", "fields", "answers", "unsure"),
    [
        ("red_flags", {}, {"red_flags": []}, ()),
        ("red_flags", {"red_flags": ["seizure"]}, {"red_flags": ["seizure"]}, ()),
        ("red_flags", {"red_flags": ["seizure", "x\x00", "\x00"]}, {"red_flags": ["seizure", "x"]}, ()),
        ("chills", {"chills": ["unsure\x00"]}, {}, ("chills",)),
        (
            "temp",
            {"temp_value": ["38\x00,6"], "temp_unit": ["C\x00"]},
            {"temp_value": "38,6", "temp_unit": "C"},
            (),
        ),
        (
            "temp",
            {"temp_value": [" 38,6 "], "temp_unit": ["C"]},
            {"temp_value": "38,6", "temp_unit": "C"},
            (),
        ),
        ("temp", {"temp_value": ["99"]}, {"temp_value": "99", "temp_unit": ""}, ()),
        ("temp", {"temp_value": [""], "temp_unit": ["C"]}, {}, ()),
        ("chills", {"chills": ["2"]}, {"chills": 2}, ()),
        ("chills", {"chills": ["unsure"]}, {}, ("chills",)),
        ("chills", {"chills": ["two"]}, {"chills": "two"}, ()),
        ("chills", {}, {}, ()),
        ("steroid_48h", {"steroid_48h": ["yes"]}, {"steroid_48h": True}, ()),
        ("steroid_48h", {"steroid_48h": ["no"]}, {"steroid_48h": False}, ()),
        ("pulse", {"pulse": ["80"]}, {"pulse": "80"}, ()),
    ],
)
def test_answer_is_read_as_a_report_carries_it(
    key: str, fields: dict[str, list[str]], answers: dict[str, object], unsure: tuple[str, ...]
) -> None:
    read = read_answers([PROTOCOL.question(key)], fields)

    assert (dict(read.answers), read.unsure) == (answers, unsure)
