"""The lock of a desk: what locks it, who opens it, and how often one may guess."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import AuditEvent, DeskSession, Pin
from clinic.services.desk import lock as desk_lock
from clinic.tasks import tick
from tests import factories

MINUTE = timedelta(minutes=1)
PIN = "2580"
ONE, TWO = "session-one", "session-two"


def lock(nurse, now, key=ONE):
    desk_lock.lock(session_key=key, user=nurse, now=now)


def unlock(nurse, secret, now, key=ONE):
    desk_lock.unlock(session_key=key, user=nurse, secret=secret, now=now)


def is_locked(now, key=ONE):
    return desk_lock.is_locked(session_key=key, now=now)


def actions():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def pin(nurse, now):
    desk_lock.set_pin(by=nurse, password=factories.PASSWORD, pin=PIN, now=now)


def test_lock_holds_for_its_session_alone_and_has_no_end(nurse, now):
    lock(nurse, now)
    lock(nurse, now + MINUTE)

    assert is_locked(now + timedelta(days=1))
    assert not is_locked(now, TWO)
    assert actions() == ["desk.locked"]


def test_session_key_is_not_stored(nurse, now):
    lock(nurse, now)

    assert ONE not in DeskSession.objects.get().session_hash


def test_session_that_nothing_is_heard_of_locks_itself_and_activity_opens_nothing(nurse, now):
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now)
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now + 6 * MINUTE)
    assert not is_locked(now + 13 * MINUTE)

    assert is_locked(now + 14 * MINUTE)
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now + 14 * MINUTE)
    assert is_locked(now + 14 * MINUTE)

    unlock(nurse, factories.PASSWORD, now + 15 * MINUTE)
    assert not is_locked(now + 15 * MINUTE)


def test_activity_opens_no_lock_made_by_hand(nurse, now):
    lock(nurse, now)
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now + MINUTE)

    assert is_locked(now + MINUTE)


def test_activity_is_written_down_twice_a_minute_at_most(nurse, now, django_assert_num_queries):
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now)

    with django_assert_num_queries(1):
        desk_lock.note_activity(session_key=ONE, user=nurse, now=now + timedelta(seconds=29))


def test_pin_opens_and_is_stored_hashed(nurse, pin, now):
    lock(nurse, now)

    unlock(nurse, PIN, now + MINUTE)

    assert not is_locked(now + MINUTE)
    assert PIN not in Pin.objects.get().code_hash
    assert actions() == ["pin.set", "desk.locked", "desk.unlocked"]


def test_password_opens_with_and_without_a_pin(nurse, now):
    lock(nurse, now)
    unlock(nurse, factories.PASSWORD, now)
    desk_lock.set_pin(by=nurse, password=factories.PASSWORD, pin=PIN, now=now)
    lock(nurse, now)

    unlock(nurse, factories.PASSWORD, now)

    assert not is_locked(now)


@pytest.mark.parametrize("secret", ["", "0852", "2580 ", "password"])
def test_wrong_secret_opens_nothing_and_is_on_record(nurse, pin, now, secret):
    lock(nurse, now)

    with pytest.raises(desk_lock.WrongSecret):
        unlock(nurse, secret, now)

    assert is_locked(now)
    assert actions()[-1] == "desk.unlock_failed"


def test_another_persons_pin_opens_nothing(nurse, clinic, now):
    ben = factories.StaffFactory(clinic=clinic).user
    desk_lock.set_pin(by=ben, password=factories.PASSWORD, pin=PIN, now=now)
    lock(nurse, now)

    with pytest.raises(desk_lock.WrongSecret):
        unlock(nurse, PIN, now)


def test_fifth_wrong_try_leaves_a_full_sign_in_even_with_the_right_pin(nurse, pin, now):
    lock(nurse, now)
    for _ in range(4):
        with pytest.raises(desk_lock.WrongSecret):
            unlock(nurse, "0852", now)

    with pytest.raises(desk_lock.SignInNeeded):
        unlock(nurse, "0852", now)
    with pytest.raises(desk_lock.SignInNeeded):
        unlock(nurse, PIN, now + timedelta(days=1))

    assert is_locked(now)
    # A session that was signed in anew is another one.
    assert not is_locked(now, TWO)


def test_tries_at_two_desks_are_counted_together(nurse, pin, now):
    for key in (ONE, TWO):
        lock(nurse, now, key)
    for key in (ONE, TWO, ONE, TWO):
        with pytest.raises(desk_lock.WrongSecret):
            unlock(nurse, "0852", now, key)

    with pytest.raises(desk_lock.SignInNeeded):
        unlock(nurse, "0852", now, ONE)


@pytest.mark.django_db(transaction=True)
def test_eight_wrong_tries_at_once_are_no_more_than_five(nurse, now):
    lock(nurse, now)
    barrier, outcomes = Barrier(8), []

    def guess():
        barrier.wait()
        try:
            unlock(nurse, "0852", now)
        except (desk_lock.WrongSecret, desk_lock.SignInNeeded) as refused:
            outcomes.append(type(refused))
        finally:
            connection.close()

    threads = [Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(desk_lock.WrongSecret) == 4
    assert DeskSession.objects.get().needs_sign_in


@pytest.mark.parametrize("weak", ["1234", "0000", "12", "abcd"])
def test_weak_pin_is_refused(nurse, now, weak):
    with pytest.raises(desk_lock.WeakPin):
        desk_lock.set_pin(by=nurse, password=factories.PASSWORD, pin=weak, now=now)
    assert not desk_lock.has_pin(nurse)


def test_pin_is_set_with_the_password_which_is_not_guessed_here_either(nurse, now):
    for _ in range(4):
        with pytest.raises(desk_lock.WrongSecret):
            desk_lock.set_pin(by=nurse, password="not mine", pin=PIN, now=now)
    with pytest.raises(desk_lock.SignInNeeded):
        desk_lock.set_pin(by=nurse, password="not mine", pin=PIN, now=now)

    assert not desk_lock.has_pin(nurse)


def test_changed_and_removed_pin_opens_nothing(nurse, pin, now):
    desk_lock.set_pin(by=nurse, password=factories.PASSWORD, pin="9731", now=now)
    lock(nurse, now)
    with pytest.raises(desk_lock.WrongSecret):
        unlock(nurse, PIN, now)

    desk_lock.remove_pin(by=nurse, now=now)
    desk_lock.remove_pin(by=nurse, now=now)
    with pytest.raises(desk_lock.WrongSecret):
        unlock(nurse, "9731", now)
    assert actions().count("pin.removed") == 1


def test_tick_forgets_desks_of_sessions_that_are_over(nurse, now):
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now - timedelta(days=400))

    tick()

    assert DeskSession.objects.count() == 0


def test_only_a_locked_desk_can_need_a_sign_in(nurse, now):
    desk_lock.note_activity(session_key=ONE, user=nurse, now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        DeskSession.objects.update(needs_sign_in=True)
