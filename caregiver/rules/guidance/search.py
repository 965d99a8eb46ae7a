"""Finds pages by words that may be misspelt: words are compared by the three-letter pieces they share."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

# Where a word stands tells how much it says about the page.
TITLE, SITUATION, KEYWORD, TEXT = 3.0, 2.5, 2.5, 1.0
# Shared pieces from which on two words count as the same one: "feever" and "fever" share 0.5.
SIMILAR = 0.42
# A page is found when it answers at least so much of what was asked for.
ENOUGH = 0.5
_WORD = re.compile(r"[^\W_]+")
# Chinese writes no spaces: a run of its characters is compared pair by pair.
_CHINESE = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
# Arabic writes "the" as part of the word.
_ARTICLE = re.compile(r"^ال(?=\w{3})")
_IS_CHINESE = re.compile(r"[\u3400-\u9fff]")
_STOP_WORDS = frozenset(
    {
        *(
            "a",
            "an",
            "and",
            "are",
            "be",
            "can",
            "do",
            "for",
            "has",
            "have",
            "i",
            "in",
            "is",
            "it",
            "my",
            "not",
        ),
        *("of", "on", "or", "she", "he", "the", "they", "to", "was", "what", "when", "with"),
        *("al", "como", "con", "de", "del", "el", "en", "es", "esta", "la", "las", "le", "los", "lo", "me"),
        *("mi", "no", "o", "para", "por", "que", "se", "si", "su", "sus", "tiene", "un", "una", "y"),
    }
)


@dataclass(frozen=True)
class SearchEntry:
    """A page to be found: its words, alone and two in a row, by where they stand."""

    slug: str
    words: Mapping[str, float]


def words(text: str) -> list[str]:
    """Words in lower case, without accents; little words are left out unless there are no others."""
    plain = unicodedata.normalize("NFKD", text.lower()).replace("đ", "d")
    found = _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))
    found = [_ARTICLE.sub("", word) for word in found]
    return [word for word in found if word not in _STOP_WORDS] or found


def comparable_parts(text: str) -> list[str]:
    """The words as they are compared."""
    return [part for word in words(text) for run in _CHINESE.findall(word) for part in _pairs(run)]


def _pairs(run: str) -> list[str]:
    if len(run) < 3 or not _IS_CHINESE.match(run):
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def entry(
    slug: str, title: str, situations: Iterable[str], keywords: Iterable[str], texts: Iterable[str]
) -> SearchEntry:
    """The page as search sees it; a word counts where it weighs most."""
    found: dict[str, float] = {}
    groups = ((TEXT, texts), (KEYWORD, keywords), (SITUATION, situations), (TITLE, [title]))
    for weight, group in groups:
        for text in group:
            parts = comparable_parts(text)
            for word in (*parts, *_adjacent_pairs(parts)):
                found[word] = max(weight, found.get(word, 0.0))
    return SearchEntry(slug, found)


def _adjacent_pairs(parts: list[str]) -> list[str]:
    """Two that follow each other: Vietnamese writes a word as several, each of which says little."""
    return [f"{one} {other}" for one, other in pairwise(parts)]


def find(query: str, entries: Iterable[SearchEntry]) -> list[str]:
    """Slugs of the pages that answer the query, the best first."""
    parts = comparable_parts(query)
    asked = list(dict.fromkeys(parts))[:8]
    if not asked:
        return []
    in_a_row = _adjacent_pairs(parts)[:8]
    scores = {one.slug: _score(asked, in_a_row, one) for one in entries}
    found = [slug for slug, (share, _) in scores.items() if share >= ENOUGH]
    return sorted(found, key=lambda slug: (-scores[slug][0], -scores[slug][1]))


def similarity(one: str, other: str) -> float:
    """1 for the same word, 0 for nothing in common; the shared three-letter pieces over all of them."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) >= 4 and (one.startswith(other) or other.startswith(one)):
        return 0.9
    if one.isdigit() or other.isdigit():
        return 0.0
    mine, theirs = _trigrams(one), _trigrams(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _score(asked: list[str], in_a_row: list[str], one: SearchEntry) -> tuple[float, float]:
    """How much of the query is on the page, and how prominently."""
    share = 0.0
    prominence = sum(one.words.get(both, 0.0) for both in in_a_row)
    for word in asked:
        alike = [(similarity(word, other), weight) for other, weight in one.words.items() if " " not in other]
        hits = [likeness * weight for likeness, weight in alike if likeness >= SIMILAR]
        if hits:
            share += 1
            prominence += max(hits)
    return share / len(asked), prominence


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
