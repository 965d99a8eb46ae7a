"""What a member of staff texts back to a page, as people type it: "1", "ok 4821", "taking it", a thumb.

A page is taken only by words that mean it. A text that asks, counts minutes, says no or says what is not
understood takes nothing, because a page that was taken by mistake stops ringing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from notifications.rules.text import ascii_digits, plain_words

CODE_DIGITS = 4
TAKE_DIGIT, PASS_ON_DIGIT = "1", "2"
ALL = "all"


class Act(StrEnum):
    """What the person wants to be done with a page."""

    TAKE = "take"
    PASS_ON = "pass_on"  # noqa: S105


@dataclass(frozen=True)
class Reply:
    """An answer to the pages with these codes, to all of them, or, without either, to the one that waits.

    `is_plain`: it names a digit or a code, so it can only be about a page. A mere "ok" may be an answer to
    whatever came last.
    """

    act: Act
    codes: tuple[str, ...] = ()
    everything: bool = False
    is_plain: bool = False


# As `plain` leaves them: lower case, without accents and apostrophes.
_YES_WORDS = """
    ok okay okey okee k kk yes yep yeah yup ya y yea sure copy roger ack acknowledge acknowledged
    acknowledging accept accepted accepting got gotcha mine received understood mio mia si sip vale dale
    listo lista claro entendido recibido acepto aceptado voy tengo encargo acuerdo okis
    好 好的 是 是的 行 可以 收到 明白 知道了 我来 我来处理 我接 接了 我处理 我有 在处理
    نعم حسنا تمام موافق اوكي اوك استلمت استلمتها
    vang đuoc đong y nhan
"""
_YES = frozenset(_YES_WORDS.split())
# They take, or name what somebody cannot do.
_TAKING_WORDS = """
    take taking have handle handling answering tomo tomarlo tomarla tomar atiendo atenderlo atenderla
    cojo اخذها استلم استلمها
"""
_TAKING = frozenset(_TAKING_WORDS.split())
_NO_WORDS = """
    no nope cant cannot pass unable busy paso ocupado ocupada
    不 不行 不能 不可以 没空 不接
    لا مشغول مشغولة
    khong
"""
_NO = frozenset(_NO_WORDS.split())
# Or that another has it.
_NEGATIONS_WORDS = """
    not dont wont didnt havent isnt never nobody none without neither wrong stop has took taken takes
    else someone somebody another colleague already ni nunca nadie tampoco sin otro otra alguien لن لم
    ليس مش مو chua
"""
_NEGATIONS = _NO | frozenset(_NEGATIONS_WORDS.split())
_EVERYTHING_WORDS = """
    all both everything todos todas todo ambos ambas 全部 都 الكل كلها جميعها
"""
_EVERYTHING = frozenset(_EVERYTHING_WORDS.split())
# Chinese joins its words, so a no is sought inside them.
_NO_SIGNS = frozenset("不没沒无無别")
# They say nothing by themselves.
_FILLING_WORDS = """
    a an the this that it its one i ill im ive am will would can may let me my to for of on and with
    please pls plz thanks thank thx ty hi hello hey sorry now right away asap way omw coming calling
    call them him her back looking into at going in soon yo lo la el de me ahora mismo ya por favor
    gracias hola en camino puedo con perdon disculpe 我 了 吧 谢谢 请 来 انا شكرا من فضلك لو سمحت سا toi xin
    cam on minh cho
"""
_FILLING = frozenset(_FILLING_WORDS.split())
# "No problem" is not a no.
_NO_MATTER = re.compile(
    r"\b(no (problem|problems|prob|probs|worries|hay problema)|sin problemas?|khong sao|لا مشكلة)\b|没问题"
)
_PHRASES = re.compile(r"\b(on it|will do)\b")
_SIGNS = {
    "ok": "👍👌✅☑✔🆗🫡🙋",
    "no": "👎❌🚫⛔✖🙅",
}
_SIGN_WORDS = {ord(sign): f". {word} . " for word, signs in _SIGNS.items() for sign in signs}
_MEANING = _YES | _TAKING | _EVERYTHING | {TAKE_DIGIT}
# "Not me", "not now", "can not".
_ME = frozenset({"me", "now", "can"})
# Behind a number they count: "1 min" is a promise of a minute, not a page taken.
_UNITS_WORDS = """
    m min mins minute minutes sec secs second seconds moment h hr hrs hour hours day days more am pm st
    x minuto minutos segundo segundos momento hora horas mas dia 分 分钟 秒 小时 دقيقة ثانية ساعة phut giay
    gio
