"""The invitation link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEvent, Invitation, User
from clinic.services.patients import invitations
from notifications.models import Consent, Message
from tests import factories
from tests.caregiver.views.account.test_sign_in import ask, texted_code

NUMBER = "+16175550140"


@pytest.fixture
def invited(patient: Any, nurse: Any, now: Any, clock: Any) -> Any:
    return invitations.invite(
        patient=patient, by=nurse, phone=NUMBER, name="Ana", relation="sister", language="en", now=now
    )


@pytest.fixture
def path(invited: Any) -> str:
    return str(invited.url).removeprefix("http://testserver")


def test_looking_three_times_changes_nothing_and_tells_nothing_of_the_patient(
    client: Client, path: str, patient: Any
) -> None:
    before = (Invitation.objects.values().get(), AuditEvent.objects.count())

    answers = [client.get(path), client.head(path), client.get(path, HTTP_USER_AGENT="preview-bot")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (Invitation.objects.values().get(), AuditEvent.objects.count()) == before
    page = answers[0].content.decode()
    assert "River Cancer Center invites you" in page
    assert patient.given_name not in page
    assert patient.family_name not in page
    assert "_auth_user_id" not in client.session


def test_page_is_not_cached_and_sends_no_referrer_away(client: Client, path: str) -> None:
    answer = client.get(path)

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_accepting_signs_this_phone_in_and_asks_for_the_code(client: Client, path: str, patient: Any) -> None:
    answer = client.post(path, follow=True)

    assert answer.redirect_chain == [("/sign-in/code/", 302)]
    assert "You have joined." in answer.content.decode()
    assert patient.care_team.get().user.phone == NUMBER
    opened = client.post("/sign-in/code/", {"code": texted_code()}, follow=True)
    assert opened.redirect_chain == [("/", 302)]
    assert patient.full_name in opened.content.decode()


def test_number_that_had_all_its_codes_joins_all_the_same(client: Client, path: str) -> None:
    for _time in range(3):
        ask(Client(), NUMBER)

    answer = client.post(path, follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "Ask for another code." in answer.content.decode()


def test_second_use_explains_itself_with_the_clinics_number(client: Client, path: str) -> None:
    client.post(path)

    answers = [Client().post(path), Client().get(path)]

    assert [answer.status_code for answer in answers] == [410, 410]
    for answer in answers:
        page = answer.content.decode()
        assert "This link has been used" in page
        assert 'href="tel:+12015550101"' in page
        assert "Text me a new link" in page


def test_expired_link_explains_itself(client: Client, path: str, clock: Any) -> None:
    clock.shift(timedelta(hours=72))

    answer = client.get(path)

    assert answer.status_code == 410
    assert "This link is too old" in answer.content.decode()
    assert 'href="tel:+12015550102"' in answer.content.decode()


def test_revoked_link_explains_itself(client: Client, path: str, invited: Any, nurse: Any, now: Any) -> None:
    invitations.revoke(invitation_id=invited.invitation.pk, by=nurse, now=now)

    answer = client.post(path)

    assert answer.status_code == 410
    assert "This link was taken back" in answer.content.decode()


def test_replaced_link_names_the_newer_one_and_a_withdrawn_one_offers_no_text(
    client: Client, path: str, invited: Any, nurse: Any, now: Any
) -> None:
    newer = invitations.send_again(invitation_id=invited.invitation.pk, by=nurse, now=now)
    replaced = client.get(path).content.decode()
    invitations.revoke(invitation_id=newer.pk, by=nurse, now=now)
    withdrawn = client.get(path).content.decode()

    assert "There is a newer link" in replaced and "Text me a new link" in replaced
    assert "This link was taken back" in withdrawn and "Text me a new link" not in withdrawn
    assert 'href="tel:+12015550102"' in withdrawn


def test_who_has_joined_is_led_home_by_the_same_link(client: Client, path: str) -> None:
    client.post(path)

    assert client.get(path).url == "/"


def test_link_scanner_that_looks_first_uses_nothing_up(client: Client, path: str) -> None:
    for agent in ("Mimecast", "Slackbot-LinkExpanding 1.0"):
        assert client.get(path, HTTP_USER_AGENT=agent).status_code == 200
        assert client.head(path, HTTP_USER_AGENT=agent).status_code == 200

    assert client.post(path).url == "/sign-in/code/"


def test_browser_without_cookies_is_told_so_with_the_ways_out(path: str) -> None:
    """As inside another app: the page opens, and nothing can be sent from it."""
    browser = Client(enforce_csrf_checks=True)
    same = {"Sec-Fetch-Site": "same-origin"}
    for _try in range(2):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).content.decode())
        assert token
        browser.cookies.clear()
        answer = browser.post(path, {"csrfmiddlewaretoken": token.group(1)}, headers=same)
        browser.cookies.clear()

        page = answer.content.decode()
        assert answer.status_code == 403
        assert "This browser cannot send it" in page
        assert "open for too long" not in page
        assert f'readonly dir="ltr">http://testserver{path}</textarea>' in page
        assert 'href="tel:+12015550102"' in page
    assert Invitation.objects.get().redeemed_at is None


def test_clock_that_the_phone_says_is_theirs_and_nonsense_is_not(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert 'data-module="time-zone"' in page
    assert re.search(r'<option value="America/New_York" selected>9:00 PM · New York</option>', page)

    client.post(path, {"time_zone": "America/Los_Angeles"})

    assert User.objects.get(phone=NUMBER).time_zone == "America/Los_Angeles"


def test_clock_of_somebody_known_is_offered_first(client: Client, path: str) -> None:
    factories.CaregiverFactory(name="Ana", phone=NUMBER, time_zone="America/Chicago")

    page = client.get(path).content.decode()

    assert re.search(r'<option value="America/Chicago" selected>8:00 PM · Chicago</option>', page)


def test_unknown_clock_leaves_the_patients(client: Client, path: str) -> None:
    client.post(path, {"time_zone": "Mars/Olympus"})

    assert User.objects.get(phone=NUMBER).time_zone == "America/New_York"


def test_unknown_link_shows_numbers_of_all_clinics(client: Client, clinic: Any) -> None:
    answer = client.get("/join/nonsense/")

    assert answer.status_code == 404
    assert "We do not know this link" in answer.content.decode()
    assert 'href="tel:+12015550101"' in answer.content.decode()


def test_new_link_kills_the_old_one(client: Client, path: str, clock: Any) -> None:
    clock.shift(timedelta(hours=73))

    answer = client.post(f"{path}resend/")

    newest = Message.objects.latest("created_at")
    fresh = newest.body.partition("http://testserver")[2].split()[0]
    assert answer.status_code == 200
    assert str(newest.to) == NUMBER
    assert client.get(path).status_code == 410
    assert client.get(fresh).status_code == 200


def test_asking_for_a_new_link_answers_the_same_for_any_token(client: Client, path: str) -> None:
    known, unknown = client.post(f"{path}resend/"), client.post("/join/nonsense/resend/")

    assert known.status_code == unknown.status_code == 200
    assert "a new link is on its way" in known.content.decode()
    assert "a new link is on its way" in unknown.content.decode()


def test_hundred_bad_links_from_one_address_are_too_many_but_a_good_one_works(
    client: Client, path: str
) -> None:
    statuses = [client.get(f"/join/guess-{n}/").status_code for n in range(101)]

    assert statuses == [404] * 100 + [429]
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(("fields", "agreed"), [({}, []), ({"reminders": "on"}, ["reminders-1"])])
def test_reminders_are_for_who_ticks_the_box(
    client: Client, path: str, fields: dict[str, str], agreed: list[str]
) -> None:
    assert (
        'name="reminders" id="reminders" aria-describedby="reminders-hint">'
        in client.get(path).content.decode()
    )

    client.post(path, fields)

    assert list(Consent.objects.values_list("text_version", flat=True)) == agreed
