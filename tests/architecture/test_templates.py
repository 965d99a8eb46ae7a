"""Every template can be read: a filter that is not loaded fails only on the page that needs it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = sorted(
    str(path.relative_to(folder))
    for app in ("caregiver", "clinic", "config", "notifications")
    for folder in (settings.BASE_DIR / app).rglob("templates")
    for path in Path(folder).rglob("*")
    if path.suffix in {".html", ".txt"}
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_can_be_read(name: str) -> None:
    assert get_template(name)