"""
_UNITS = frozenset(_UNITS_WORDS.split())
_ASKS = frozenset("?؟？")
_CLAUSE_ENDS = re.compile(r"[.,;:!\n()\u2013\u2014，。！；：،؛]+|\s-+\s")
_NUMBERS_APART = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")
_CODE = re.compile(rf"\d{{{CODE_DIGITS}}}")
_DIGIT_AND_CODE = re.compile(rf"(?<!\d)([{TAKE_DIGIT}{PASS_ON_DIGIT}])(\d{{{CODE_DIGITS}}})(?!\d)")


def parse(body: str) -> Reply | None:
    """What a text says; None where it is no answer to a page, or not clearly one."""
    if not _ASKS.isdisjoint(body):
        return None
    clauses = _clauses(body)
    words = [word for clause in clauses for word in clause]
    if not words or _counts(words):
        return None
    act = _act(clauses, words)
    if act is None:
        return None
    codes = tuple(dict.fromkeys(word for word in words if _is_code(word)))
    everything = (
        not codes and not _EVERYTHING.isdisjoint(words) and _is_known(words, _MEANING | {PASS_ON_DIGIT})
    )
    return Reply(act, codes, everything, bool(codes) or everything or words[0] in (TAKE_DIGIT, PASS_ON_DIGIT))


def _clauses(body: str) -> list[list[str]]:
    """The words between full stops and commas; clauses that say nothing are left out."""
    clauses = [_words(clause) for clause in _CLAUSE_ENDS.split(ascii_digits(body).translate(_SIGN_WORDS))]
    return [clause for clause in clauses if not _FILLING.issuperset(clause)]


def _words(clause: str) -> list[str]:
    words = _NO_MATTER.sub(" ", plain_words(_DIGIT_AND_CODE.sub(r"\1 \2", clause)))
    return _NUMBERS_APART.sub(" ", _PHRASES.sub("ok", words)).split()


def _counts(words: list[str]) -> bool:
    """Whether a number stands there that is neither a digit of ours nor a code, or that counts something."""
    others = {word for word in words if word.isdecimal() and not _is_code(word)}
    followed = zip(words, [*words[1:], ""], strict=True)
    return len(others) > 1 or any(
        word in others and (word not in (TAKE_DIGIT, PASS_ON_DIGIT) or following in _UNITS)
        for word, following in followed
    )


def _act(clauses: list[list[str]], words: list[str]) -> Act | None:
    if PASS_ON_DIGIT in words or any(_denies(word) for word in words):
        return Act.PASS_ON if _passes_on(clauses, words) else None
    if words[0] == TAKE_DIGIT:
        return Act.TAKE
    # What follows the first clause may say anything: "ok, on my way", "Got it. Ringing the wife".
    known = _is_known(clauses[0], _MEANING) and not _asks_a_colleague(words)
    return Act.TAKE if known else None


def _denies(word: str) -> bool:
    return word in _NEGATIONS or not _NO_SIGNS.isdisjoint(word)


def _passes_on(clauses: list[list[str]], words: list[str]) -> bool:
    """A no that nothing contradicts: "no, I have it" is neither."""
    if TAKE_DIGIT in words or not _YES.isdisjoint(words):
        return False
    if words[0] == PASS_ON_DIGIT:
        return True
    first, rest = clauses[0], [word for clause in clauses[1:] for word in clause]
    says_no = (
        not _NO.isdisjoint(first) or PASS_ON_DIGIT in first or ("not" in first and not _ME.isdisjoint(first))
    )
    known = _is_known(first, _NO | _TAKING | _EVERYTHING | {PASS_ON_DIGIT, "not"})
    return says_no and known and _TAKING.isdisjoint(rest)


def _is_known(words: list[str], meaning: frozenset[str]) -> bool:
    return all(word in meaning or word in _FILLING or _is_code(word) for word in words)


def _is_code(word: str) -> bool:
    return _CODE.fullmatch(word) is not None


def _asks_a_colleague(words: list[str]) -> bool:
    """ "Please take it" is what somebody writes who cannot."""
    polite = not {"please", "pls", "plz"}.isdisjoint(words)
    return polite and "take" in words and {"i", "ill", "im", "will", TAKE_DIGIT}.isdisjoint(words)
