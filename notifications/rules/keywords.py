"""What a text to us asks for: STOP, START, HELP in our languages, a sentence that wants no more, a person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from notifications.rules.cries import asks_for_help, tells_of_death
from notifications.rules.reactions import their_own_words
from notifications.rules.text import plain_words


class Kind(StrEnum):
    """What an incoming text is."""

    STOP = "stop"
    # A sentence that seems to ask for it: texts pause until a person has asked back.
    REVIEW = "review"
    START = "start"
    HELP = "help"
    TEXT = "text"
    # A person must read it at once: somebody asks for help, or has died.
    URGENT = "urgent"
    DEATH = "death"
    # Our own words came back, "liked" or quoted: nothing was asked.
    REACTION = "reaction"


@dataclass(frozen=True)
class Reading:
    """What an incoming text is; `pauses` where it also seems to want no more texts.

    `is_carriers`: a word that the provider knows too, acts on and confirms by itself.
    """

    kind: Kind
    pauses: bool = False
    is_carriers: bool = False


# Words that revoke consent by themselves (47 CFR 64.1200(a)(10)) and the carriers' words: Twilio's list.
_CARRIERS_WORDS = frozenset({"stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"})
# Spanish, Chinese, Arabic and Vietnamese, as `plain` and no spaces leave them.
_OTHER_STOP_WORDS = """
    stoptext stoptexts stoptexting stopmessages stopmessaging nomore nomoretexts nomoremessages
    parar pare paren alto cancelar basta detener detenga detengan nomas baja dejen deje
    停止 停 停下 停发 停用 退订 退訂 取消 取消订阅 不要再发 不要再发了 别再发 别再发了 别发了 不要发了
    توقف توقفوا قف اوقف اوقفوا ايقاف الغاء الغاالاشتراك الغاءالاشتراك كفى
    dung dunglai ngung ngunglai huy huybo thoi
"""
STOP_WORDS = _CARRIERS_WORDS | frozenset(_OTHER_STOP_WORDS.split())
START_WORDS = frozenset(
    {"start", "unstop", "yes", "si", "empezar", "comenzar", "iniciar", "开始", "ابدا", "batđau", "batdau"}
)
HELP_WORDS = frozenset({"help", "info", "ayuda", "帮助", "مساعدة", "trogiup"})
# They make a word polite and mean nothing else.
_POLITE_WORDS = """
    please pls plz kindly just now thanks thank you thx ok okay hi hello hey sorry this these it all sir madam
    por favor ya gracias hola esto
    请 謝謝 谢谢 你好 您好 吧
    من فضلك لو سمحت شكرا رجاء ارجوك السلام عليكم
    xin vui long lam on cam nhe đi a di
"""
_POLITE = frozenset(_POLITE_WORDS.split())
_POLITE_SIGNS = re.compile("请|謝謝|谢谢|吧")
_CLAUSE_ENDS = re.compile(r"[.,;:!?\n\u2013\u2014…，。！？；：،؛؟]+|\s-+\s")
# In a longer text these words mostly speak of something else.
_WEAK = frozenset(
    {"end", "cancel", "quit", "basta", "baja", "cancelar", "取消", "thoi", "huy", "dung", "停", "الغاء"}
)

# A word that ends texts must stand beside a word for texts: "the bleeding won't stop" asks for a doctor.
_STOP_SENTENCES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(stop|quit|end|cancel|no more)\b( \w+){0,2} (text|texts|texting|message|messages|messaging|sms"
        r"|reminder|reminders|sending)\b",
        r"\b(do not|dont|never) (text|message|sms) me\b",
        r"\b(stop|quit) (contacting|bothering) me\b",
        r"\b(unsubscribe|opt|take|remove) me\b( (out|off|from)\b| \w+ (off|out)\b|$)",
        r"\bleave me alone\b",
        r"\b(deje|dejen|deja|pare|paren|para)\b( \w+){0,2} (mensaje|mensajes|textos|mandar|mandarme|enviar"
        r"|enviarme|escribir|escribirme|texto)\b",
        r"\bno (me )?(mande|manden|mandes|envie|envien|envies|escriba|escriban|escribas)\b",
        r"\bno (quiero|deseo) (mas|recibir|recibir mas) (mensaje|mensajes|textos)\b",
    )
)


def read(body: str, *, ours: Iterable[str] = ()) -> Reading:
    """What a text is, with our last texts to its number: a quotation of ours is nobody's wish."""
    said = their_own_words(body, ours)
    if plain_words(body) and not plain_words(said) and said != body:
        return Reading(Kind.REACTION)
    word = kind_of_text(said)
    if word is not Kind.TEXT:
        return Reading(word, is_carriers=_joined(said) in _CARRIERS_WORDS)
    pauses = wants_to_stop(said) or _stops_in_a_clause(said)
    if tells_of_death(said):
        return Reading(Kind.DEATH, pauses)
    if asks_for_help(said):
        return Reading(Kind.URGENT, pauses)
    if is_polite_stop(said):
        return Reading(Kind.STOP)
    return Reading(Kind.REVIEW, pauses) if pauses else Reading(Kind.TEXT)


def is_polite_stop(body: str) -> bool:
    """Whether nothing but politeness stands around a STOP word: "please stop", "alto por favor"."""
    clauses = _clauses(body)
    return bool(clauses) and all(_is_stop(clause) for clause in clauses)


def kind_of_text(body: str) -> Kind:
    """STOP, START or HELP when that is the whole text, in any case and spelling of spaces; else TEXT."""
    word = _joined(body)
    if word in STOP_WORDS:
        return Kind.STOP
    if word in START_WORDS:
        return Kind.START
    if word in HELP_WORDS:
        return Kind.HELP
    return Kind.TEXT


def wants_to_stop(body: str) -> bool:
    """Whether a sentence asks for no more texts without being a keyword."""
    sentence = plain_words(body)
    return any(pattern.search(sentence) for pattern in _STOP_SENTENCES)


def _joined(body: str) -> str:
    return plain_words(body).replace(" ", "")


def _stops_in_a_clause(body: str) -> bool:
    """ "Please stop, we are home again": one of several clauses is a STOP by itself."""
    return any(_is_stop(clause) and _WEAK.isdisjoint({"".join(clause)}) for clause in _clauses(body))


def _clauses(body: str) -> list[list[str]]:
    """The words between full stops and commas, without politeness; clauses of nothing else are left out."""
    clauses = [_words(clause) for clause in _CLAUSE_ENDS.split(body)]
    return [clause for clause in clauses if clause]


def _words(clause: str) -> list[str]:
    words = (
        word if word in STOP_WORDS else _POLITE_SIGNS.sub("", word) for word in plain_words(clause).split()
    )
    return [word for word in words if word and word not in _POLITE]


def _is_stop(clause: list[str]) -> bool:
    return "".join(clause) in STOP_WORDS
