import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules.text import Segments, code_in, health_words, plain_words, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("é" * 160, Segments("GSM-7", 160, 1)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("á" * 70, Segments("UCS-2", 70, 1)),
        ("á" * 71, Segments("UCS-2", 71, 2)),
        ("ó" * 134, Segments("UCS-2", 134, 2)),
        ("ó" * 135, Segments("UCS-2", 135, 3)),
        ("👍" * 35, Segments("UCS-2", 70, 1)),
        # 33 pairs leave one unit of 67 free: a pair is never cut.
        ("👍" * 67, Segments("UCS-2", 134, 3)),
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3)),
    ],
    ids=lambda value: f"{value[:3]}{len(value)}" if isinstance(value, str) else None,
)
def test_segments_as_carriers_count_them(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@given(st.text(max_size=400))
def test_more_text_never_costs_less(text: str) -> None:
    assert segments(text + "a").count >= segments(text).count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kinwatch: time for today's check-in. Reply STOP to opt out.", []),
        ("Kinwatch: es hora del control de hoy. https://kin.example.org/", []),
        ("Someone needs you. Open the console.", []),
        ("Nobody reads texts to this number. Open the app, or call your clinic or 911.", []),
        ("He has a FEVER", ["fever"]),
        ("Tiene fiebre y síntomas", ["fiebre", "sintomas"]),
        ("after CAR-T therapy", ["therapy", "car t"]),
        ("Oncology Center", ["oncology"]),
        ("chill out", []),
        ("该测体温了", ["体温"]),
        ("مريضكم لديه حُمّى وأعراض", ["مريض", "حمى", "اعراض"]),
        ("Người bệnh bị sốt, cần ĐIỀU TRỊ", ["bệnh", "sốt", "điều trị"]),
        ("Thuộc về mẫu này, hồ sơ", []),
    ],
)
def test_health_words_are_found(text: str, found: list[str]) -> None:
    assert health_words(text) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your code is 123456.", "123456"),
        ("@kin.example.org #004211", "004211"),
        ("1234567", ""),
        ("none", ""),
    ],
)
def test_code_is_six_digits_alone(text: str, code: str) -> None:
    assert code_in(text) == code


def test_plain_drops_accents_case_and_marks() -> None:
    assert plain_words("  ¡Don’t  STOP, Álvaro! ") == "dont stop alvaro"
