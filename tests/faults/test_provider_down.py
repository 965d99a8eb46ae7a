"""The phone provider fails while everything runs: real processes, a fake account, a real mail server.

The limits are those of the settings, made short: three failures or five seconds in place of two minutes.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes import smtp
from tests.fakes import twilio as fakes
from tests.faults.outcomes import FEVER_AND_CONFUSION, george, scored
from tests.processes import Place, free_port, until

pytestmark = pytest.mark.faults

FOREVER = 100_000
ALARM = "clinic_systemalarm WHERE kind = 'provider_down'"
OPEN = f"{ALARM} AND cleared_at IS NULL"


@pytest.fixture
def mail() -> Iterator[smtp.MailServer]:
    with smtp.running() as fake:
        yield fake
        assert fake.problems == []


@pytest.fixture
def account(place: Place, mail: smtp.MailServer) -> Iterator[fakes.Twilio]:
    """The system's provider, and its mail server."""
    with fakes.running() as fake:
        place.environment |= {
            "MESSAGE_PROVIDER": "twilio",
            "TWILIO_ACCOUNT_SID": fakes.ACCOUNT,
            "TWILIO_AUTH_TOKEN": fakes.TOKEN,
            "TWILIO_MESSAGING_SERVICE_CODES": fakes.SERVICES["codes"],
            "TWILIO_MESSAGING_SERVICE_REMINDERS": fakes.SERVICES["reminders"],
            "TWILIO_MESSAGING_SERVICE_PAGING": fakes.SERVICES["paging"],
            "TWILIO_VOICE_FROM": "+12025550100",
            "TWILIO_API_BASE": fake.url,
            "EMAIL_URL": mail.url,
            "PROVIDER_FAILING_SECONDS": "5",
        }
        yield fake
        place.stop_all()
        assert fake.problems == []


def submit_emergency(place: Place) -> None:
    api, patient = george(place)
    report_id, body = api.report(patient, FEVER_AND_CONFUSION)
    answer = api.put(report_id, body)
    assert answer.status_code == 201, answer.text
    scored(api, report_id)


def emails_of_pages(mail: smtp.MailServer) -> list[smtp.Kept]:
    return [one for one in list(mail.kept) if "needs your answer now" in one.email["Subject"]]


def told_leads(mail: smtp.MailServer) -> list[smtp.Kept]:
    return [one for one in list(mail.kept) if "Watch the console" in one.text]


def by_message(forms: list[dict[str, str]]) -> Counter[str]:
    """How often the provider took each row."""
    return Counter(form["StatusCallback"].rstrip("/").split("/")[-2] for form in list(forms))


def rows(place: Place, what: str) -> set[str]:
    found = place.rows(f"SELECT replace(CAST(id AS text), '-', '') FROM notifications_message WHERE {what}")
    return {str(row[0]) for row in found}


def assert_alarmed_and_paged_by_email(place: Place, mail: smtp.MailServer) -> None:
    until(lambda: emails_of_pages(mail), "a page by e-mail", patience=120)
    until(lambda: place.count(OPEN), "the alarm on the console", patience=60)
    until(lambda: told_leads(mail), "the e-mail to the leads", patience=60)


def assert_ended_and_nothing_twice(place: Place, twilio: fakes.Twilio, mail: smtp.MailServer) -> None:
    until(lambda: place.count(ALARM) and not place.count(OPEN), "the end of the alarm", patience=120)
    assert place.count("notifications_routetrouble WHERE down_at IS NOT NULL") == 0
    taken = by_message([*twilio.forms, *twilio.call_forms])
    assert set(taken.values()) <= {1}, "texts or calls that went out twice"
    emailed = rows(place, "channel = 'email' AND state = 'accepted' AND instead_of_id IS NOT NULL")
    ids = [one.email["Message-ID"] for one in mail.kept]
    assert len(ids) == len(set(ids)), "e-mails that went out twice"
    in_their_place = place.rows(
        "SELECT replace(CAST(instead_of_id AS text), '-', '') FROM notifications_message"
        " WHERE channel = 'email' AND state = 'accepted' AND instead_of_id IS NOT NULL"
    )
    assert emailed
    both = {str(one[0]) for one in in_their_place} & {key.replace("-", "") for key in taken}
    assert both == set(), "pages that went both ways"
    assert rows(place, "purpose = 'page' AND state IN ('failed', 'expired')") == set(), "pages that were lost"


def test_errors_for_a_while(place: Place, account: fakes.Twilio, mail: smtp.MailServer) -> None:
    account.faults = ["500"] * FOREVER
    place.start_all()

    submit_emergency(place)
    assert_alarmed_and_paged_by_email(place, mail)
    posts = account.posts
    account.faults.clear()

    assert posts < 30, "a provider that fails is left alone"
    assert_ended_and_nothing_twice(place, account, mail)
    before = len(account.texts)
    again_by_text(place, account, before)


def again_by_text(place: Place, account: fakes.Twilio, before: int) -> None:
    """The next page of the chain, hurried along, goes by the provider again."""
    place.change(
        "UPDATE clinic_page SET due_at = created_at WHERE state = 'due' AND escalation_id IN"
        " (SELECT id FROM clinic_escalation WHERE state = 'open')"
    )
    until(lambda: len(account.texts) + len(account.calls) > before, "a page by the provider")


@pytest.mark.parametrize("how", ["refused", "hang"])
def test_provider_that_is_not_there(
    place: Place, account: fakes.Twilio, mail: smtp.MailServer, how: str
) -> None:
    port = free_port()
    if how == "refused":
        place.environment["TWILIO_API_BASE"] = f"http://127.0.0.1:{port}"
    else:
        account.faults = ["hang"] * FOREVER
        account.list_faults = ["hang"] * FOREVER
    place.start_all()

    submit_emergency(place)
    assert_alarmed_and_paged_by_email(place, mail)

    if how == "hang":
        account.closing.set()
        account.faults.clear()
        account.list_faults.clear()
        assert_ended_and_nothing_twice(place, account, mail)
        return
    with fakes.running(port) as back:
        assert_ended_and_nothing_twice(place, back, mail)
        assert back.problems == []


def test_mail_server_and_provider_down_together_and_workers_killed(
    place: Place, account: fakes.Twilio, mail: smtp.MailServer
) -> None:
    account.faults = ["500"] * FOREVER
    mail.faults = ["421"] * 3
    place.start_all()
    submit_emergency(place)
    until(lambda: mail.connections, "a try by e-mail", patience=120)
    for name in list(place.children):
        if name.startswith("worker"):
            place.kill(name)

    until(lambda: emails_of_pages(mail), "a page by e-mail", patience=120)
    account.faults.clear()
    until(lambda: place.count(ALARM) and not place.count(OPEN), "the end of the alarm", patience=120)
    taken: Any = by_message([*account.forms, *account.call_forms])
    assert set(taken.values()) <= {1}
