"""How the form of a guidance page is laid out."""

from django import forms
from django.forms import widgets
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput

from caregiver.cms.addresses import address
from caregiver.models import GuidanceVariant
from caregiver.queries.guidance import upkeep
from caregiver.queries.guidance.variants import SharedChange, shared_change

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
            return address(self.instance, "checks")

        @property
        def behind(self) -> int:
            return upkeep.versions_behind(self.instance)

        @property
        def is_late(self) -> bool:
            return upkeep.is_review_late(self.instance, timezone.localdate())

        @property
        def media(self) -> forms.Media:
            return forms.Media(
                js=[widgets.Script("caregiver/cms/checks.js", type="module")]  # type: ignore[list-item]
            )


class SharedTextPanel(Panel):
    """The shared page beside a clinic's own variant, and whether it has changed since they were compared."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "caregiver/cms/shared_text_panel.html"
        instance: GuidanceVariant

        @cached_property
        def change(self) -> SharedChange:
            return shared_change(self.instance)

        @property
        def shared_url(self) -> str:
            return reverse("guidance_use:shared_variant", args=[self.instance.pk])


TEXT = [
    ChecksPanel(heading=_("Checks")),
    FieldPanel("title", widget=AdminAutoHeightTextInput, heading=_("Title")),
    FieldPanel("summary", widget=AdminAutoHeightTextInput, heading=_("Summary")),
    FieldPanel("body", heading=_("Body")),
]
FINDING = [
    FieldPanel("keywords", heading=_("Keywords")),
    FieldPanel("situations", heading=_("Situations")),
    FieldPanel("questions", heading=_("Checklist questions")),
    FieldPanel("related", heading=_("Read next")),
    FieldRowPanel(
        [
            FieldPanel("day_from", heading=_("From day")),
            FieldPanel("day_to", heading=_("To day")),
            FieldPanel("target", heading=_("Target")),
        ]
    ),
]
FACTS = [
    MultiFieldPanel(
        [
            FieldPanel("level", heading=_("Level")),
            FieldPanel("slug", heading=_("Address")),
            FieldPanel("number", heading=_("Place in the list")),
        ],
        heading=_("The page"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("review_by", widget=DAY, heading=_("Review by")),
            FieldPanel("sources", heading=_("Sources")),
        ],
        heading=_("Facts and sources"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("source_number", heading=_("Source number")),
            FieldPanel("reviewed", heading=_("Checked by a translator")),
        ],
        heading=_("Translation"),
    ),
]
SCHEDULE = [
    FieldPanel(
        "go_live_at", heading=_("Goes live at"), help_text=_("Leave empty: as soon as it is approved.")
    ),
    FieldPanel(
        "expire_at",
        heading=_("Ends at"),
        help_text=_("After that families see that the page is being renewed."),
    ),
]

VARIANT_FACTS = [
    MultiFieldPanel([FieldPanel("review_by", widget=DAY, heading=_("Review by"))], heading=_("Facts")),
    MultiFieldPanel(
        [
            FieldPanel("source_number", heading=_("Source number")),
            FieldPanel("reviewed", heading=_("Checked by a translator")),
        ],
        heading=_("Translation"),
    ),
]
VARIANT_SCHEDULE = [
    SCHEDULE[0],
    FieldPanel(
        "expire_at", heading=_("Ends at"), help_text=_("After that your families read the shared page again.")
    ),
]

# What a page is about is decided on the shared page.
VARIANT_EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(
            [SharedTextPanel(heading=_("The shared page")), *TEXT], heading=pgettext_lazy("guidance", "Text")
        ),
        ObjectList(
            [
                FieldPanel("keywords", heading=_("Keywords")),
                FieldPanel("situations", heading=_("Situations")),
            ],
            heading=_("How families find it"),
        ),
        ObjectList(VARIANT_FACTS, heading=_("Facts")),
        ObjectList(VARIANT_SCHEDULE, heading=_("When")),
    ]
)

EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(TEXT, heading=pgettext_lazy("guidance", "Text")),
        ObjectList(FINDING, heading=_("How families find it")),
        ObjectList(FACTS, heading=_("Facts")),
        ObjectList(SCHEDULE, heading=_("When")),
    ]
)
