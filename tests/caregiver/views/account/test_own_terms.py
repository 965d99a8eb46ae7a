"""A clinic's own terms where families meet them: as they join, and when they change."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from clinic.models import AuditEvent, TermsAcceptance
from clinic.queries.patients.terms import VERSION
from clinic.services.core.tokens import hash_of
from tests import factories
from tests.caregiver.test_weight import kept
from tests.caregiver.views.account.test_sign_in import texted_code

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def shown(answer: Any) -> list[str]:
    return [str(one["value"]) for one in BeautifulSoup(answer.content, "html.parser").select("[name=terms]")]


def test_who_joins_agrees_to_what_stood_on_the_page(
    clinic: Any, patient: Any, client: Client, clock: Any
) -> None:
    row = factories.ClinicTermsFactory(
        clinic=clinic, texts={"en": {"terms": "<b>Call</b>", "privacy": "Kept."}}
    )
    factories.InvitationFactory(patient=patient, token_hash=hash_of("tok"))
    page = client.get("/join/tok/")
    assert "Terms of use of River Cancer Center" in words(page)
    assert b"&lt;b&gt;Call&lt;/b&gt;" in page.content

    newer = factories.ClinicTermsFactory(clinic=clinic, number=2)
    client.post("/join/tok/", {"terms": shown(page)})

    agreed = TermsAcceptance.objects.filter(clinic_terms__isnull=False)
    assert [(one.clinic_terms, one.source) for one in agreed] == [(row, "join")]
    client.post("/sign-in/code/", {"code": texted_code()})
    assert "The terms of use have changed." in words(client.get("/"))
    assert shown(client.get("/terms/")) == [str(newer.pk)]


@pytest.mark.parametrize("path", ["/join/tok/", "/terms/"])
def test_terms_are_whole_on_paper_though_folded_on_the_screen(
    clinic: Any, patient: Any, caregiver: Any, client: Client, clock: Any, path: str
) -> None:
    factories.ClinicTermsFactory(clinic=clinic)
    factories.InvitationFactory(patient=patient, token_hash=hash_of("tok"))
    if path == "/terms/":
        client.force_login(caregiver)

    page = BeautifulSoup(client.get(path).content, "html.parser")

    folded = page.select("main details")
    assert len(folded) == 2 and all("paper-open" in one["class"] for one in folded)
    styles = " ".join(
        kept(str(one["href"]).removeprefix("/static/")) for one in page.select("[rel=stylesheet]")
    )
    [on_paper] = re.findall(r"@media print \{.*?\.paper-open::details-content \{([^}]*)\}", styles, re.DOTALL)
    assert "content-visibility: visible" in on_paper and "block-size: auto" in on_paper


def test_changed_terms_are_agreed_to_once_and_audited_at_the_clinic(
    clinic: Any, patient: Any, caregiver: Any, client: Client
) -> None:
    TermsAcceptance.objects.create(user=caregiver, version=VERSION, language="en", source="join")
    client.force_login(caregiver)
    assert "I agree" not in words(client.get("/terms/"))
    factories.ClinicTermsFactory(clinic=clinic)
    page = client.get("/terms/")
    assert "I agree" in words(page)

    for _ in range(2):
        client.post("/terms/accept/", {"terms": [*shown(page), "no number"]})

    assert caregiver.terms.count() == 2
    assert AuditEvent.objects.filter(action="terms.accepted", clinic_id=clinic.pk).count() == 1
    assert "I agree" not in words(client.get("/terms/"))
