"""A member of staff hears of a sign-in on a browser that their account has not used."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent
from clinic.services.accounts import new_browsers
from notifications.models import Message
from notifications.rules.text import health_words
from tests import factories
from tests.at_once import at_once
from tests.clinic.console.accounts.test_sign_in import sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Firefox/143.0"
MAIL = {"host": "mail.example", "port": 587}


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_SERVER = MAIL


def browser(**headers):
    return Client(headers={"User-Agent": FIREFOX, **headers})


def use(client, user, **extra):
    """Sign in, see a page there, and leave."""
    assert sign_in(client, user, **extra).status_code == 302
    client.get("/accounts/")
    client.post("/accounts/logout/")


def rows():
    return AuditEvent.objects.filter(action="sign_in.new_browser")


def test_person_is_told_where_to_end_it_and_no_health_word(nurse, clinic):
    use(browser(), nurse)

    mail = Message.objects.get()
    assert (mail.channel, mail.to, mail.purpose) == ("email", nurse.email, "reply")
    assert "new browser (Firefox · Windows)" in mail.body
    assert mail.body.endswith("/accounts/sessions/")
    assert not health_words(mail.body)
    row = rows().get()
    assert (row.actor_id, row.clinic_id, row.detail) == (nurse.pk, clinic.pk, {"browser": "Firefox|Windows"})


def test_browser_that_was_used_is_not_told_of_again(nurse):
    desk = browser()
    for _ in range(3):
        use(desk, nurse)
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        use(desk, nurse)

    assert (Message.objects.count(), rows().count()) == (1, 1)


def test_another_password_makes_no_browser_new(nurse):
    desk = browser()
    use(desk, nurse)
    nurse.set_password("another-long-Password-7")
    nurse.save(update_fields=["password"])

    use(desk, nurse, password="another-long-Password-7")

    assert Message.objects.count() == 1


def test_browser_that_keeps_nothing_is_told_of_once_a_day(nurse):
    for _ in range(10):
        use(browser(), nurse)
    assert (Message.objects.count(), rows().count()) == (1, 10)

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        use(browser(), nurse)
    assert Message.objects.count() == 2


def test_another_address_or_kind_of_browser_is_another(nurse):
    use(browser(), nurse)
    use(Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/605"}), nurse)
    elsewhere = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="198.51.100.7")
    use(elsewhere, nurse)

    assert Message.objects.count() == 3


def test_shared_desk_is_new_for_each_colleague_and_for_none_twice(clinic):
    desk = browser()
    colleagues = [factories.StaffFactory(clinic=clinic).user for _ in range(20)]
    for _ in range(2):
        for one in colleagues:
            cache.clear()  # A whole ward is on duty within more than a minute.
            use(desk, one)

    assert sorted(Message.objects.values_list("to", flat=True)) == sorted(one.email for one in colleagues)
    # A browser keeps 4 KB for each cookie, and sends them with every request.
    assert len(desk.cookies["__Host-known"].value) < 2_000


def test_desk_that_locks_and_opens_again_is_no_sign_in(nurse):
    desk = browser()
    sign_in(desk, nurse)
    desk.get("/console/")
    desk.post("/console/desk/lock/")
    desk.post("/console/desk/unlock/", {"secret": factories.PASSWORD})

    assert desk.get("/console/").status_code == 200
    assert Message.objects.count() == 1


def test_wrong_password_tells_nothing_to_the_person(nurse):
    sign_in(browser(), nurse, password="wrong")

    assert not Message.objects.exists()


def test_second_factor_that_is_missing_tells_nothing(nurse, settings):
    """Whoever has the password alone has not come in."""
    settings.DEMO = False
    Authenticator.objects.create(user=nurse, type="totp", data={"secret": "x"})

    assert "/2fa/" in sign_in(browser(), nurse)["Location"]
    assert not Message.objects.exists()


def test_colleague_of_two_clinics_hears_once_and_both_audits_have_it(nurse, other_clinic):
    factories.StaffFactory(user=nurse, clinic=other_clinic)

    use(browser(), nurse)

    assert Message.objects.count() == 1
    assert rows().count() == 2


def test_operator_without_a_clinic_is_told_too():
    operator = factories.UserFactory(is_staff=True, is_superuser=True)

    use(browser(), operator)

    assert Message.objects.get().body.startswith("Kinwatch: ")


def test_without_a_mail_server_the_telephone_rings(nurse, settings):
    settings.EMAIL_SERVER, settings.DEMO = None, False
    role = nurse.staff_roles.get()

    new_browsers.tell_if_new(user=nurse, marks=(), user_agent=FIREFOX, source=None, now=timezone.now())

    message = Message.objects.get()
    assert (message.channel, message.to) == ("sms", str(role.phone))


def test_cookie_of_a_colleague_does_not_stand_for_it(nurse, other_nurse):
    desk = browser()
    use(desk, other_nurse)

    use(desk, nurse)

    assert set(Message.objects.values_list("to", flat=True)) == {nurse.email, other_nurse.email}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_notice(nurse):
    now = timezone.now()

    def arrive():
        new_browsers.tell_if_new(user=nurse, marks=(), user_agent=FIREFOX, source="192.0.2.1", now=now)

    at_once(*[arrive] * 4)

    assert Message.objects.count() == 1
