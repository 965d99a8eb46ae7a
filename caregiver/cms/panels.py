"""How the form of a guidance page is laid out."""

from django import forms
from django.forms import widgets
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)

from caregiver.queries.guidance import upkeep

# The browser's own picker: Wagtail's writes a script into the page, which our content policy refuses.
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ChecksPanel(Panel):
    """Reading grade, forbidden phrases, missing alternatives: renewed while the text is written."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "caregiver/cms/checks_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        @property
        def url(self) -> str:
            return reverse("guidance_use:checks", args=[self.instance.pk])

        @property
        def behind(self) -> int:
            return upkeep.version_ahead(self.instance, upkeep.live_numbers())

        @property
        def is_late(self) -> bool:
            return upkeep.is_review_late(self.instance, timezone.localdate())

        @property
        def media(self) -> forms.Media:
            return forms.Media(
                js=[widgets.Script("caregiver/cms/checks.js", type="module")]  # type: ignore[list-item]
            )


TEXT = [
    ChecksPanel(heading="Checks"),
    FieldPanel("title"),
    FieldPanel("summary"),
    FieldPanel("body"),
]
FINDING = [
    FieldPanel("keywords"),
    FieldPanel("situations"),
    FieldPanel("questions"),
    FieldPanel("related"),
    FieldRowPanel([FieldPanel("day_from"), FieldPanel("day_to"), FieldPanel("target")]),
]
FACTS = [
    MultiFieldPanel([FieldPanel("level"), FieldPanel("slug"), FieldPanel("number")], heading="The page"),
    MultiFieldPanel(
        [FieldPanel("review_by", widget=DAY), FieldPanel("sources")], heading="Facts and sources"
    ),
    MultiFieldPanel([FieldPanel("source_number"), FieldPanel("reviewed")], heading="Translation"),
]
SCHEDULE = [
    FieldPanel("go_live_at", heading="Goes live at", help_text="Leave empty: as soon as it is approved."),
    FieldPanel(
        "expire_at", heading="Ends at", help_text="After that families see that the page is being renewed."
    ),
]

EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(TEXT, heading="Text"),
        ObjectList(FINDING, heading="How families find it"),
        ObjectList(FACTS, heading="Facts"),
        ObjectList(SCHEDULE, heading="When"),
    ]
)
