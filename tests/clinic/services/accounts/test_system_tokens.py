"""A signed request counts once, also where two copies come at the same moment; tokens go by themselves."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from clinic.models import SystemClient, SystemToken
from clinic.services.accounts import system_tokens
from clinic.services.core import kept
from tests import factories
from tests.fakes import system as fakes

AUDIENCE = "https://kinwatch.clinic.example/fhir/auth/token"


@pytest.mark.django_db(transaction=True)
def test_same_request_from_four_at_once_counts_once():
    now = timezone.now()
    client = factories.SystemClientFactory()
    assertion = fakes.rsa_pair().sign(fakes.claims(client.pk, AUDIENCE))
    barrier, answers = Barrier(4), []

    def ask() -> None:
        barrier.wait()
        try:
            system_tokens.issue(assertion=assertion, scope="system/*.rs", audience=AUDIENCE, now=now)
            answers.append("given")
        except system_tokens.TokenRefused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["given", *["invalid_client"] * 3]
    assert SystemToken.objects.count() == 1


@pytest.mark.django_db
def test_tokens_go_after_a_day_and_not_while_their_request_is_fresh():
    now = timezone.now()
    client = factories.SystemClientFactory()
    for hours in (23, 25):
        SystemToken.objects.create(
            client=client,
            clinic=client.clinic,
            token_hash=f"{hours}",
            request_hash=f"{hours}",
            scopes="system/*.rs",
            issued_at=now - timedelta(hours=hours),
            expires_at=now - timedelta(hours=hours) + system_tokens.LASTS,
        )

    assert kept.let_go_of_some(system_tokens.RETENTION, now=now) == 1
    assert [one.token_hash for one in SystemToken.objects.all()] == ["23"]
    assert SystemClient.objects.filter(pk=client.pk).exists()
