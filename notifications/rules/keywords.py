"""What a text to us asks for: STOP, START, HELP in English and Spanish, or a sentence that wants no more."""

import re
from enum import StrEnum

from notifications.rules.text import plain_words


class Kind(StrEnum):
    """What an incoming text is."""

    STOP = "stop"
    # A sentence that seems to ask for it: texts pause until a person has asked back.
    REVIEW = "review"
    START = "start"
    HELP = "help"
    TEXT = "text"


# Words that revoke consent by themselves (47 CFR 64.1200(a)(10)), the carriers' words, and Spanish.
STOP_WORDS = frozenset(
    {
        "stop",
        "stopall",
        "quit",
        "end",
        "revoke",
        "optout",
        "cancel",
        "unsubscribe",
        "parar",
        "alto",
        "cancelar",
        "basta",
        "detener",
        "nomas",
    }
)
START_WORDS = frozenset({"start", "unstop", "yes", "si", "empezar", "comenzar", "iniciar"})
HELP_WORDS = frozenset({"help", "info", "ayuda"})

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


def kind_of_text(body: str) -> Kind:
    """STOP, START or HELP when that is the whole text, in any case and spelling of spaces; else TEXT."""
    word = plain_words(body).replace(" ", "")
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
