"""Handing a shift over: to whom, and a short note for each line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.console.words import clock
from clinic.queries.desk.handover_lines import HandoverLine
from clinic.queries.desk.handovers import HandoverRecipient, LineGroup

NOTE_LENGTH = 200


@dataclass(frozen=True)
class NotedLineGroup:
    """One part of the sheet; of each line its field, and whether the giver has not seen it before."""

    part: LineGroup
    lines: list[tuple[HandoverLine, BoundField, bool]]


class HandoverForm(forms.Form):
    """`seen` names the lines that were on the sheet when it was shown; each has a note of its own."""

    to = forms.TypedChoiceField(
        label=_("Who takes over?"), coerce=int, error_messages={"required": _("Choose who takes over.")}
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        lines: Iterable[HandoverLine],
        colleagues: Iterable[HandoverRecipient],
        **kwargs: Any,
    ) -> None:
        people = list(colleagues)
        proposed = next((one.staff_id for one in people if one.is_proposed), "")
        listed = list(lines)
        super().__init__(*args, **kwargs)
        self.fields["to"].initial = proposed
        choices = [("", _("Choose")), *((one.staff_id, _recipient_choice(one)) for one in people)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        for line in listed:
            self.fields[f"note-{line.key}"] = forms.CharField(
                label=_("Note"),
                max_length=NOTE_LENGTH,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def notes(self) -> dict[str, str]:
        """What was written, by the key of its line."""
        cleaned = self.cleaned_data
        return {name.removeprefix("note-"): cleaned[name] for name in cleaned if name.startswith("note-")}

    def with_notes(self, parts: Iterable[LineGroup], shown: frozenset[str] | None) -> list[NotedLineGroup]:
        """The parts with the field of each line, and whether it is new since `shown`."""
        return [
            NotedLineGroup(
                part,
                [
                    (line, self[f"note-{line.key}"], shown is not None and line.key not in shown)
                    for line in part.lines
                    if isinstance(line, HandoverLine)
                ],
            )
            for part in parts
        ]

    def seen_line_keys(self) -> frozenset[str]:
        """The keys of the lines that were shown."""
        return frozenset(self.cleaned_data["seen"].split())


def _recipient_choice(one: HandoverRecipient) -> str:
    who, place = f"{one.name} ({one.role})", _place_of(one)
    return f"{who} · {place}" if place else who


def _place_of(one: HandoverRecipient) -> str:
    """The same words about who is on call as the alert's page and the rota have."""
    if one.is_on_call:
        return gettext("on call now")
    if one.on_call_from:
        return gettext("on call from %(at)s") % {"at": clock(one.on_call_from)}
    return gettext("next in line") if one.is_next_in_line else ""
