"""The pieces that a guidance page is made of. Each fits one job, so that nobody has to lay out a page.

Telephone numbers are in none of them: they are filled in from the reader's own clinic.
"""

from functools import cache
from typing import Any

from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from clinic.protocols import default_document

LONGEST_LINE = 300


@cache
def signs() -> list[tuple[str, str]]:
    """What a warning sign may be tied to: a question of the checklist, or one answer to it."""
    found = []
    for question in default_document("car-t")["questions"]:
        label = question["label"]["en"]
        found.append((question["key"], label))
        found += [
            (f"{question['key']}.{option['value']}", f"{label}: {option['text']['en']}")
            for option in question.get("options", ())
        ]
        if question["kind"] == "yes_no":
            found += [
                (f"{question['key']}.true", f"{label}: yes"),
                (f"{question['key']}.false", f"{label}: no"),
            ]
    return found


def named(name: str, block: blocks.FieldBlock) -> blocks.FieldBlock:
    """A block that Wagtail shows without a label of its own; screen readers read this name."""
    block.field.widget.attrs["aria-label"] = name
    return block


class Text(blocks.StructBlock):
    """Plain text under a heading."""

    heading = blocks.CharBlock(max_length=120)
    paragraphs = blocks.ListBlock(named("Paragraph", blocks.TextBlock(rows=3)), min_num=1)

    class Meta:
        icon = "pilcrow"
        label = "Text"


class Steps(blocks.StructBlock):
    """What to do, one thing after the other."""

    heading = blocks.CharBlock(max_length=120)
    items = blocks.ListBlock(named("Step", blocks.CharBlock(max_length=LONGEST_LINE)), min_num=1)

    class Meta:
        icon = "list-ol"
        label = "Steps"


class CallNow(blocks.StructBlock):
    """When to call at once. The numbers are filled in from the family's clinic."""

    heading = blocks.CharBlock(max_length=120)
    level = blocks.ChoiceBlock(
        choices=[("emergency", "Emergency number first"), ("urgent", "CAR-T line first")], default="emergency"
    )
    when = blocks.ListBlock(named("When to call", blocks.CharBlock(max_length=LONGEST_LINE)), min_num=1)

    class Meta:
        icon = "warning"
        label = "Call now"
        help_text = "Numbers are filled in from the family's clinic. In a sentence write {emergency_number}."


class CallToday(blocks.StructBlock):
    """When to call the clinic's line. The number is filled in from the family's clinic."""

    heading = blocks.CharBlock(max_length=120)
    when = blocks.ListBlock(named("When to call", blocks.CharBlock(max_length=LONGEST_LINE)), min_num=1)

    class Meta:
        icon = "mail"
        label = "Call the line"
        help_text = "The numbers are filled in from the family's clinic."


class WarningSign(blocks.StructBlock):
    """One sign, tied to what the checklist asks."""

    text = blocks.CharBlock(max_length=LONGEST_LINE)
    sign = blocks.ChoiceBlock(
        choices=signs, required=False, help_text="The answer of the checklist that means the same"
    )


class WarningSigns(blocks.StructBlock):
    """Signs to look for."""

    heading = blocks.CharBlock(max_length=120)
    items = blocks.ListBlock(WarningSign(), min_num=1)

    class Meta:
        icon = "view"
        label = "Warning signs"


class PictureWithText(blocks.StructBlock):
    """A picture, and its words for whoever does not see it."""

    image = SnippetChooserBlock("caregiver.Picture")
    alt = blocks.CharBlock(
        max_length=LONGEST_LINE, label="Text alternative", help_text="Say what the picture shows."
    )
    caption = blocks.CharBlock(max_length=LONGEST_LINE, required=False)

    class Meta:
        icon = "image"
        label = "Picture"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child_blocks["alt"].field.error_messages["required"] = (
            "Say in words what the picture shows, for whoever does not see it."
        )


class MeasureLine(blocks.StructBlock):
    """One temperature in both units."""

    c = blocks.DecimalBlock(label="°C", decimal_places=1, max_digits=4, required=False)
    f = blocks.DecimalBlock(label="°F", decimal_places=1, max_digits=4, required=False)
    text = blocks.CharBlock(max_length=LONGEST_LINE)


class Measure(blocks.StructBlock):
    """How to measure, and what the reading means, in °C and °F."""

    heading = blocks.CharBlock(max_length=120)
    steps = blocks.ListBlock(named("Step", blocks.CharBlock(max_length=LONGEST_LINE)), min_num=1)
    lines = blocks.ListBlock(MeasureLine())

    class Meta:
        icon = "form"
        label = "How to measure (°C and °F)"


class TeachBackOption(blocks.StructBlock):
    """One answer, and why it is right or not."""

    text = blocks.CharBlock(max_length=LONGEST_LINE)
    right = blocks.BooleanBlock(required=False, label="This answer is right")
    why = blocks.CharBlock(max_length=LONGEST_LINE)


class TeachBack(blocks.StructBlock):
    """One question, so that the family can see that the page has come across."""

    question = blocks.CharBlock(max_length=LONGEST_LINE)
    options = blocks.ListBlock(TeachBackOption(), min_num=2, max_num=4)

    class Meta:
        icon = "help"
        label = "Teach-back question"


class GuidanceBody(blocks.StreamBlock):
    """The body of a page, in the order in which families read it."""

    key_message = named("Key message", blocks.TextBlock(rows=2, icon="info-circle", label="Key message"))
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
