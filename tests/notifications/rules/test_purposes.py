import pytest

from notifications.rules.purposes import HANDLING, Purpose, handling_of


def test_pages_leave_first_and_reminders_last() -> None:
    assert sorted(Purpose, key=lambda p: HANDLING[p].priority) == [
        "page",
        "code",
        "recovery",
        "invite",
        "reply",
        "stopped",
        "reminder",
        "news",
        "checkin",
    ]


def test_only_what_is_for_staff_is_sent_again_when_nobody_knows() -> None:
    again = {purpose for purpose in Purpose if handling_of(purpose).repeats_when_unknown}

    assert again == {Purpose.PAGE, Purpose.RECOVERY}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_validity_is_within_what_the_vendor_takes(purpose: Purpose) -> None:
    assert 1 <= handling_of(purpose).validity.total_seconds() <= 36_000


def test_unknown_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="'poem' is not a valid Purpose"):
        handling_of("poem")
