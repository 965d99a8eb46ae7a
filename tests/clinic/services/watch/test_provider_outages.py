"""The phone provider is down for a while: who is told, how pages go, and what is there when it is back."""

from collections import Counter
from datetime import timedelta

import pytest

from clinic.models import Page, SystemAlarm
from clinic.queries.desk import alarms as alarm_query
from clinic.queries.paging import ledger
from clinic.services.escalations import lifecycle
from clinic.services.paging import bundles, chain, unconfirmed
from clinic.services.watch import provider_outages
from notifications.models import Message, RouteTrouble
from notifications.rules.text import health_words
from notifications.services import dispatch
from tests import cases, factories
from tests.notifications.conftest import mail, twilio, webhook_settings

__all__ = ["mail", "twilio", "webhook_settings"]

# Committed, because what follows a commit is part of it.
pytestmark = pytest.mark.django_db(transaction=True)

SECOND = timedelta(seconds=1)
STEPS = (
    unconfirmed.move_chains_on,
    chain.send_due,
    bundles.send_due,
    provider_outages.follow_up,
    dispatch.send_due,
)


def run(start, seconds, *, every=10):
    """Both engines' paging steps with a clock of ours; gives the moment of the last round."""
    for second in range(0, seconds + 1, every):
        for step in STEPS:
            step(now=start + second * SECOND)
    return start + seconds * SECOND


@pytest.fixture
def lead(clinic):
    return factories.CoveringStaffFactory(
        clinic=clinic, role="administrator", user__name="Lea Lead", user__email="lea@clinic.example"
    )


@pytest.fixture
def on_call(clinic):
    people = [
        factories.CoveringStaffFactory(clinic=clinic, user__name=name, user__email=f"{name}@clinic.example")
        for name in ("ana", "ben")
    ]
    for position, person in enumerate(people):
        factories.OnCallFactory(staff=person, position=position)
    return people


@pytest.fixture
def clock(twilio, now):
    twilio.clock = lambda: now
    return now


def emails_to(mail, name):
    return [one.text for one in mail.kept if one.to == (f"{name}@clinic.example",)]


def is_open():
    return SystemAlarm.objects.filter(kind="provider_down", cleared_at__isnull=True).exists()


def test_twenty_minutes_of_errors_page_by_email_and_alarm_within_two_minutes(
    twilio, mail, clock, clinic, patient, on_call, lead
):
    twilio.faults = ["500"] * 10_000
    escalation = cases.escalate(patient, cases.FEVER, clock)

    run(clock, 120)

    assert emails_to(mail, "ana"), "the first person, within two minutes"
    assert is_open()
    [told] = emails_to(mail, "lea")
    assert "Watch the console: https://kin.example.org/console/" in told
    run(clock + 130 * SECOND, 18 * 60)
    assert emails_to(mail, "ben"), "the chain goes on, because an e-mail is never known to be read"
    assert len(emails_to(mail, "lea")) < 6, "of the outage once; the rest are calls of the line"

    twilio.faults.clear()
    back = run(clock + 21 * 60 * SECOND, 60)

    assert not is_open()
    assert RouteTrouble.objects.count() == 0
    recovered = [form for form in twilio.forms if "takes our messages again" in form["Body"]]
    assert [form["To"] for form in recovered] == [str(lead.phone)]
    assert is_paged_once_each(twilio, mail)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=on_call[0].user, now=back)
    run(back, 300)
    tally = ledger.count_alarms(clinic, clock - SECOND, back)
    assert (tally.alarms, tally.paged, tally.missing) == (1, 1, ())


def is_paged_once_each(twilio, mail):
    """No page went by two ways, and none twice by one."""
    ids = [one.email["Message-ID"] for one in mail.kept]
    texts = Counter(form["StatusCallback"].rstrip("/").split("/")[-2] for form in twilio.forms)
    emailed = {
        str(pk) for pk in Message.objects.filter(stand_ins__state="accepted").values_list("pk", flat=True)
    }
    return len(ids) == len(set(ids)) and not emailed & set(texts) and set(texts.values()) <= {1}


