"""Every text that families are sent, in every language: short, and no word about health."""

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from notifications.rules.text import health_words, segments

LINK = "https://care.kinwatch.example"
FILLED = {"brand": "Harbor Clinic", "code": "739315", "phone": "(312) 555-0100"}
# Each text with the longest address that it carries, and how many texts it may cost.
TEXTS = [
    ("%(brand)s: time for the check-in. %(url)s Reply STOP to end these texts.", LINK, 2),
    (
        "%(brand)s: a check-in is still open. Can you do it, or call who can? %(url)s "
        "Reply STOP to end these texts.",
        LINK,
        2,
    ),
    (
        "%(brand)s: who is awake tonight? Please say so here: %(url)s Reply STOP to end these texts.",
        f"{LINK}/",
        2,
    ),
    (
        "%(brand)s: somebody in your family asks for help tonight. Please look: %(url)s "
        "Reply STOP to end these texts.",
        f"{LINK}/",
        2,
    ),
    (
        "%(brand)s: this is a test. You need to do nothing. %(url)s Reply STOP to end these texts.",
        f"{LINK}/",
        2,
    ),
    (
        "%(brand)s: you are invited to help with check-ins. Open this link: %(url)s",
        f"{LINK}/join/{'x' * 32}/",
        2,
    ),
    ("%(brand)s: somebody here has what you sent. Still do what the page told you. %(url)s", f"{LINK}/", 2),
    ("%(brand)s: we called and nobody answered. Please call %(phone)s. %(url)s", f"{LINK}/", 2),
    (
        "%(brand)s: we are done with what you sent. If anything changes, tell us at once: %(url)s",
        f"{LINK}/",
        2,
    ),
    ("Your code is %(code)s. It works for 10 minutes. Do not share it.", "", 1),
    ("Nobody reads texts to this number. Open the app, or call your clinic or 911.", "", 2),
]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize(
    ("text", "url", "parts"),
    TEXTS,
    ids=[
        "reminder",
        "backup",
        "tonight",
        "family help",
        "practice",
        "invite",
        "taken",
        "unreached",
        "closed",
        "code",
        "answer",
    ],
)
def test_text_is_short_and_tells_nothing(language: str, text: str, url: str, parts: int) -> None:
    with translation.override(language):
        body = gettext(text) % {**FILLED, "url": url}

    assert language == "en" or body != text % {**FILLED, "url": url}
    assert (health_words(body), segments(body).count <= parts) == ([], True)
