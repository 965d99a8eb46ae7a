"""Every template can be read, and every text in it is marked for translation."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = {
    str(path.relative_to(folder)): path
    for app in ("caregiver", "clinic", "config", "notifications")
    for folder in (settings.BASE_DIR / app).rglob("templates")
    for path in sorted(Path(folder).rglob("*"))
    if path.suffix in {".html", ".txt"}
}
# What is marked, what is filled in, and what is no text: comments, names of classes, attributes.
NO_PLAIN_TEXT = re.compile(
    r"{% (comment|blocktranslate)\b.*?{% end\1 %}|{#.*?#}"
    r"|{% block (?:\w+_class|html_attributes) %}.*?{% endblock %}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
# What a script fills in, and attributes in a file of their own.
BLANK = re.compile(r"\{\w+\}|data-[\w-]+=\"[^\"]*\"")
NOT_READ = "script, style, code, pre, kbd"
READ_ALOUD = ("title", "aria-label", "placeholder", "alt")
# The same in every language.
NAMES = re.compile(r"\b([ms]-)?EASIX\b|\bAPI\b|\bUTC\b|&nbsp;")


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_template_can_be_read(name: str) -> None:
    """A filter that is not loaded fails only on the page that needs it."""
    assert get_template(name)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_text_of_a_template_is_marked(name: str) -> None:
    """Else it stands in English for every reader, and no catalog misses it."""
    soup = BeautifulSoup(NO_PLAIN_TEXT.sub("", TEMPLATES[name].read_text()), "html.parser")
    for one in soup.select(NOT_READ):
        one.decompose()
    texts = [text for text in soup.find_all(string=True) if type(text) is NavigableString]
    texts += [one[name] for name in READ_ALOUD for one in soup.select(f"[{name}]")]

    assert [text for text in texts if re.search("[a-z]{2}", NAMES.sub("", BLANK.sub("", text)), re.I)] == []
