"""One HL7 v2 message about admission, discharge and transfer (ADT), read into a row, and its acknowledgment.

HL7 v2.5.1, chapter 3: A01 admits, A03 discharges, A08 updates, A40 merges two numbers. A11 and A13 take an
admission and a discharge back: a person looks at them. `hl7` parses ER7; what a field means is decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import hl7

from clinic.rules.exchange.csv_rows import is_day
from clinic.rules.exchange.rows import Row, RowKind, Trouble, Unreadable, trouble_of_text

LARGEST_BYTES = 256 * 1024
_MOST_SEGMENTS = 400
# What an MLLP frame leaves around a message that was saved as it came.
_FRAME = b"\x0b\x1c\r\n \t"
_SEPARATORS = re.compile(r"MSH([^\w\s])([^\w\s]{2,5})\1", re.ASCII)
# HL7 v2 table 0211, as far as hospitals send it.
_ENCODINGS = {
    **dict.fromkeys(("", "ASCII", "UNICODE", "UNICODE UTF-8", "UTF-8"), "utf-8"),
    **dict.fromkeys(("8859/1", "ISO-8859-1", "8859-1"), "latin-1"),
    **dict.fromkeys(("8859/15", "ISO-8859-15"), "iso8859-15"),
}
_MOMENT = re.compile(r"(\d{8})(\d{2})?(\d{2})?(\d{2})?(?:\.\d{1,6})?([+-]\d{4})?", re.ASCII)
_HEX = re.compile(r"([0-9A-Fa-f]{2}){1,8}", re.ASCII)
_EVENTS = ("A01", "A03", "A08", "A40", "A11", "A13")
# HL7 v2 table 0004. Whoever comes for a treatment or an hour sleeps at home.
_INPATIENT = ("", "I")
# Discharge disposition, table 0112 with the codes of the uniform bill (UB-04, form locator 17).
_HOME = ("", "01", "1", "06", "6", "07", "7")
_DIED = ("20", "40", "41", "42")
_YES = "Y"


@dataclass(frozen=True)
class AdtMessage:
    """What one message says. `row` is None for what does not touch a stay."""

    control_id: str
    event: str
    facility: str
    row: Row | None


def read(body: bytes, *, zone: tzinfo) -> AdtMessage:
    """The message; moments without an offset are those of `zone`, where the hospital is. Unreadable."""
    text = _decoded(body)
    parsed = _parsed(text)
    header = _Fields(parsed, "MSH")
    control_id = header.get(10)
    if not control_id or trouble_of_text(control_id) is not None:
        raise Unreadable(Trouble.NO_CONTROL_ID)
    event = header.get(9, 2)
    if header.get(9, 1) != "ADT" or event not in _EVENTS:
        raise Unreadable(Trouble.UNKNOWN_EVENT, f"{header.get(9, 1)}^{event}"[:20])
    return AdtMessage(control_id, event, header.get(6, 1), _row(parsed, event, zone))


def acknowledgment(*, control_id: str, code: str, words: str, now: datetime) -> str:
    """An ACK (HL7 v2.5.1, 2.13.1): AA taken, AE kept for a person, AR refused."""
    moment = now.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")
    header = (
        f"MSH|^~\\&|KINWATCH||||{moment}||ACK|{moment}-{_escaped(control_id)[:20]}|P|2.5.1|||||UNICODE UTF-8"
    )
    return f"{header}\rMSA|{code}|{_escaped(control_id)}|{_escaped(words)}\r"


def control_id_of(body: bytes) -> str:
    """For an answer to a message that cannot be read; empty where not even that stands there."""
    try:
        return _Fields(_parsed(_decoded(body)), "MSH").get(10)
    except Unreadable:
        return ""


class _Fields:
    """One segment, by HL7's own numbers: field, then component. Empty for what is not there."""

    def __init__(self, parsed: Any, name: str) -> None:
        self._segment = next((one for one in parsed if str(one[0]) == name), None)
        self._escape = parsed.esc

    def get(self, field: int, component: int = 1, *, repetition: int = 0) -> str:
        repetitions = self._repetitions(field)
        if repetition >= len(repetitions):
            return ""
        one = repetitions[repetition]
        if not isinstance(one, hl7.Repetition | hl7.Component):
            return self._plain(one) if component == 1 else ""
        return self._plain(one[component - 1]) if len(one) >= component else ""

    def count(self, field: int) -> int:
        return len(self._repetitions(field))

    def _repetitions(self, field: int) -> list[Any]:
        if self._segment is None or len(self._segment) <= field:
            return []
        return list(self._segment[field])

    def _plain(self, value: Any) -> str:
        while not isinstance(value, str):
            value = value[0] if len(value) else ""
        text = _unescaped(value, self._escape).strip()
        # Two quotes say that the sender has deleted it.
        return "" if text == '""' else text


def _decoded(body: bytes) -> str:
    framed = body.strip(_FRAME)
    if not framed:
        raise Unreadable(Trouble.EMPTY)
    if len(framed) > LARGEST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    first = re.split(rb"[\r\n]", framed, maxsplit=1)[0].decode("latin-1")
    _separators(first)
    head = first.split(first[3])
    named = head[17].strip().upper() if len(head) > 17 else ""
    encoding = _ENCODINGS.get(named.split("~")[0])
    try:
        if encoding is None:
            raise Unreadable(Trouble.WRONG_ENCODING)
        text = framed.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(Trouble.WRONG_ENCODING) from error
    # Segments end with a carriage return; files from other systems often end lines as they do.
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    if len(lines) > _MOST_SEGMENTS or sum(line.startswith("MSH") for line in lines) != 1:
        raise Unreadable(Trouble.TOO_MANY)
    if any(not letter.isprintable() for line in lines for letter in line):
        raise Unreadable(Trouble.UNPRINTABLE)
    return "\r".join(lines)


