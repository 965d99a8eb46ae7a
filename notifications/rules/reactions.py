"""Our own words that come back: a "liked" text, a quotation. They ask for nothing.

A phone that cannot show a reaction sends it as a text that quotes ours, with "Reply STOP" in it.
"""

import re
from collections.abc import Iterable

from notifications.rules.text import plain_words

_OPEN, _SHUT = "“\"„«「『‘'", "”\"“»」』’'"
# Between the signs of an Android reaction stand spaces that nobody sees.
_UNSEEN = re.compile("[\u200a-\u200f\u2060\ufeff]")
_A_SIGN = r"[^\w\s“\"„«「『‘']{1,12}"
_VERBS = (
    # English
    r"liked|loved|disliked|laughed at|emphasi[sz]ed|questioned",
    r"removed an? (?:like|heart|love|dislike|laugh|exclamation|question mark|reaction) from",
    rf"(?:reacted(?: with)?|removed) (?:an? )?(?:{_A_SIGN}|sticker|reaction) (?:to|from)",
    rf"{_A_SIGN} (?:to|a|với|مع)",
    # Spanish
    r"(?:a \w+ )?(?:no )?(?:le|me) (?:gust[óoa]|ha gustado|encant[óoa]|ha encantado)",
    r"se r[ií][óo] de|se ha re[ií]do de|pregunt[óo] por",
    r"enfatiz[óo]|ha enfatizado|cuestion[óo]|ha cuestionado",
    r"(?:elimin[óo]|quit[óo]) (?:un|una|el|la) [\w ]{2,20} (?:de|a)",
    rf"(?:reaccion[óo]|ha reaccionado) (?:con )?{_A_SIGN} a",
    # Chinese
    r"(?:已)?(?:赞了|点赞了?|喜欢了?|爱了|不喜欢了?|踩了|笑了|大笑|强调了|质疑了|回应了|标记了)",
    rf"(?:已)?用? ?{_A_SIGN} ?(?:回应了|回应|回复了)",
    # Arabic
    r"(?:أُ?عجب|اعجب|أعجبه|أحب|احب|لم يعجبه|ضحك على|أكد على|اكد على|شدد على|استفسر عن|تساءل عن)(?: ?بـ?)?",
    rf"(?:تفاعل|تفاعلت)(?: ?(?:بـ?|ب|باستخدام))? ?{_A_SIGN} (?:مع|على)",
    # Vietnamese
    r"(?:đã )?(?:thích|yêu thích|không thích|cười|nhấn mạnh|đặt câu hỏi(?: về)?|thả tim)",
    rf"đã (?:bày tỏ cảm xúc|phản ứng|thả)(?: bằng)? {_A_SIGN} (?:với|cho|về)",
)
_VERB = "|".join(_VERBS)
_REACTION = re.compile(
    rf"\s*(?:{_VERB})\s*[:：]?\s*"
    rf"(?:[{_OPEN}].+|an? (?:image|photo|picture|attachment|message|movie|video)\W*)",
    re.DOTALL,
)
# Chinese puts the quotation in the middle.
_CHINESE = re.compile(
    rf"\s*(?:已)?(?:对|對|给|給|被|将)\s*[{_OPEN}].+[{_SHUT}]\s*(?:表示|做出|作出|添加|点|點|逗笑|的|了|回应).{{0,20}}",
    re.DOTALL,
)
_QUOTED = re.compile(rf"[{_OPEN}]([^{_OPEN}{_SHUT}]{{8,}})[{_SHUT}]?")
_QUOTED_LINE = re.compile(r"^\s*>+\s*(.{8,})$", re.MULTILINE)
# Shorter pieces may stand in a text of ours by chance.
_SHORTEST = 8
_ONLY_A_REACTION = re.compile(rf"(?:{_VERB}|re|fwd?|fw|rv|转发|回复|رد|trả lời)?[\W_]*")
# How a sentence of ours ends; a full stop within an address ends none, and a phone may leave the address out.
_SENTENCE_ENDS = re.compile(r"(?<=[.!?。！？؟])\s+|(?<=[。！？])|\n+|\s*https?://\S+\s*")
_ADDRESS = re.compile(r"https?://\S+")


def their_own_words(body: str, ours: Iterable[str]) -> str:
    """What of a text its writer wrote, without what it quotes of our last texts; empty for a reaction."""
    said = _UNSEEN.sub("", body).strip()
    if _REACTION.fullmatch(said.casefold()) or _CHINESE.fullmatch(said):
        return ""
    sent = [text for text in ours if plain_words(text)]
    texts = [plain_words(text) for text in sent]
    rest = _QUOTED.sub(lambda found: _unless_ours(found, texts), said)
    rest = _QUOTED_LINE.sub(lambda found: _unless_ours(found, texts), rest)
    for text in sent:
        rest = _without_sentences_of(text, rest)
    changed = rest != said
    return "" if changed and _ONLY_A_REACTION.fullmatch(rest.casefold().strip()) else rest


def _unless_ours(found: re.Match[str], texts: list[str]) -> str:
    quoted = plain_words(found.group(1))
    # A phone cuts a long quotation off.
    is_ours = len(quoted) >= _SHORTEST and any(quoted in text or text in quoted for text in texts)
    return " " if is_ours else found.group()


def _without_sentences_of(text: str, said: str) -> str:
    """Without each sentence of ours that stands in it word for word: a text sent on, or answered above it.

    A short one may be said by people too.
    """
    for sentence in _SENTENCE_ENDS.split(text):
        words = re.findall(r"\w+", sentence)
        if len(plain_words(sentence)) >= _SHORTEST:
            said = re.sub(r"[\W_]+".join(words), " ", said, flags=re.IGNORECASE)
    for address in _ADDRESS.findall(text):
        said = said.replace(address, " ")
    return said
