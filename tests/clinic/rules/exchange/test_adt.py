"""HL7 v2 messages as hospitals send them, and as nobody should."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.exchange import adt
from clinic.rules.exchange.rows import RowKind, Trouble, Unreadable

NEW_YORK = ZoneInfo("America/New_York")


def message(event="A01", *, header="", pid="", pv1="I", mrg="", evn="20261130101500", ends="\r"):
    lines = [
        f"MSH|^~\\&|ADT|HOSP|KIN|harbor|20261130101500||ADT^{event}|M1|P|2.5.1{header}",
        f"EVN|{event}|{evn}",
        f"PID|1||SSN9^^^X^SS~12345^^^HOSP^MR||{pid or 'Lee^Ann'}",
        f"PV1|1|{pv1}",
        *([f"MRG|{mrg}"] if mrg else []),
    ]
    return ends.join(lines)


def read(text, zone=NEW_YORK):
    return adt.read(text if isinstance(text, bytes) else text.encode(), zone=zone)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("A01", RowKind.ADMITTED),
        ("A03", RowKind.DISCHARGED),
        ("A08", RowKind.PATIENT),
        ("A11", RowKind.NOTICE),
    ],
)
def test_event_says_what_it_is(event, kind):
    row = read(message(event)).row

    assert (row.kind, row.facts["hospital_number"], row.troubles) == (kind, "12345", ())
    assert row.at == datetime(2026, 11, 30, 15, 15, tzinfo=UTC)


def test_merged_number_that_no_database_keeps_is_refused():
    row = read(message("A40", mrg="7\\X00\\7")).row

    assert ("other_number", Trouble.UNPRINTABLE) in row.troubles and "other_number" not in row.facts


def test_merge_names_both_numbers():
    assert read(message("A40", mrg="777^^^HOSP^MR")).row.facts["other_number"] == "777"


@pytest.mark.parametrize("ends", ["\r", "\n", "\r\n", "\r\r"])
@pytest.mark.parametrize("frame", [("", ""), ("\x0b", "\x1c\r")])
def test_lines_end_as_they_may_and_a_frame_may_stay(ends, frame):
    assert read(frame[0] + message(ends=ends) + frame[1]).control_id == "M1"


@pytest.mark.parametrize(
    ("named", "encoding"), [("", "utf-8"), ("UNICODE UTF-8", "utf-8"), ("8859/1", "latin-1")]
)
def test_letters_are_those_that_the_header_names(named, encoding):
    text = message(header="||||||" + named, pid="Núñez^Renée")

    assert read(text.encode(encoding)).row.facts["family_name"] == "Núñez"


def test_escaped_signs_are_meant_and_formatting_is_left_out():
    row = read(message(pid="O\\T\\Brien\\H\\^Ann\\X20\\Lee")).row

    assert (row.facts["family_name"], row.facts["given_name"]) == ("O&Brien", "Ann Lee")


def test_a_message_does_not_decide_how_much_memory_it_takes():
    assert read(message(pid="Lee\\.sp999999999\\^Ann")).row.facts["family_name"] == "Lee"


@pytest.mark.parametrize(("pv1", "kind"), [("O", None), ("E", None), ("I", RowKind.ADMITTED)])
def test_only_who_stays_is_admitted(pv1, kind):
    row = read(message(pv1=pv1)).row

    assert (row.kind if row else None) == kind


@pytest.mark.parametrize(
    ("disposition", "notice"),
    [("01", None), ("", None), ("20", "died"), ("03", "not_home"), ("51", "not_home")],
)
def test_discharge_goes_home_or_to_a_person(disposition, notice):
    row = read(message("A03", pv1="I" + "|" * 34 + disposition)).row

    assert row.facts.get("notice") == notice


def test_moment_of_the_stay_comes_before_that_of_the_message():
    row = read(message(pv1="I" + "|" * 42 + "20261129080000-0600")).row

    assert row.at == datetime(2026, 11, 29, 14, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["20261130", "2026", "20261399250000", "yesterday", "00000101000000-0100"])
def test_moment_without_an_hour_is_none(typed):
    assert adt.moment_of(typed, NEW_YORK) is None


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (b"", Trouble.EMPTY),
        (b"PID|1", Trouble.NO_HEADER),
        (b"MSH", Trouble.NO_HEADER),
        (b"MSH|||||", Trouble.NO_HEADER),
        (b"MSH|^^^^|a", Trouble.NO_HEADER),
        (message().replace("|M1|", "||").encode(), Trouble.NO_CONTROL_ID),
        (message("A31").encode(), Trouble.UNKNOWN_EVENT),
        (message().replace("ADT^A01", "ORU^R01").encode(), Trouble.UNKNOWN_EVENT),
        (message(header="||||||KLINGON").encode(), Trouble.WRONG_ENCODING),
        (message(pid="Núñez").encode("latin-1"), Trouble.WRONG_ENCODING),
        (message().encode() + b"\r" + message().encode(), Trouble.TOO_MANY),
        (message().encode() + b"\rNTE|" * 500, Trouble.TOO_MANY),
        (message(pid="a\x07b").encode(), Trouble.UNPRINTABLE),
        (message().encode() + b"\rNTE|" + b"x" * adt.LARGEST_BYTES, Trouble.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_says_why(body, trouble):
    with pytest.raises(Unreadable) as refused:
        read(body)

    assert refused.value.trouble is trouble


def test_answer_is_a_message_that_a_parser_reads():
    text = adt.acknowledgment(
        control_id="M|1", code="AA", words="Changed. Name & more", now=datetime(2026, 11, 30, tzinfo=UTC)
    )

    parsed = hl7.parse(text)
    assert parsed.unescape(str(parsed.segment("MSA")[2])) == "M|1"
    assert str(parsed.segment("MSH")[9]) == "ACK"


@given(st.data())
def test_whatever_a_line_does_to_a_message_it_is_a_row_or_a_refusal(data):
    event = data.draw(st.sampled_from(["A01", "A03", "A08", "A40"]))
    body = bytearray(message(event, mrg="7").encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(body)))
        body[place : place + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from(
                [b"|", b"~", b"^", b"&", b"\\", b"\\X\\", b"\\.sp99\\", b'""', b"\r", b"MSH|", b"\xff"]
            )
        )
    try:
        found = read(bytes(body))
    except Unreadable as refused:
        assert refused.trouble in Trouble
    else:
        assert found.control_id
