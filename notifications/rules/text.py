"""What a text costs, and the words that no text may hold."""

import re
import unicodedata
from dataclasses import dataclass

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")

# A text that has to be cut loses room to the header that joins the parts.
_ROOM = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

# Beginnings of words, so that every ending is caught; English and Spanish, without accents. Signals, not
# grammar: the test over every template decides, and a brand name that trips it is one to change.
_STEMS = """
    allerg alerg antibiot biops bleed bruis cancer cardi chemo chills confus convuls cough dexamet
    diagnos diarr dizz enferm escalofr fever fiebre hematol hemorr hospit icans immun infec inmun
    insomn leucem leuk linfom lymphom malignan medic mielom myelom nause neuro oncol pacient patient
    quimio sangr seizur sepsis sintom steroid symptom temblor temperat terapi therap tocilizumab
    toxic transplan trasplan tratamient treatment tremor tumor vomit
"""
_WORDS = "blood cell cells celulas crs dolor drug drugs fatigue ill illness pain sick tos"
# Chinese writes no spaces, and Arabic joins "the", "and" and "for" to a word, so these count anywhere in a
# text. Arabic as `plain_words` leaves it: the marks above and below its letters are gone.
_FRAGMENTS = """
    癌 肿瘤 白血病 淋巴瘤 骨髓 病 患者 治疗 化疗 药 烧 体温 血 疼 痛 感染 细胞 症状 吐 医院 诊断 咳 头晕 抽搐
    发冷
    سرطان مريض مرضى علاج دواء ادوية الدم نزيف حمى حرارة صداع قشعريرة تشنج القيء غثيان اسهال خلايا مستشفى
    طبيب اعراض عدوى تشخيص لوكيميا سعال تشوش اورام مناعة كيمياي
"""
# Without its marks a Vietnamese word is another one, so these are sought as they are written.
_VIETNAMESE = """
    sốt đau máu bệnh thuốc nôn ói ho ung_thư nhiễm_trùng co_giật chóng_mặt tiêu_chảy tế_bào điều_trị trị_liệu
    triệu_chứng ớn_lạnh lú_lẫn khối_u bạch_cầu nhiệt_độ xét_nghiệm
"""
_TELLING_STEMS = tuple(_STEMS.split())
_TELLING_WORDS = frozenset(_WORDS.split())
_TELLING_FRAGMENTS = tuple(_FRAGMENTS.split())
_TELLING_MARKED = re.compile(rf"\b({'|'.join(_VIETNAMESE.split()).replace('_', ' ')})\b")


@dataclass(frozen=True)
class Segments:
    """How a text travels: its alphabet, its length in that alphabet's units, the texts it is charged as."""

    alphabet: str
    units: int
    count: int


def plain_words(text: str) -> str:
    """Lower case, without accents, apostrophes or punctuation, single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in letters if not unicodedata.combining(c) and c not in "'’`´")
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def ascii_digits(text: str) -> str:
    """The text with every decimal digit as 0 to 9: full-width and Arabic keyboards write others."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def segments(text: str) -> Segments:
    """Count what a text costs. One letter outside GSM-7 more than halves the room of the whole text."""
    if all(c in _GSM_BASIC or c in _GSM_EXTENDED for c in text):
        alphabet, sizes = "GSM-7", [2 if c in _GSM_EXTENDED else 1 for c in text]
    else:
        alphabet, sizes = "UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text]
    alone, joined = _ROOM[alphabet]
    units = sum(sizes)
    return Segments(alphabet, units, 1 if units <= alone else _parts(sizes, joined))


def health_words(text: str) -> list[str]:
    """The words of a text that would tell a stranger about somebody's health; empty when it may be sent."""
    bare = plain_words(text)
    found = [word for word in bare.split() if _is_telling(word)]
    found += [fragment for fragment in _TELLING_FRAGMENTS if fragment in bare]
    found += _TELLING_MARKED.findall(unicodedata.normalize("NFC", text).casefold())
    if re.search(r"\bcar t\b", bare):
        found.append("car t")
    return found


def code_in(text: str) -> str:
    """The six-digit code of a text, or nothing."""
    match = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    return match.group() if match else ""


def _is_telling(word: str) -> bool:
    return word in _TELLING_WORDS or word.startswith(_TELLING_STEMS)


def _parts(sizes: list[int], room: int) -> int:
    """A letter of two units is never cut in half, so a part may end one unit early."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count
