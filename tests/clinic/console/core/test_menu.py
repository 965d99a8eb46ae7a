"""The bar says where one is: a page about a patient stands under Patients or Labs."""

import re

import pytest
from django.urls import get_resolver, reverse

from clinic.console.menu import MENU


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("console_patient", "Patients"),
        ("console_windows", "Patients"),
        ("console_outcomes", "Patients"),
        ("console_note_call", "Patients"),
        ("console_enter_report", "Patients"),
        ("console_risk", "Labs"),
        ("console_labs", "Labs"),
    ],
)
def test_a_page_about_a_patient_is_marked_in_the_bar(client, nurse, patient, name, word):
    client.force_login(nurse)

    bar = client.get(reverse(name, args=[patient.pk])).content.decode().split('class="topbar-nav"')[1]

    (marked,) = re.findall(r'aria-current="page">(.*?)</a>', bar.split("</nav>")[0], re.DOTALL)
    assert marked.endswith(word)


def test_pages_of_colleagues_and_of_new_secrets_are_marked_in_the_bar():
    marked = {name: str(entry.label) for entry in MENU for name in entry.also}

    assert (marked["console_staff_sessions"], marked["console_listener_secret"]) == ("Rota", "Set-up")


def test_every_address_of_the_bar_is_of_one_page():
    named = [name for entry in MENU for name in (entry.url_name, *entry.also)]

    assert len(named) == len(set(named))
    assert set(named) <= set(get_resolver().reverse_dict)
