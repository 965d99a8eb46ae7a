"""Whole staff pages for a reader of Spanish: no text of ours stands there in English."""

import re

import pytest

from tests.architecture.addresses import addresses
from tests.architecture.conftest import client_of
from tests.architecture.test_access import path_of
from tests.one_language import english_of, seen

pytestmark = pytest.mark.django_db
# What the API says of itself is for programmers, in English.
PAGES = [one for one in addresses() if not (one.is_admin or one.is_editor or one.name == "api_docs")]
# Hardly an English sentence is without one of these, and no Spanish one has any: a text that nobody marked.
ENGLISH = re.compile(
    r"\b(the|and|with|this|that|are|was|not|from|your|you|for|been|will|who|what|when|is)\b", re.IGNORECASE
)
# What the key is called on a Spanish keyboard too.
KEYS = {"Enter"}


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("nurse", "console_worklist"),
        ("physician", "console_risk"),
        ("administrator", "console_audit"),
        ("educator", "account_home"),
    ],
)
def test_staff_pages_speak_spanish(who, page, world, people):
    people[who].language = "es"
    people[who].save()
    client = client_of(people[who])
    read: dict[str, list[str]] = {}
    for address in PAGES:
        response = client.get(path_of(address, world), headers={"accept-language": "es"})
        if not response.streaming and b"</html>" in response.content:
            read[address.name] = [*seen(response.content, "es")]

    left = {
        (name, text)
        for name, texts in read.items()
        for text in texts
        if (text in english_of("es") and text not in KEYS) or ENGLISH.search(text)
    }

    assert page in read
    assert left == set()
