"""A patient's disease: one of the list by its code, another by its words, empty where nobody knows it."""

from clinic.models.disease import Disease

# What the audit and forms know of a disease that is not in the list. No disease may be called so.
ANOTHER_DISEASE = "other"


def find(name: str) -> Disease | None:
    """The disease of the list that somebody means, by its code; None for another one."""
    wanted = name.strip().casefold()
    return next((one for one in Disease if one.value.casefold() == wanted), None)


def code_for(kept: str) -> str:
    """What may be written where words about a person may not."""
    return kept if not kept or find(kept) else ANOTHER_DISEASE


def in_words(kept: str) -> str:
    """In the reader's language; another one as it was typed."""
    found = find(kept)
    return str(found.label) if found else kept
