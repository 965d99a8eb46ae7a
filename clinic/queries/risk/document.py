"""The document of risk as it ships, read once."""

from functools import lru_cache

from clinic.protocols import risk_document
from clinic.rules.risk.reading import RiskRules, read


@lru_cache
def rules() -> RiskRules:
    """protocols/risk.yaml, with what each of its places rests on."""
    return read(risk_document())
