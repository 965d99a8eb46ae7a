"""Where the pictures of guidance pages are."""

from django.templatetags.static import static
from django.urls import reverse


def picture_url(key: str) -> str:
    """Where a picture of a guidance page is: a drawing that ships with the program, or an upload."""
    if key.endswith(".svg"):
        return static(f"caregiver/guidance/{key}")
    return reverse("caregiver_picture", args=[key]) if key else ""
