"""docs/install.md, line by line, from an empty PostgreSQL to a page that reaches a nurse.

Everything is as the document has it, production settings too; only Twilio is the fake one.
"""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from tests.fakes import smtp
from tests.fakes import twilio as fakes
from tests.faults.test_proxy import NGINX
from tests.installation import Installation, by_hand, commands
from tests.own_redis import own_redis
from tests.processes import PATIENCE, free_port, until
from tests.visitor import Visitor, code_of_app, text_of

pytestmark = [pytest.mark.faults, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]

PASSWORD = "ruby-lantern-gravel-otter"
GUIDANCE = "A caregiver has read the guidance and answered its questions"
NURSE, FAMILY, VOICE = "+12025550131", "+12025550141", "+12025550100"


@pytest.fixture
def twilio() -> Iterator[fakes.Twilio]:
    with fakes.running() as fake:
        yield fake
        assert fake.problems == []


@pytest.fixture
def mail() -> Iterator[smtp.MailServer]:
    with smtp.running() as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, twilio: fakes.Twilio) -> Iterator[Installation]:
    """Production, but for the address at which Twilio is looked for: production refuses another one."""
    (tmp_path / "with_fake.py").write_text(
        f'from config.settings.prod import *\n\nTWILIO_API_BASE = "{twilio.url}"\n'
    )
    settings = {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "with_fake"}
    with own_redis(tmp_path) as redis:
        made = Installation(tmp_path, redis, settings)
        twilio.inbound_url = f"{made.base_url}/hooks/twilio/inbound/"
        twilio.numbers = {VOICE: {"voice": True, "sms": True}}
        try:
            yield made
        finally:
            made.remove()


def test_stranger_gets_from_nothing_to_a_page_that_reaches_a_nurse(
    installation: Installation, twilio: fakes.Twilio, mail: smtp.MailServer
) -> None:
    for block in commands("With systemd"):
        if "manage migrate" in block:
            installation.fill_in(only_the_reader_knows(mail))
        done = installation.run(block)
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    installation.place.wait_for_web("kinwatch-web")
    create_clinic, check_setup = commands("The first clinic")
    printed = installation.run(create_clinic).stdout

    lead = signed_in(installation, link_in(printed, "invited"), "lead@river.example")
    enter_the_clinic(lead)
    nurse = signed_in(installation, invitation_in(mail), "nora@river.example")
    prove_phone(nurse, twilio)
    fill_the_rota(lead)
    patient = enrol(lead)
    family = joined(installation, lead, patient, twilio)
    prepare_for_home(lead, nurse, family, patient, twilio)

    checked = installation.run(check_setup)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines()[-1].startswith("Ready: nothing is missing that alarms need")
    assert step_states(lead) == dict.fromkeys(step_states(lead), "done")

    family.open("/").follow("Start check-in").press("I marked a danger sign", red_flags="seizure")
    assert family.title == "Call 911 now · Kinwatch"
    assert "someone needs your answer now" in text_to(NURSE, "answer now", twilio)
    assert "Rosa Alvarez" in nurse.open("/console/").text
    nurse.press("Take it : Rosa Alvarez")
    until(lambda: "by Nora, nurse" in family.open(family.address).text, "that somebody has seen it")
    # From the page *Set-up* to the first monitored patient.
    assert len(set(lead.screens)) <= 10, sorted(set(lead.screens))


def only_the_reader_knows(mail: smtp.MailServer) -> dict[str, str]:
    """What the document leaves to the reader, all of it and nothing else."""
    known = {
        "TWILIO_ACCOUNT_SID": fakes.ACCOUNT,
        "TWILIO_AUTH_TOKEN": fakes.TOKEN,
        **{f"TWILIO_MESSAGING_SERVICE_{name.upper()}": sid for name, sid in fakes.SERVICES.items()},
        "TWILIO_VOICE_FROM": VOICE,
        "EMAIL_URL": mail.url,
        "EMAIL_FROM": "kinwatch@clinic.example",
        # Nobody listens there: who is told of silence is no matter of this test.
        "HEARTBEAT_URL": f"http://127.0.0.1:{free_port()}/ping",
        "SECURITY_CONTACT": "mailto:it@clinic.example",
    }
    assert sorted(by_hand("With systemd")) == sorted(known)
    return known


# --- The people ---


