from __future__ import annotations

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from tests.caregiver.guidance.pages import SLUGS


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return Protocol.from_document(default_document())


@pytest.fixture(params=SLUGS)
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)
