"""What every page may show without asking: the product's name and whether this is a demo."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_bidi


def product(request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page."""
    return {
        "product_name": settings.PRODUCT_NAME,
        "demo": settings.DEMO,
        "text_direction": "rtl" if get_language_bidi() else "ltr",
    }
