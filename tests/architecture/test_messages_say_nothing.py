"""Every wording that leaves, in every language: no health word, no name, no link that carries data."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from notifications.rules.text import health_words, segments

ROOT = Path(__file__).parents[2]
# What a wording may be filled with. A link carries a random token or an id, never what it is about.
# `text` is filled with another wording of this list (clinic/services/core/staff_texts.py).
# `browser` is a name of a closed list (clinic/rules/patients/device_kinds.py).
_WORDS = "text brand url code host phone ref n take pass_on digit when layer until role browser"
MAY_HOLD = set(_WORDS.split())
SENDERS = (
    "outbox.queue(",
    "staff_texts.text_person(",
    "staff_texts.text_leads(",
    "staff_texts.page_leads(",
)
MARKERS = {"_", "gettext", "ngettext", "pgettext"}


def wordings() -> Iterator[tuple[str, str]]:
    """Texts of the modules that queue messages or answer a person in one, and every text with our brand."""
    for app in ("notifications", "clinic", "caregiver"):
        for path in sorted((ROOT / app).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            sends = any(sender in source for sender in SENDERS) or path.name in {"calls.py", "inbound.py"}
            # Reading a thousand modules takes a second of every run's collection.
            if not sends and "brand" not in source:
                continue
            for text in _marked(ast.parse(source)):
                if sends or "%(brand)s" in text:
                    yield str(path.relative_to(ROOT)), text


def _marked(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKERS:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


WORDINGS = sorted(set(wordings()))


def test_wordings_are_found() -> None:
    modules = {module for module, _ in WORDINGS}

    assert len(WORDINGS) >= 8
    assert {
        "clinic/services/checkins/reminders.py",
        "clinic/services/patients/invitations.py",
        "caregiver/services/account/codes.py",
        "clinic/services/patients/number_changes.py",
        "notifications/services/calls.py",
        "notifications/services/inbound.py",
    } <= modules


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize(("module", "text"), WORDINGS, ids=[text[:40] for _, text in WORDINGS])
def test_wording_tells_a_stranger_nothing(module: str, text: str, language: str) -> None:
    with translation.override(language):
        said = gettext(text)

    assert health_words(said) == []
    assert set(re.findall(r"%\((\w+)\)", said)) <= MAY_HOLD
    assert "?" not in said.partition("://")[2], "an address with a query carries data"
    assert segments(said).count <= 2
