from __future__ import annotations

from typing import Any

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol


@pytest.fixture
def protocol() -> Protocol:
    return Protocol.from_document(default_document())


@pytest.fixture
def document() -> dict[str, Any]:
    """A copy of the default document that a test may spoil."""
    return default_document()
