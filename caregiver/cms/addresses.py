"""Where a text is on the desk: a shared page, or a clinic's own variant."""

from django.urls import reverse

from caregiver.models import GuidanceText

_OF_PAGE = {"edit": "guidance:edit"}
_OF_VARIANT = {"edit": "guidance_variants:edit"}


def address(text: GuidanceText, act: str) -> str:
    """The address of `act`: edit, review, read, retire, translate, checks."""
    rooms = {"review": "guidance_review", "read": "guidance_review"}
    name = f"{rooms.get(act, 'guidance_use')}:{act}"
    if text.clinic_id is None:
        return reverse(_OF_PAGE.get(act, name), args=[text.pk])
    return reverse(_OF_VARIANT.get(act, f"{name}_variant"), args=[text.pk])
