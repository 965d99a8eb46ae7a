"""The documents that ship with the product."""

import pytest

from clinic import protocols


@pytest.mark.parametrize(
    "read",
    [
        protocols.default_document,
        protocols.windows_document,
        protocols.products_document,
        protocols.risk_document,
        protocols.outcomes_example,
        protocols.cohort_document,
    ],
    ids=lambda read: read.__name__,
)
def test_what_one_caller_changes_no_other_one_reads(read):
    read().clear()

    assert read()
