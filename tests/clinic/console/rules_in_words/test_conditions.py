import pytest
from django.utils import translation

from clinic.console.rules_in_words.conditions import condition_pieces
from clinic.console.rules_in_words.names import Names
from clinic.console.rules_in_words.pieces import Slot, read
from clinic.protocols import default_document

NAMES = Names(default_document("car-t"))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("temp >= 38.0", "Temperature 38.0\u00a0°C or more"),
        ("sbp < 90 or spo2 <= 91", "Blood pressure, top number below 90\u00a0mmHg or Oxygen 91% or less"),
        ("chills >= 2", "Chills: “Shivering” or worse"),
        # The worst answer has no worse one.
        ("headache >= 3", "Headache: “Very bad, or the neck is stiff”"),
        ("early and steroid_48h", "up to day 30 and “Steroid in 48 hours” answered yes"),
        ("not early", "after day 30"),
        ("not day > 100", "up to day 100"),
        ("not immune_risk", "not: the clinic has noted an immune risk"),
        ("temp is missing", "Temperature not measured"),
        ("target is BCMA", "target is “BCMA”"),
        ("baseline.sbp - sbp >= 30", "Blood pressure, top number is 30 or more below the usual value"),
        ("baseline.sbp < 105", "usual Blood pressure, top number below 105\u00a0mmHg"),
        ("home_check < baseline.home_check", "10-point check is below the usual value"),
        ("pain <= baseline.pain", "Pain is no worse than usual"),
        ("red_flags >= 1", "Danger signs: 1 or more checked"),
        # A definition of several statements is said by its name; it stands among the definitions in full.
        ("unwell", "“unwell”"),
        (
            "fever and (heart >= 3 or pain = 3)",
            "Temperature 38.0\u00a0°C or more and (Heart: “Chest pain or pressure now” or Pain: “Very bad”)",
        ),
        (
            "at least 2 of (chills >= 3, pain = 3)",
            "at least 2 of these: Chills: “Hard shaking that they cannot stop”; Pain: “Very bad”",
        ),
        # What nobody can read yet stands there as it was typed.
        ("temp >= ", "temp >= "),
        ("nonsense and fever", "nonsense and fever"),
    ],
)
def test_condition_is_said_in_words(condition, words):
    assert read(condition_pieces(condition, NAMES)) == words


def test_questions_are_called_as_in_the_readers_language():
    with translation.override("es"):
        assert read(condition_pieces("chills >= 2 and (early or pain = 3)", NAMES)) == (
            "Escalofríos: “Tirita de frío” o peor y (hasta el día 30 o Dolor: “Muy fuerte”)"
        )


def test_numbers_and_answers_can_be_changed_in_their_order():
    pieces = condition_pieces("at least 2 of (temp >= 38.0, day <= 30, chills >= 2)", NAMES, "rules[x].when")

    slots = [piece for piece in pieces if isinstance(piece, Slot)]
    assert [(slot.name, slot.shown) for slot in slots] == [
        ("rules[x].when~0", "2"),
        ("rules[x].when~1", "38.0"),
        ("rules[x].when~2", "30"),
        ("rules[x].when~3", "“Shivering”"),
    ]
    assert [key for key, _text in slots[3].choices] == ["0", "1", "2", "3"]
