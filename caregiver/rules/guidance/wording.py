"""What a page for families must never say.

Clinical-safety conventions: no reassurance, no dose, no waiting when help is due, no promise of survival,
and no telephone number in the text (numbers come from the clinic's settings, so that none goes stale).
"""

from __future__ import annotations

import re

_FORBIDDEN = {
    "en": (
        r"\b(?:all|is|are|be|feels?) (?:fine|ok|okay|all right)\b|\ball good\b",
        r"\bsafe(?:ly|ty|r)?\b",
        r"\bnormal(?:ly)?\b",
        r"\bnothing to worry\b|\b(?:do not|don['’]t|no need to) worry\b|\bharmless\b",
        r"\bno action\b|\bnothing to do\b|\bno need to (?:call|act)\b",
        r"\bwait and see\b|(?<!not )\bwait until (?:morning|tomorrow)\b",
        r"\bwill (?:survive|live|be cured)\b|\bcures?\b|\bsurviv",
        r"\bgrade [0-9]\b",
    ),
    "es": (
        r"\btodo (?:va |está |esta )?bien\b|(?<!no )\bestá bien\b|\bno pasa nada\b",
        r"\bsegur(?:o|a|os|as|idad|amente)\b|\ba salvo\b",
        r"\bnormal(?:es|mente|idad)?\b",
        r"\bno se preocupe\b|\bno hay (?:de )?qué preocuparse\b|\btranquil[oa]s?\b|\binofensiv",
        r"\bninguna acción\b|\bno (?:hace falta|hay que|es necesario) (?:llamar|hacer nada)\b",
        r"(?<!no )\besper(?:e|ar) (?:a ver|y vea|hasta mañana)\b",
        r"\bsobreviv|\b(?:vivirá|se cura(?:rá)?|va a (?:curarse|vivir))\b",
        r"\bgrado [0-9]\b",
    ),
}
_DOSE = r"\b\d+(?:[.,]\d+)?\s*(?:mg|mcg|g|ml|cc|tablets?|pills?|tabletas?|pastillas?|comprimidos?)\b"
_TELEPHONE = r"\b(?:911|112|999|988|811)\b|\+\d{6,}|\b\d{3}[-. ]\d{3,4}(?:[-. ]\d{4})?\b"


def forbidden(text: str, language: str) -> list[str]:
    """Each phrase of the text that must not stand there, as it is written."""
    patterns = (*_FORBIDDEN[language], _DOSE, _TELEPHONE)
    return [found.group(0) for one in patterns for found in re.finditer(one, text, re.IGNORECASE)]
