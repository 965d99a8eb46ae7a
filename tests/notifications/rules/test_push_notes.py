import pytest

from notifications.rules.push_notes import Note, may_push_to, note

HOSTS = ["push.services.mozilla.com", "fcm.googleapis.com"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Kin: open it. https://k.org/a", Note("Kin", "open it.", "https://k.org/a")),
        ("Open it.", Note("", "Open it.", "https://k.org/")),
        ("https://k.org/a https://k.org/b", Note("", "", "https://k.org/b")),
        ("", Note("", "", "https://k.org/")),
    ],
)
def test_note_of_a_text(body: str, expected: Note) -> None:
    assert note(body, home="https://k.org/") == expected


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://fcm.googleapis.com:443/fcm/send/x", True),
        ("http://fcm.googleapis.com/fcm/send/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com@evil.test/x", False),
        ("https://evilfcm.googleapis.com.test/x", False),
        ("https://notfcm.googleapis.com/x", False),
        ("https://[::1/x", False),
        ("https://evil.test\\@fcm.googleapis.com/x", False),
        ("https://evil.test#@fcm.googleapis.com/x", False),
        ("https://evil.test/@fcm.googleapis.com", False),
        ("https://fcm.googleapis.com./x", False),
        ("https://-.fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com", False),
        ("https://fcm.googleapis.com/x\n", False),
        ("https://fcm.googleapis.com/x y", False),
        ("https://fcm.googleapis.com:443@evil.test/x", False),
        ("https://fcm\u3002googleapis.com/x", False),
        ("HTTPS://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com/" + "x" * 1001, False),
        ("https://fcm.googleapis.com:port/x", False),
        ("http://127.0.0.1:9/x", False),
        ("", False),
    ],
)
def test_only_makers_of_browsers_are_pushed_to(endpoint: str, allowed: bool) -> None:
    assert may_push_to(endpoint, hosts=HOSTS) is allowed


def test_peer_of_a_test_is_the_whole_address() -> None:
    assert may_push_to("http://127.0.0.1:9/x", hosts=[], peer="http://127.0.0.1:9") is True
    assert may_push_to("http://127.0.0.1:99/x", hosts=[], peer="http://127.0.0.1:9") is False
