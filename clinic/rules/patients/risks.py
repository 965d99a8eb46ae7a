"""When a change of what staff have set makes the rules less strict for a patient: it then takes two."""

from datetime import date

FLAGS = ("immune_risk", "neutropenia", "platelets_low")
HIGH_TIER = "high"


def is_lower(field: str, old: object, new: object, *, today: date) -> bool:
    """A lower tier, a flag taken away, or fewer days ahead on which medicine may hide a fever."""
    if field == "tier":
        return old == HIGH_TIER and new != HIGH_TIER
    if field in FLAGS:
        return bool(old) and not new
    if field == "masked_until":
        return isinstance(old, date) and old >= today and (not isinstance(new, date) or new < old)
    return False
