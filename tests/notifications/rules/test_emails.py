import pytest

from notifications.rules.emails import letter


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (
            "River Line: someone needs your answer now. Code 4821. Sign in: https://kin.example/console/",
            "River Line: someone needs your answer now",
        ),
        ("River Line: nobody is watching. Open it: https://kin.example/", "River Line: nobody is watching"),
        ("https://kin.example/console/", ""),
        ("河线：现在需要您回应。代码 4821。", "河线：现在需要您回应"),
        ("Kinwatch: one\nline only", "Kinwatch: one line only"),
        ("x" * 200, "x" * 78),
        ("", ""),
    ],
)
def test_first_sentence_is_the_subject_without_addresses_or_line_breaks(body, subject):
    written = letter(body)

    assert written.subject == subject
    assert written.body == f"{body}\n"
