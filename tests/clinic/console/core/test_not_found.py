from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from tests import factories

NOWHERE = "/console/nothing-of-this-name/"


@pytest.mark.parametrize(
    "address",
    [NOWHERE, "/nothing-of-this-name/", reverse("console_escalation", args=[uuid4()])],
    ids=["unknown", "outside the console", "not visible"],
)
def test_staff_keep_the_bar_and_are_led_to_the_worklist(client, nurse, address):
    client.force_login(nurse)

    page = client.get(address)

    assert page.status_code == 404
    words = page.content.decode()
    assert f'<a href="{reverse("console_patients")}">' in words
    assert f'<a class="button button-primary" href="{reverse("console_worklist")}">' in words
    assert reverse("console_audit") not in words
    assert 'aria-current="page"' not in words


def test_old_link_of_a_role_without_the_worklist_leads_to_the_own_page(client, clinic):
    client.force_login(factories.StaffFactory(clinic=clinic, role="educator").user)

    assert f'button-primary" href="{reverse("account_home")}">' in client.get(NOWHERE).content.decode()


def test_nobody_else_sees_the_bar(client, clinic, caregiver, nurse, settings):
    visitor = client.get(NOWHERE)
    client.force_login(caregiver)
    family = client.get(NOWHERE)
    client.force_login(nurse)
    api = client.get("/api/v1/nothing-of-this-name/")
    settings.DEMO = False
    without_factor = client.get("/accounts/2fa/nothing-of-this-name/")

    for page in (visitor, family, api, without_factor):
        assert page.status_code == 404
        assert b"topbar" not in page.content


def test_somebody_whose_role_has_ended_gets_the_plain_page(client, nurse, now):
    nurse.staff_roles.update(ended_at=now, ended_by=nurse)
    client.force_login(nurse)

    page = client.get(NOWHERE)

    assert page.status_code == 404
    assert b"topbar" not in page.content


def test_page_comes_without_the_bar_where_roles_cannot_be_read(client, nurse):
    client.force_login(nurse)

    with connection.execute_wrapper(refuse_roles):
        page = client.get(NOWHERE)

    assert page.status_code == 404
    assert b"topbar" not in page.content
    assert "Open the worklist" in page.content.decode()


def refuse_roles(execute, sql, params, many, context):
    if "clinic_staff" in sql:
        raise OperationalError
    return execute(sql, params, many, context)


def test_family_and_visitor_read_whom_to_call(client, clinic, caregiver):
    visitor = client.get("/nothing-of-this-name/").content.decode()
    client.force_login(caregiver)
    family = client.get("/nothing-of-this-name/").content.decode()

    for page in (visitor, family):
        assert 'href="tel:911"' in page
        assert f'href="tel:{clinic.line_phone}"' in page
        assert f'href="{reverse("caregiver_card")}"' in page
