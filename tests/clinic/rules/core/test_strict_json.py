import pytest

from clinic.rules.core.strict_json import NotJson, NotStrict, parse


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": -Infinity}', "not_a_number"),
        (b'{"a": 1e999}', "not_a_number"),
        (b'{"a": 1, "a": 2}', "doubled_key"),
        (b'{"a": {"b": 1, "b": 1}}', "doubled_key"),
        (b"[" * 14 + b"]" * 14, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a": "\\u0000"}', "unstorable"),
        (b'{"\\u0000": 1}', "unstorable"),
        (b'["\\ud800"]', "unstorable"),
    ],
)
def test_what_json_leaves_open_is_refused(body, reason):
    with pytest.raises(NotStrict) as refused:
        parse(body)

    assert refused.value.reason == reason


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"{} {}", b"\xef\xbb\xbf{}", b"9" * 5000])
def test_what_is_no_json_is_told_apart(body):
    with pytest.raises(NotJson):
        parse(body)


def test_a_nul_passes_to_somebody_who_takes_it_out():
    assert parse(b'["x\\u0000"]', with_nul=True) == ["x\x00"]
    with pytest.raises(NotStrict):
        parse(b'["\\ud800"]', with_nul=True)


def test_ordinary_json_is_read():
    assert parse(b'{"a": [1, 2.5, "\xc3\xa9", null, true]}') == {"a": [1, 2.5, "é", None, True]}