def signed_in(installation: Installation, link: str, email: str) -> Visitor:
    """By an invitation, with a password and an authenticator app, as far as the console."""
    visitor = Visitor(installation.base_url, str(installation.certificate))
    visitor.open(link).press("Make my sign-in", password=PASSWORD, again=PASSWORD)
    visitor.press("Sign in", login=email, password=PASSWORD).follow("Set up the app")
    secret = re.search(r"into the app: ([A-Z2-7]+)", visitor.text)
    assert secret, visitor.text
    # Not one that ends while it is on its way.
    until(lambda: time.time() % 30 < 20, "a code that holds")
    visitor.press("Finish", code=code_of_app(secret[1], int(time.time()) // 30))
    return visitor.follow("Go on").follow("Open the console")


def enter_the_clinic(lead: Visitor) -> None:
    """The first steps of the page *Set-up*, and a nurse who is invited."""
    weekdays = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "8-17")
    lead.screens.clear()
    lead.follow("Set-up").follow("Check the clinic's numbers").press("Save", sms_brand="River", **weekdays)
    holiday = (timezone.now().date() + timedelta(days=30)).isoformat()
    lead.follow("Enter the holidays").press("Save", first=holiday, name="A holiday").follow("Set-up")
    lead.follow("Publish your terms").press("Publish", terms_en="Call us.", privacy_en="We keep it.")
    lead.follow("Set-up").follow("Invite nurses")
    lead.press("Send the link", name="Nora Nurse", email="nora@river.example", role="nurse")


def prove_phone(nurse: Visitor, twilio: fakes.Twilio) -> None:
    nurse.follow("Rota").follow("My shifts").press("Text me a code", phone=NURSE)
    nurse.press("Verify my number", code=code_in(text_to(NURSE, "Your code", twilio)))


def fill_the_rota(lead: Visitor) -> None:
    lead.open("/console/setup/").follow("Fill the rota").follow("Add a weekly shift")
    nurse = next(one["value"] for one in lead.page.select("[name=person] option") if "Nora" in one.text)
    always = {"weekdays": list("0123456"), "starts": "00:00", "ends": "00:00"}
    lead.press("Put on the rota", person=str(nurse), layer="primary", **always)


def enrol(lead: Visitor) -> str:
    """The patient's page."""
    infusion = (timezone.now().date() - timedelta(days=5)).isoformat()
    person = {"given_name": "Rosa", "family_name": "Alvarez", "birth_date": "1960-03-02"}
    lead.open("/console/setup/").follow("Enroll the first patient")
    lead.press("Enroll", **person, infusion_date=infusion, product="axi-cel", minutes_to_centre="30")
    return lead.address


def joined(installation: Installation, lead: Visitor, patient: str, twilio: fakes.Twilio) -> Visitor:
    """The family, by a link and a code that come by text."""
    invited = {"invite-name": "Maria Alvarez", "invite-phone": FAMILY, "invite-relation": "Daughter"}
    lead.open(patient).press("Text the link", **invited)
    link = link_in(text_to(FAMILY, "/join/", twilio), "join")
    family = Visitor(installation.base_url, str(installation.certificate))
    family.open(link).press("I agree, and this is my phone", reminders="on", time_zone="America/New_York")
    return family.press("Open everything", code=code_in(text_to(FAMILY, "Your code", twilio)))


def prepare_for_home(
    lead: Visitor, nurse: Visitor, family: Visitor, patient: str, twilio: fakes.Twilio
) -> None:
    """All that is asked for but the guidance, whose every page has questions of its own."""
    lead.open(patient).press("Save the reason", **{"second-reason": "She lives with her daughter"})
    lead.press("Send test texts").press("Save the score", **{"baseline-score": "10"})
    family.follow("Go to the test alarm").press("Send the test alarm")
    until(lambda: "I see the test" in nurse.open("/console/").text, "the test alarm")
    nurse.press("I see the test : Rosa Alvarez")

    def is_ready() -> bool:
        deliver_all(twilio, lead.certificate)
        return missing_before_home(lead.open(patient)) == [GUIDANCE]

    until(is_ready, "all but the guidance")
    lead.press("Start monitoring", **{"start-reason": "The guidance was gone through on paper."})


def missing_before_home(lead: Visitor) -> list[str]:
    lines = [text_of(one) for one in lead.page.select("li")]
    return [line.removeprefix("Missing ") for line in lines if line.startswith("Missing ")]


def step_states(lead: Visitor) -> dict[str, str]:
    """The steps of the page *Set-up*."""
    page = lead.open("/console/setup/").page
    return {str(one["data-step"]): str(one["data-state"]) for one in page.select("[data-step]")}


# --- What comes to them ---


def text_to(number: str, words: str, twilio: fakes.Twilio) -> str:
    """The newest text to a number that has these words, once it is there."""

    def found() -> str | None:
        bodies = [one["body"] for one in twilio.texts if one["to"] == number and words in one["body"]]
        return bodies[-1] if bodies else None

    body: str = until(found, f"a text with {words} to {number}", 3 * PATIENCE)
    return body


def code_in(text: str) -> str:
    return str(re.findall(r"\b\d{6}\b", text)[0])


def link_in(text: str, kind: str) -> str:
    return str(re.findall(rf"https://\S+/{kind}/\S+", text)[0])


def invitation_in(mail: smtp.MailServer) -> str:
    """The link in the e-mail to the nurse."""

    def found() -> str | None:
        return next((one.text for one in mail.kept if one.to == ("nora@river.example",)), None)

    return link_in(until(found, "the invitation", 3 * PATIENCE), "invited")


def deliver_all(twilio: fakes.Twilio, certificate: str) -> None:
    """Tell of every text that it arrived, as Twilio would, through the proxy."""
    for text in [one for one in twilio.texts if one["status"] == "accepted"]:
        told = twilio.callback(text, "delivered")
        headers = {"X-Twilio-Signature": told.signature}
        answer = requests.post(told.address, told.params, headers=headers, timeout=30, verify=certificate)
        assert answer.status_code == 204
        text["status"] = "delivered"
