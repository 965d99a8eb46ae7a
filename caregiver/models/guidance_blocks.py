"""The pieces that a guidance page is made of. Each fits one job, so that nobody has to lay out a page.

Telephone numbers are in none of them: they are filled in from the reader's own clinic.
"""

from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.snippets.blocks import SnippetChooserBlock

from clinic.protocols import default_document
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE, in_language

LONGEST_LINE = 300


def signs() -> list[tuple[str, str]]:
    """What a warning sign may be tied to: a question of the checklist, or one answer to it."""
    return _signs_in(get_language() or FALLBACK_LANGUAGE)


@cache
def _signs_in(language: str) -> list[tuple[str, str]]:
    found = []
    for question in default_document("car-t")["questions"]:
        label = in_language(question["label"], language)
        found.append((question["key"], label))
        found += [
            (f"{question['key']}.{option['value']}", f"{label}: {in_language(option['text'], language)}")
            for option in question.get("options", ())
        ]
        if question["kind"] == "yes_no":
            answers = {"true": gettext("yes"), "false": gettext("no")}
            found += [(f"{question['key']}.{key}", f"{label}: {word}") for key, word in answers.items()]
    return found


def named(name: str | Promise, block: blocks.FieldBlock) -> blocks.FieldBlock:
    """A block that Wagtail would show without a label; set afterwards: no migration hangs on a word."""
    block.field.widget.attrs["aria-label"] = name
    block.label = name
    return block


def growing(block: blocks.FieldBlock) -> blocks.FieldBlock:
    """A line that shows all of itself: one that ends at the field's edge could be the sentence's end."""
    block.field.widget = AdminAutoHeightTextInput()
    return block


class Text(blocks.StructBlock):
    """Plain text under a heading."""

    heading = growing(blocks.CharBlock(max_length=120, label=_("Heading")))
    paragraphs = blocks.ListBlock(
        named(_("Paragraph"), blocks.TextBlock(rows=3)), min_num=1, label=_("Paragraphs")
    )

    class Meta:
        icon = "pilcrow"
        label = pgettext_lazy("guidance", "Text")


class Steps(blocks.StructBlock):
    """What to do, one thing after the other."""

    heading = growing(blocks.CharBlock(max_length=120, label=_("Heading")))
    items = blocks.ListBlock(
        named(_("Step"), growing(blocks.CharBlock(max_length=LONGEST_LINE))), min_num=1, label=_("Items")
    )

    class Meta:
        icon = "list-ol"
        label = _("Steps")


class CallNow(blocks.StructBlock):
    """When to call at once. The numbers are filled in from the family's clinic."""

    heading = growing(blocks.CharBlock(max_length=120, label=_("Heading")))
    level = blocks.ChoiceBlock(
        choices=[("emergency", _("Emergency number first")), ("urgent", _("CAR-T line first"))],
        default="emergency",
        label=_("Whom first"),
    )
    when = blocks.ListBlock(
        named(_("When to call"), growing(blocks.CharBlock(max_length=LONGEST_LINE))),
        min_num=1,
        label=_("When"),
    )

    class Meta:
        icon = "warning"
        label = _("Call now")
        help_text = _(
            "Numbers are filled in from the family's clinic. In a sentence write {emergency_number}."
        )


class CallToday(blocks.StructBlock):
    """When to call the clinic's line. The number is filled in from the family's clinic."""

    heading = growing(blocks.CharBlock(max_length=120, label=_("Heading")))
    when = blocks.ListBlock(
        named(_("When to call"), growing(blocks.CharBlock(max_length=LONGEST_LINE))),
        min_num=1,
        label=_("When"),
    )

    class Meta:
        icon = "mobile-alt"
        label = _("Call the line")
        help_text = _("The numbers are filled in from the family's clinic.")


class WarningSign(blocks.StructBlock):
    """One sign, tied to what the checklist asks."""

    text = growing(blocks.CharBlock(max_length=LONGEST_LINE, label=pgettext_lazy("guidance", "Text")))
    sign = blocks.ChoiceBlock(
        choices=signs,
        required=False,
        label=_("Sign"),
        help_text=_("The answer of the checklist that means the same"),
    )


class WarningSigns(blocks.StructBlock):
    """Signs to look for."""

    heading = growing(blocks.CharBlock(max_length=120, label=_("Heading")))
    items = blocks.ListBlock(WarningSign(), min_num=1, label=_("Items"))

    class Meta:
        icon = "view"
        label = _("Warning signs")


class PictureWithText(blocks.StructBlock):
    """A picture, and its words for whoever does not see it."""

    image = SnippetChooserBlock("caregiver.Picture", label=_("Picture"))
    alt = growing(
        blocks.CharBlock(
            max_length=LONGEST_LINE, label=_("Text alternative"), help_text=_("Say what the picture shows.")
        )
    )
    caption = growing(blocks.CharBlock(max_length=LONGEST_LINE, required=False, label=_("Caption")))

    class Meta:
        icon = "image"
        label = _("Picture")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child_blocks["alt"].field.error_messages["required"] = _(
            "Say in words what the picture shows, for whoever does not see it."
        )


class MeasureLine(blocks.StructBlock):
    """One temperature in both units."""

    c = blocks.DecimalBlock(label="°C", decimal_places=1, max_digits=4, required=False)
    f = blocks.DecimalBlock(label="°F", decimal_places=1, max_digits=4, required=False)
    text = growing(blocks.CharBlock(max_length=LONGEST_LINE, label=pgettext_lazy("guidance", "Text")))


class Measure(blocks.StructBlock):
    """How to measure, and what the reading means, in °C and °F."""

    heading = growing(blocks.CharBlock(max_length=120, label=_("Heading")))
    steps = blocks.ListBlock(
        named(_("Step"), growing(blocks.CharBlock(max_length=LONGEST_LINE))), min_num=1, label=_("Steps")
    )
    lines = blocks.ListBlock(MeasureLine(), label=_("Lines"))

    class Meta:
        icon = "form"
        label = _("How to measure (°C and °F)")


class TeachBackOption(blocks.StructBlock):
    """One answer, and why it is right or not."""

    text = growing(blocks.CharBlock(max_length=LONGEST_LINE, label=pgettext_lazy("guidance", "Text")))
    right = blocks.BooleanBlock(required=False, label=_("This answer is right"))
    why = growing(blocks.CharBlock(max_length=LONGEST_LINE, label=_("Why")))


class TeachBack(blocks.StructBlock):
    """One question, so that the family can see that the page has come across."""

    question = growing(blocks.CharBlock(max_length=LONGEST_LINE, label=_("Question")))
    options = blocks.ListBlock(TeachBackOption(), min_num=2, max_num=4, label=_("Options"))

    class Meta:
        icon = "help"
        label = _("Teach-back question")


class GuidanceBody(blocks.StreamBlock):
    """The body of a page, in the order in which families read it."""

    key_message = named(
        _("Key message"), blocks.TextBlock(rows=2, icon="info-circle", label=_("Key message"))
    )
    call_now = CallNow()
    call_today = CallToday()
    steps = Steps()
    warning_signs = WarningSigns()
    measure = Measure()
    picture = PictureWithText()
    text = Text()
    teach_back = TeachBack()

    class Meta:
        block_counts = {"teach_back": {"max_num": 1}}
