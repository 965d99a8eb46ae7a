"""Passwords that are little more than everyday words of this product and of clinics are refused."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.models import Clinic

# Beside Django's list of twenty thousand common passwords: what people here would take.
WORDS = frozenset(Path(__file__).with_name("everyday_words.txt").read_text(encoding="utf-8").split())
LETTERS_LEFT = 6
_LOOKALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})


class EverydayWordsValidator:
    """What is left after these words, digits and signs must still be long enough to be a secret."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = password.casefold()
        words = _words()
        if min(_left(plain, words), _left(plain.translate(_LOOKALIKES), words)) < LETTERS_LEFT:
            raise ValidationError(
                _("This password is made of words that anybody here would try. Use others, at least four."),
                code="password_of_everyday_words",
            )

    def get_help_text(self) -> str:
        return _("Do not build it from the names of the product, the clinic, months or days.")


def _words() -> list[str]:
    """The longest first, so that “kinwatch” goes before “kin”."""
    names = [settings.PRODUCT_NAME, *Clinic.objects.values_list("name", flat=True)]
    own = {part for name in names for part in re.findall(r"[^\W\d_]{3,}", name.casefold())}
    return sorted(WORDS | own, key=len, reverse=True)


def _left(text: str, words: list[str]) -> int:
    for word in words:
        text = text.replace(word, " ")
    return len(re.sub(r"[\W\d_]", "", text))
