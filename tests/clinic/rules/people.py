"""Made-up people as the rules know them: what a test does not name is unremarkable."""

from typing import Any

from hypothesis import strategies as st

from clinic.rules.protocols.scoring.assessment import PatientContext

UNREMARKABLE: dict[str, Any] = {
    "tier": "standard",
    "target": "",
    "product": "",
    "age": None,
    "immune_risk": False,
    "neutropenia": False,
    "platelets_low": False,
    "masked": False,
    "baseline": {},
    "minutes_to_centre": None,
    "no_transport": False,
    "findings": (),
    "home_day": None,
}


def a_person(**facts: Any) -> PatientContext:
    """On the day that the test names."""
    return PatientContext(**{**UNREMARKABLE, **facts})


baselines = st.fixed_dictionaries(
    {},
    optional={
        "sbp": st.integers(80, 180),
        "spo2": st.integers(85, 100),
        "home_check": st.integers(0, 10),
        **{key: st.integers(0, 3) for key in ("pain", "activity", "movement")},
    },
)
facts = st.fixed_dictionaries(
    {
        "day": st.one_of(st.integers(-5, 40), st.sampled_from([60, 99, 100, 101, 365, 366, 2000])),
        "tier": st.sampled_from(["standard", "high"]),
        "target": st.sampled_from(["CD19", "BCMA"]),
        "product": st.sampled_from(["axi-cel", "cilta-cel"]),
        "immune_risk": st.booleans(),
        "neutropenia": st.booleans(),
        "platelets_low": st.booleans(),
        "masked": st.booleans(),
        "baseline": baselines,
    }
)