def test_email_page_says_no_name_and_no_health_word_and_leads_to_the_console(
    twilio, mail, clock, patient, on_call
):
    twilio.faults = ["20003"] * 100
    escalation = cases.escalate(patient, cases.FEVER, clock)

    run(clock, 20)

    [email] = [one for one in mail.kept if one.to == ("ana@clinic.example",)]
    page = Page.objects.filter(escalation=escalation, state="sent").first()
    assert page.code in email.text
    assert f"https://kin.example.org/console/escalations/{escalation.pk}/" in email.text
    assert "Answer in the console only" in email.text
    raw = email.email.as_string()
    assert patient.family_name not in raw and patient.given_name not in raw
    assert health_words(email.text) == [] and health_words(email.email["Subject"]) == []


def test_email_that_is_refused_pages_the_next_person_at_once(twilio, mail, clock, patient, on_call):
    twilio.faults = ["20003"] * 100
    mail.faults = ["rcpt 550"]
    cases.escalate(patient, cases.FEVER, clock)

    run(clock, 10)
    assert emails_to(mail, "ana") == []
    run(clock + 20 * SECOND, 10)

    # The same person's call goes by e-mail as well, and is taken now; nobody waited 90 seconds for the first.
    assert emails_to(mail, "ana")
    assert Page.objects.filter(state="sent").count() >= 2


def test_nurse_reads_the_email_in_her_language(twilio, mail, clock, clinic, patient):
    eva = factories.CoveringStaffFactory(clinic=clinic, user__language="es", user__email="eva@clinic.example")
    factories.OnCallFactory(staff=eva, position=0)
    twilio.faults = ["20003"] * 100
    cases.escalate(patient, cases.FEVER, clock)

    run(clock, 20)

    [text] = emails_to(mail, "eva")
    assert "alguien necesita su respuesta ya" in text and "consola" in text


def test_every_clinic_hears_once_and_of_the_end(twilio, mail, clock, clinic, other_clinic, lead):
    RouteTrouble.objects.create(route="reminders", failures=3, since=clock, last_at=clock, down_at=clock)

    for _ in range(3):
        provider_outages.follow_up(now=clock)

    assert SystemAlarm.objects.filter(kind="provider_down").count() == 2
    [shown] = alarm_query.open_alarms(clinics=[clinic])
    assert (shown.label, shown.can_clear) == ("Texts or calls are not going out: watch this page", False)
    RouteTrouble.objects.all().delete()
    for _ in range(3):
        provider_outages.follow_up(now=clock + 60 * SECOND)

    assert not is_open()
    texts = list(Message.objects.filter(to=str(lead.phone)).values_list("purpose", flat=True))
    assert sorted(texts) == ["page", "recovery"]


def test_second_outage_is_told_again(twilio, mail, clock, clinic, lead):
    for minute in range(2):
        at = clock + minute * 60 * SECOND
        RouteTrouble.objects.create(route="paging", failures=3, since=at, last_at=at, down_at=at)
        provider_outages.follow_up(now=at)
        RouteTrouble.objects.all().delete()
        provider_outages.follow_up(now=at + SECOND)

    assert Message.objects.filter(purpose="recovery").count() == 2
    assert Message.objects.filter(purpose="page").count() == 2


def test_lead_without_a_phone_is_told_by_email(twilio, mail, clock, clinic):
    factories.StaffFactory(clinic=clinic, role="administrator", phone="", user__email="pat@clinic.example")
    RouteTrouble.objects.create(route="paging", failures=3, since=clock, last_at=clock, down_at=clock)

    run(clock, 10)

    assert len(emails_to(mail, "pat")) == 1


def test_test_page_proves_a_phone_and_takes_no_other_way(twilio, mail, clock, clinic, on_call):
    from clinic.services.rota import test_pages

    RouteTrouble.objects.create(route="paging", failures=3, since=clock, last_at=clock, down_at=clock)
    twilio.faults = ["500"] * 100
    test_pages.send(staff_id=on_call[0].pk, by=on_call[0].user, now=clock)

    run(clock, 60)

    assert mail.kept == []
