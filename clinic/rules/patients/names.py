"""Names, numbers and what people type to find them, in one form: without case, accents and signs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeVar

# Written inside a word and never typed the same way twice: they join what stands beside them.
_JOINING = frozenset("'’‘ʼʻ`´′.")
# Letters that Unicode does not take apart.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APART = re.compile(r"[\s,;/]+")
_PHONE_LIKE = re.compile(r"[+()\-‐–−.\d]*\d[+()\-‐–−.\d]*")
# More words than a person has names.
MOST_WORDS = 6
_SHORTEST_PHONE = 7

Key = TypeVar("Key")


class Name(NamedTuple):
    """A person's name in the form in which names are compared: each part one word."""

    given: str
    family: str

    @classmethod
    def of(cls, given: str, family: str) -> Name:
        return cls(key_of(given), key_of(family))


def words_of(text: str) -> list[str]:
    """The words of a text without case, accents and apostrophes; other signs part words."""
    plain = unicodedata.normalize("NFKD", _plain(text).casefold()).translate(_PLAIN)
    letters = (letter for letter in plain if not unicodedata.combining(letter) and letter not in _JOINING)
    return "".join(letter if _is_part_of_word(letter) else " " for letter in letters).split()


def key_of(text: str) -> str:
    """All words of a text as one: "O’Brien Núñez" becomes "obriennunez"."""
    return "".join(words_of(text))


class ShownName(NamedTuple):
    """What tells one person from the others of a short list. The date of birth where a name does not."""

    name: str
    born: date | None = None


def told_apart(
    people: Mapping[Key, tuple[str, str, date | None]], *, by_given_name: bool = False
) -> dict[Key, ShownName]:
    """How each of a few people is called so that nobody is taken for another.

    `people`: given name, family name and date of birth of each. With `by_given_name` the given name stands
    alone where nobody else of them bears it; it says the least about somebody. Names are compared as they
    are searched: "José" and "jose" are one.
    """
    given = Counter(key_of(one[0]) for one in people.values())
    full = Counter(Name.of(one[0], one[1]) for one in people.values())
    shown: dict[Key, ShownName] = {}
    for key, (given_name, family_name, birth_date) in people.items():
        if by_given_name and given[key_of(given_name)] == 1:
            shown[key] = ShownName(given_name)
        else:
            is_only = full[Name.of(given_name, family_name)] == 1
            shown[key] = ShownName(f"{given_name} {family_name}", None if is_only else birth_date)
    return shown


def search_text(texts: Iterable[str], *, numbers: Iterable[str] = ()) -> str:
    """What is looked through when somebody searches: each text as words and as one, numbers as one."""
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys([*words_of(text), key_of(text)])
    found |= dict.fromkeys(key_of(number) for number in numbers)
    return " ".join(word for word in found if word)


def wanted(typed: str) -> list[list[tuple[str, ...]]]:
    """For each word that was typed the ways in which it may stand in a search text, each as parts.

    "Smith-Jones" is found as one name and as two; a phone number however it is broken up.
    """
    chunks = [chunk for chunk in _APART.split(_plain(typed)) if key_of(chunk)][:MOST_WORDS]
    found: list[list[tuple[str, ...]]] = []
    for is_number, run in groupby(chunks, key=lambda chunk: bool(_PHONE_LIKE.fullmatch(chunk))):
        if is_number:
            found.append(list(_ways_to_dial([_digits(chunk) for chunk in run])))
        else:
            found += [list(_ways_to_write(chunk)) for chunk in run]
    return found


def normal_number(typed: str) -> str:
    """A hospital number as it is kept: capitals, our digits, no spaces, no signs before or behind it."""
    plain = "".join(_plain(typed).upper().split())
    ends = [place for place, letter in enumerate(plain) if letter.isalnum()]
    return plain[ends[0] : ends[-1] + 1] if ends else ""


def are_alike(one: Name, other: Name) -> bool:
    """Whether two names may be taken for each other: the same in either order, or nearly the same."""
    return _are_close(one, other) or _are_close(one, Name(other.family, other.given))


def _are_close(one: Name, other: Name) -> bool:
    if one.family == other.family:
        return _is_one_slip(one.given, other.given) or _begins(one.given, other.given)
    return one.given == other.given and _is_one_slip(one.family, other.family)


def _begins(one: str, other: str) -> bool:
    """Rob and Robert, R. and Robert."""
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def _is_one_slip(one: str, other: str) -> bool:
    """The same but for one letter: another, one too many, one too few, or two neighbours in turn."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    place = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    swapped = long[place : place + 2][::-1]
    return short[place + 1 :] == long[place + 1 :] or (
        short[place : place + 2] == swapped and short[place + 2 :] == long[place + 2 :]
    )


def _ways_to_write(chunk: str) -> Iterable[tuple[str, ...]]:
    yield (key_of(chunk),)
    parts = words_of(chunk)
    if len(parts) > 1:
        yield tuple(parts)


def _ways_to_dial(digits: list[str]) -> Iterable[tuple[str, ...]]:
    """Numbers that stand side by side are one phone number, or several numbers."""
    whole = "".join(digits)
    yield (whole,)
    if whole.startswith("0") and len(whole) >= _SHORTEST_PHONE:
        # The zero that is dialled inside a country is not part of the number that we keep.
        yield (whole.lstrip("0"),)
    if len(digits) > 1:
        yield tuple(digits)


def _digits(text: str) -> str:
    return "".join(letter for letter in _plain(text) if letter.isdigit())


def _plain(text: str) -> str:
    """Wide letters as narrow ones, and the digits of every script as ours."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in wide)


def _is_part_of_word(letter: str) -> bool:
    # Vowel signs of scripts such as Thai are marks that combine with nothing here.
    return letter.isalnum() or unicodedata.category(letter).startswith("M")
