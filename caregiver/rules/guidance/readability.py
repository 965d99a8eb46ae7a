"""How hard a text is to read, as a US school grade.

English: Flesch-Kincaid (Kincaid, Fishburne, Rogers and Chissom 1975, Navy report 8-75).
Spanish: Fernández Huerta 1959 (Consigna 214:29-32) in the form that Law 2011 corrected, read through its
own table of school grades: a score of 90 or more is grade 4, 80 grade 5, 70 grade 6.
Both count words, sentences and syllables alone; a low grade does not prove that a text is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# A number with its unit, and a placeholder such as {emergency_number}, are read at one glance.
_AT_A_GLANCE = re.compile(r"\{\w+\}|\d+(?:[.,/]\d+)?(?:\s*(?:°[CF]|%))?")
_NAMES = {"CAR-T": "car", "BCMA": "be", "ICANS": "can", "CRS": "cee"}
_SENTENCE_END = re.compile(r"(?<=[.?!:…])[\s”’\")]+|\n+")
_WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ]+(?:['’-][A-Za-zÁÉÍÓÚÜÑáéíóúüñ]+)*")


def grade(text: str, language: str) -> float:
    """School grade of a text in "en" or "es"; 0.0 for a text without words."""
    found = [words(sentence) for sentence in sentences(text)]
    counted = [one for sentence in found for one in sentence]
    if not counted:
        return 0.0
    per_sentence = len(counted) / len(found)
    per_word = sum(map(_SYLLABLES[language], counted)) / len(counted)
    return _GRADES[language](per_sentence, per_word)


def sentences(text: str) -> list[str]:
    """The sentences that hold a word; the end of a line ends one too, so that a list item needs no dot."""
    return [part.strip() for part in _SENTENCE_END.split(text) if words(part)]


def words(text: str) -> list[str]:
    """The words as they are counted: numbers and the names of the therapy as one short word each."""
    for name, short in _NAMES.items():
        text = text.replace(name, short)
    return _WORD.findall(_AT_A_GLANCE.sub(" one ", text))


def english_syllables(word: str) -> int:
    """Syllables by groups of vowels, without a silent e, es or ed at the end."""
    word = word.lower().replace("’", "'")
    groups = len(re.findall(r"[aeiouy]+", word))
    groups -= bool(re.search(r"(?<![aeiouy])e$", word) and not re.search(r"[^aeiouyl]le$", word))
    groups -= bool(re.search(r"[^aeiouyscgzxh]es$", word) and not re.search(r"[^aeiouyl]les$", word))
    groups -= bool(re.search(r"[^aeiouytd]ed$", word))
    groups += len(re.findall(r"(?<![tscg])i[ao](?!u)", word))
    return max(1, groups)


def spanish_syllables(word: str) -> int:
    """Syllables by the rule of strong vowels: a, e, o and a stressed í or ú each carry one."""
    word = re.sub(r"qu(?=[eiéí])", "k", word.lower())
    word = re.sub(r"gu(?=[eiéí])", "g", word)
    word = re.sub(r"y(?![aeiouáéíóú])", "i", word)
    groups = re.findall(r"[aeiouáéíóúü]+", word)
    return max(1, sum(max(1, len(re.findall(r"[aeoáéóíú]", group))) for group in groups))


def _flesch_kincaid(per_sentence: float, per_word: float) -> float:
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def _fernandez_huerta(per_sentence: float, per_word: float) -> float:
    ease = 206.84 - 60 * per_word - 1.02 * per_sentence
    return 13 - ease / 10


_SYLLABLES: dict[str, Callable[[str], int]] = {"en": english_syllables, "es": spanish_syllables}
_GRADES: dict[str, Callable[[float, float], float]] = {"en": _flesch_kincaid, "es": _fernandez_huerta}
