from __future__ import annotations

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return Protocol.from_document(default_document())
