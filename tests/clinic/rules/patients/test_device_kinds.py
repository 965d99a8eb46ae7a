"""As much of a browser's own words as tells phones apart."""

import pytest

from clinic.rules.patients.device_kinds import kind_of, shown_kind


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", "Chrome|Android"),
        (
            "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130 Safari/537",
            "Samsung Internet|Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari|iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) CriOS/140 Safari/604.1", "Chrome|iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140.0", "Edge|Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140 Safari/537.36", "Chrome|Chromebook"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Gecko/20100101 Firefox/143.0", "Firefox|Mac"),
        ("curl/8", "|"),
        ("", "|"),
    ],
)
def test_browser_and_system(agent, kind):
    assert kind_of(agent) == kind


@pytest.mark.parametrize(
    ("kind", "shown"), [("Chrome|Android", "Chrome · Android"), ("|Mac", "Mac"), ("|", ""), ("", "")]
)
def test_kind_reads_alike_in_every_language(kind, shown):
    assert shown_kind(kind) == shown
