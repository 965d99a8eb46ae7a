import re

import pytest
from django.test import Client

from clinic.models import AuditEvent, CallCode, PagingLadder, PagingOrder
from clinic.queries.paging import ladders
from clinic.rules.core.enums import Level
from clinic.services.paging import call_codes
from tests import factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def administrator(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin").user


def filled(page):
    """The form as the browser would send it back unchanged."""
    return dict(re.findall(r'type="number" name="(ladder-\w+)" value="(\d+)"', page))


def test_nurse_reads_the_ladder_and_cannot_change_it(nurse):
    page = signed_in(nurse).get("/console/paging/")

    assert "An administrator can change these numbers." in text_of(page)
    assert "Save the ladder" not in text_of(page)
    assert signed_in(nurse).post("/console/paging/ladder/", {}).status_code == 403


def test_administrator_changes_the_ladder(administrator, clinic):
    client = signed_in(administrator)
    fields = filled(client.get("/console/paging/").content.decode())
    assert len(fields) == 10

    response = client.post(
        "/console/paging/ladder/",
        {
            **fields,
            "ladder-urgent_person_minutes": "7",
            "ladder-emergency_both_roles": "on",
            "ladder-rules": "red_flag",
        },
        follow=True,
    )

    assert "Saved." in text_of(response)
    ladder = ladders.of_clinic(clinic.pk)
    assert ladder.rung(Level.URGENT).person_minutes == 7
    assert ladder.rung(Level.EMERGENCY).both_roles is True
    assert ladder.both_roles_rules == {"red_flag"}


def test_number_out_of_bounds_is_told_and_not_saved(administrator):
    client = signed_in(administrator)
    fields = filled(client.get("/console/paging/").content.decode())

    response = client.post("/console/paging/ladder/", {**fields, "ladder-emergency_person_minutes": "60"})

    assert response.status_code == 422
    assert "There is a problem" in text_of(response)
    assert PagingLadder.objects.count() == 0


def test_everybody_sets_their_own_channels(nurse):
    response = signed_in(nurse).post(
        "/console/paging/mine/",
        {"order-channel_0": "voice", "order-wait_0": "60", "order-channel_1": "sms", "order-wait_1": ""},
        follow=True,
    )

    assert "You are paged in this order from now on." in text_of(response)
    assert PagingOrder.objects.get().turns == [
        {"channel": "voice", "wait_seconds": 60},
        {"channel": "sms", "wait_seconds": 120},
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"order-channel_0": "push", "order-wait_0": "60"},
        {"order-channel_0": "sms", "order-channel_1": "sms"},
        {"order-channel_0": "sms", "order-wait_0": "5"},
        {"order-channel_0": ""},
    ],
    ids=["push alone", "twice", "too short", "nothing"],
)
def test_order_that_reaches_nobody_is_refused(nurse, data):
    response = signed_in(nurse).post("/console/paging/mine/", data)

    assert response.status_code == 422
    assert PagingOrder.objects.count() == 0


def test_each_clinic_has_a_page_and_foreign_ones_none(nurse, other_clinic, clinic):
    factories.StaffFactory(user=nurse, clinic=other_clinic)
    client = signed_in(nurse)

    assert "Paging · Lake Hospital" in text_of(client.get("/console/paging/?clinic=lake"))
    assert client.get("/console/paging/?clinic=elsewhere").status_code == 404


def test_person_sets_their_own_code_for_calls(nurse):
    client = signed_in(nurse)
    assert "You have set none. This clinic does not ask for it now." in text_of(
        client.get("/console/paging/")
    )

    for weak in ("", "123", "1234", "7777", "73051", "73a5"):
        assert client.post("/console/paging/code/", {"code-code": weak}).status_code == 422
    assert not CallCode.objects.exists()
    response = client.post("/console/paging/code/", {"code-code": "7305"}, follow=True)

    assert "Your code for calls is set." in text_of(response)
    assert "7305" not in response.content.decode()
    assert call_codes.is_theirs(nurse, "7305")
    assert not call_codes.is_theirs(nurse, "7306")
    assert AuditEvent.objects.get(action="call_code.set").detail == {}


def test_administrator_asks_for_the_code_and_sees_who_has_none(administrator, clinic, nurse):
    factories.OnCallFactory(staff=nurse.staff_roles.get(), position=0)
    client = signed_in(administrator)

    response = client.post("/console/paging/calls/", {"calls-required": "on"}, follow=True)

    clinic.refresh_from_db()
    assert clinic.call_code_required is True
    assert "No code yet, so they could take a page only by text or in the console: Nora Nurse." in text_of(
        response
    )
    assert "you have set none: a call can be taken only in the console" in text_of(
        signed_in(nurse).get("/console/paging/")
    )
    client.post("/console/paging/calls/", {"calls-required": "on"})
    client.post("/console/paging/calls/", {})
    clinic.refresh_from_db()
    assert clinic.call_code_required is False
    rows = AuditEvent.objects.filter(action__startswith="call_code").order_by("pk")
    assert list(rows.values_list("action", flat=True)) == [
        "call_code.required",
        "call_code.not_required",
    ]


def test_nurse_does_not_decide_what_calls_ask_for(nurse, clinic):
    assert signed_in(nurse).post("/console/paging/calls/", {"calls-required": "on"}).status_code == 403
    clinic.refresh_from_db()
    assert clinic.call_code_required is False


def test_whoever_is_not_paged_reads_why(administrator, nurse):
    administrator.staff_roles.update(phone="+12025550123")
    nurse.staff_roles.update(phone="+12025550124")

    warning = "With your role you are not paged"
    assert warning in text_of(signed_in(administrator).get("/console/paging/"))
    assert warning not in text_of(signed_in(nurse).get("/console/paging/"))
