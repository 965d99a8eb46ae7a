"""A choice from a list is drawn as Django draws it, only quicker."""

import pytest
from django.forms import Select
from django.forms.renderers import DjangoTemplates

from config.forms import Renderer

ZONES = [("UTC", "UTC"), ("America/New_York", "New York <east>"), (None, "None of these")]


@pytest.mark.parametrize(
    ("choices", "value", "attrs"),
    [
        (ZONES, "America/New_York", {"id": "zone", "required": True, "disabled": False}),
        (ZONES, None, {}),
        ([("The coast", ZONES[:1]), ("Elsewhere", ZONES[1:]), ("other", "Other")], "other", {"id": "a&b"}),
        ([], None, {"data-of": "nothing"}),
    ],
    ids=["chosen", "none chosen", "in groups", "empty"],
)
def test_list_is_drawn_as_django_draws_it(choices, value, attrs):
    ours, djangos = (
        Select(choices=choices).render("zone", value, attrs, renderer=each)
        for each in (Renderer(), DjangoTemplates())
    )

    assert ours.replace("\n", "").replace("  ", "") == djangos.replace("\n", "").replace("  ", "")