def _separators(header: str) -> None:
    """Unreadable, where a message does not say by which signs it is divided, or by one sign twice."""
    found = _SEPARATORS.match(header)
    signs = found.group(1) + found.group(2) if found else ""
    if not signs or len(set(signs)) != len(signs):
        raise Unreadable(Trouble.NO_HEADER)


def _parsed(text: str) -> Any:
    try:
        return hl7.parse(text)
    except (hl7.HL7Exception, AssertionError, IndexError, KeyError, ValueError) as error:
        raise Unreadable(Trouble.NOT_READABLE) from error


def _row(parsed: Any, event: str, zone: tzinfo) -> Row | None:
    person, visit = _Fields(parsed, "PID"), _Fields(parsed, "PV1")
    facts, troubles = _person(person, event)
    recorded, happened = _Fields(parsed, "EVN").get(2), _Fields(parsed, "EVN").get(6)
    usual = {"A01": visit.get(44), "A03": visit.get(45)}.get(event, "")
    said = usual or happened or recorded or _Fields(parsed, "MSH").get(7)
    at = moment_of(said, zone)
    if at is None:
        troubles.append(("at", Trouble.NO_MOMENT))
    if "hospital_number" not in facts:
        troubles.append(("hospital_number", Trouble.NEEDED))
    kind, more = _meaning(event, person, visit, _Fields(parsed, "MRG"))
    if kind is None:
        return None
    if kind is RowKind.MERGED:
        wrong = trouble_of_text(more["other_number"]) if more["other_number"] else Trouble.NEEDED
        if wrong is not None:
            troubles.append(("other_number", wrong))
            more = {}
    return Row(1, kind, "1", {**facts, **more}, at, tuple(troubles))


def _meaning(
    event: str, person: _Fields, visit: _Fields, merged: _Fields
) -> tuple[RowKind | None, dict[str, str]]:
    """What is to happen; a death or a way to another house is for a person to put on record."""
    if event == "A40":
        return RowKind.MERGED, {"other_number": merged.get(1)}
    if event in ("A11", "A13"):
        return RowKind.NOTICE, {"notice": {"A11": "admission_cancelled", "A13": "discharge_cancelled"}[event]}
    disposition = visit.get(36) if event == "A03" else ""
    if person.get(30).upper() == _YES or disposition in _DIED:
        return RowKind.NOTICE, {"notice": "died"}
    if event == "A08":
        return RowKind.PATIENT, {}
    if event == "A01":
        return (RowKind.ADMITTED if visit.get(2).upper() in _INPATIENT else None), {}
    if visit.get(2).upper() not in _INPATIENT:
        return None, {}
    return (RowKind.DISCHARGED, {}) if disposition in _HOME else (RowKind.NOTICE, {"notice": "not_home"})


def _person(person: _Fields, event: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    said = {
        "hospital_number": _hospital_number(person),
        "family_name": person.get(5, 1),
        "given_name": person.get(5, 2),
    }
    facts: dict[str, Any] = {}
    troubles: list[tuple[str, str]] = []
    for field, text in said.items():
        wrong = trouble_of_text(text)
        if wrong is not None:
            troubles.append((field, wrong))
        elif text:
            facts[field] = text
    born = _MOMENT.fullmatch(person.get(7))
    # Systems write noughts for what nobody knows.
    if born and born.group(1).strip("0"):
        digits = born.group(1)
        day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        if is_day(day):
            facts["birth_date"] = day
        elif event == "A08":
            # Of a stay it says only whose it is, and the name does that too.
            troubles.append(("birth_date", Trouble.NO_DAY))
    return facts, troubles


def _hospital_number(person: _Fields) -> str:
    """Of the numbers of PID-3 the one of type MR, else the first."""
    for place in range(person.count(3)):
        if person.get(3, 5, repetition=place) == "MR":
            return person.get(3, 1, repetition=place)
    return person.get(3, 1)


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """HL7's time stamp, such as 202611301015-0500; a day alone says no hour, and is None."""
    found = _MOMENT.fullmatch(text)
    if found is None or found.group(2) is None:
        return None
    day, hour, minute, second, offset = found.groups()
    try:
        at = datetime.strptime(f"{day}{hour}{minute or '00'}{second or '00'}", "%Y%m%d%H%M%S").replace(
            tzinfo=zone
        )
        if offset:
            ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
            at = at.replace(tzinfo=timezone(-ahead if offset[0] == "-" else ahead))
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _unescaped(text: str, escape: str) -> str:
    """Escaped separators and letters as they are meant (HL7 v2.5.1, 2.7); formatting is left out.

    By ourselves, because the library makes as many line ends as a message asks for.
    """
    signs = {"F": "|", "S": "^", "T": "&", "R": "~", "E": escape}

    def meant(found: re.Match[str]) -> str:
        code = found.group(1)
        if code.startswith("X") and _HEX.fullmatch(code[1:]):
            return bytes.fromhex(code[1:]).decode("latin-1")
        return signs.get(code, "")

    mark = re.escape(escape)
    return re.sub(f"{mark}([^{mark}]{{1,40}}){mark}", meant, text)


def _escaped(text: str) -> str:
    for letter, code in (("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("&", "\\T\\"), ("~", "\\R\\")):
        text = text.replace(letter, code)
    return text
