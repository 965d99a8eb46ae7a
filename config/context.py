"""What every page may show without asking: the product's name and whether this is a demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_bidi

from caregiver.queries.household import patient_names
from caregiver.views.core import family_device


def product(request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page."""
    waits = family_device.waits(request)
    return {
        "product_name": settings.PRODUCT_NAME,
        "demo": settings.DEMO,
        # What the hospital's own sign-in is called; empty where there is none.
        "directory_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        # A family's phone that waits until somebody says that it is theirs.
        "new_device": waits,
        # By patient; asked for only where such a phone names one.
        "names_on_new_device": SimpleLazyObject(lambda: patient_names.of_caregiver(by=request.user))
        if waits
        else {},
        "text_direction": "rtl" if get_language_bidi() else "ltr",
    }
