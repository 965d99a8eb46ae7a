"""What a text to us asks for: STOP, START, HELP in our languages, a sentence that wants no more, a person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from notifications.rules.cries import asks_for_help, tells_of_death
from notifications.rules.reactions import their_own_words
from notifications.rules.stop_sentences import wants_to_stop
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
    nomasmensajes nomastextos
    停止 停 停下 停发 停用 退订 退訂 取消 取消订阅 停止发送 停止發送 停止发短信 停止发送短信 停止短信 停止提醒
    不要再发 不要再发了 不要再发短信 不要再发短信了 别再发 别再发了 别再发短信 别再发短信了 别发了 不要发了
    توقف توقفوا قف اوقف اوقفوا ايقاف الغاء الغاالاشتراك الغاءالاشتراك كفى
    اوقفالرسايل اوقفواالرسايل ايقافالرسايل
    dung dunglai ngung ngunglai huy huybo thoi dunggui ngunggui ngungguitinnhan huyđangky huydangky
"""
STOP_WORDS = _CARRIERS_WORDS | frozenset(_OTHER_STOP_WORDS.split())
_START_WORDS = """
    start unstop yes resume startagain starttexts startreminders
    si empezar comenzar iniciar reanudar
    开始 開始 重新开始 恢复 恢復
    ابدا ابداوا
    batđau batdau batđaulai batdaulai
"""
START_WORDS = frozenset(_START_WORDS.split())
HELP_WORDS = frozenset({"help", "info", "ayuda", "帮助", "مساعدة", "المساعدة", "trogiup", "giupđo"})
# They make a word polite and mean nothing else.
_POLITE_WORDS = """
    please pls plz kindly just now and thanks thank you thx ok okay hi hello hey sorry
    this these it all sir madam
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
    if is_polite(said, STOP_WORDS):
        return Reading(Kind.STOP)
    if is_polite(said, START_WORDS):
        return Reading(Kind.START)
    return Reading(Kind.REVIEW, pauses) if pauses else Reading(Kind.TEXT)


def is_polite(body: str, words: frozenset[str]) -> bool:
    """Whether nothing but politeness stands around such words: "please stop", "yes, por favor"."""
    clauses = _clauses(body)
    return bool(clauses) and all(_is_of(words, clause) for clause in clauses)


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


def _joined(body: str) -> str:
    return plain_words(body).replace(" ", "")


def _stops_in_a_clause(body: str) -> bool:
    """ "Please stop, we are home again": one of several clauses is a STOP by itself."""
    return any(
        _is_of(STOP_WORDS, clause) and _WEAK.isdisjoint({"".join(clause)}) for clause in _clauses(body)
    )


def _clauses(body: str) -> list[list[str]]:
    """The words between full stops and commas, without politeness; clauses of nothing else are left out."""
    clauses = [_words(clause) for clause in _CLAUSE_ENDS.split(body)]
    return [clause for clause in clauses if clause]


def _words(clause: str) -> list[str]:
    words = (
        word if word in STOP_WORDS else _POLITE_SIGNS.sub("", word) for word in plain_words(clause).split()
    )
    return [word for word in words if word and word not in _POLITE]


def _is_of(words: frozenset[str], clause: list[str]) -> bool:
    """Such a word, in one piece or not, or nothing but such words: "stop stop stop"."""
    return "".join(clause) in words or words.issuperset(clause)
