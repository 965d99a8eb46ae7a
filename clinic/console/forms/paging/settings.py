"""How a clinic pages, and by which channels a person is paged."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.levels import LEVEL_WORDS
from clinic.queries.paging.settings import PagingSettings
from clinic.rules.core.enums import Level
from clinic.rules.paging.channels import LONGEST, SHORTEST, Channel, ChannelTurn
from clinic.rules.paging.ladder import BOUNDS, PAGED_LEVELS, Ladder, Rung

NUMBER_LABELS = {
    "person_minutes": _("Minutes until the next person"),
    "people_before_line": _("People before the 24-hour line is called"),
    "hold_minutes": _("Minutes held without a call or note"),
    "text_minutes": _("Minutes in staffed hours until the person on shift gets a text"),
    "lead_minutes": _("Minutes after that until the leads get a text"),
}
CHANNELS = [
    (Channel.SMS.value, _("Text message")),
    (Channel.VOICE.value, _("Phone call")),
    (Channel.PUSH.value, _("Notification in a browser")),
]
PLACES = 3


class LadderForm(forms.Form):
    """The numbers of each level within their bounds, and who must answer."""

    prefix = "ladder"

    def __init__(self, *args: Any, page: PagingSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level, bounds in BOUNDS.items():
            rung = page.ladder.rung(level)
            for name, (smallest, largest) in bounds.items():
                self.fields[f"{level.value}_{name}"] = _number(name, smallest, largest, getattr(rung, name))
            if level in PAGED_LEVELS:
                self.fields[f"{level.value}_both_roles"] = forms.BooleanField(
                    label=_("A nurse and a physician must both answer"),
                    required=False,
                    initial=rung.both_roles,
                )
        self.fields["rules"] = forms.MultipleChoiceField(
            label=_("Reasons for which a nurse and a physician must both answer, at any level"),
            choices=[(rule.id, rule.words) for rule in page.rules],
            required=False,
            initial=sorted(page.ladder.both_roles_rules),
            widget=forms.CheckboxSelectMultiple,
        )

    def groups(self) -> list[tuple[Level, Any, list[forms.BoundField]]]:
        """The fields of each level, worst first."""
        return [
            (
                level,
                LEVEL_WORDS[level],
                [self[name] for name in self.fields if name.startswith(f"{level.value}_")],
            )
            for level in BOUNDS
        ]

    def ladder(self) -> Ladder:
        """The cleaned numbers, as the service wants them."""
        cleaned = self.cleaned_data
        rungs = {
            level: Rung(
                both_roles=cleaned.get(f"{level.value}_both_roles", False),
                **{name: cleaned[f"{level.value}_{name}"] for name in bounds},
            )
            for level, bounds in BOUNDS.items()
        }
        return Ladder(rungs, frozenset(cleaned["rules"]))


class ChannelOrderForm(forms.Form):
    """First, second and third channel, each with its wait."""

    prefix = "order"
    all_optional = True

    def __init__(self, *args: Any, page: PagingSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(PLACES):
            turn = page.turns[place] if place < len(page.turns) else None
            none = [] if place == 0 else [("", _("Nothing more"))]
            self.fields[f"channel_{place}"] = forms.ChoiceField(
                label=(_("First"), _("Then"), _("After that"))[place],
                choices=[*none, *CHANNELS],
                required=place == 0,
                initial=turn.channel.value if turn else "",
            )
            self.fields[f"wait_{place}"] = forms.IntegerField(
                label=_("Seconds to wait for your answer"),
                min_value=SHORTEST,
                max_value=LONGEST,
                required=False,
                initial=turn.wait_seconds if turn else 120,
            )

    def field_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each channel with its wait."""
        return [(self[f"channel_{place}"], self[f"wait_{place}"]) for place in range(PLACES)]

    def turns(self) -> list[ChannelTurn]:
        """The cleaned order, as the service wants it."""
        cleaned = self.cleaned_data
        return [
            ChannelTurn(Channel(cleaned[f"channel_{place}"]), cleaned[f"wait_{place}"] or 120)
            for place in range(PLACES)
            if cleaned[f"channel_{place}"]
        ]


class CallCodeForm(forms.Form):
    """One's own code for calls."""

    prefix = "code"

    code = forms.CharField(
        label=_("Four digits"),
        max_length=8,
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-code"}
        ),
        error_messages={"required": _("Enter four digits.")},
    )


class CallsForm(forms.Form):
    """What a clinic asks of whoever answers a call."""

    prefix = "calls"

    required = forms.BooleanField(
        label=_("A call is answered only with the person's own code"), required=False
    )


def _number(name: str, smallest: int, largest: int, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=NUMBER_LABELS[name],
        help_text=_("From %(smallest)s to %(largest)s.") % {"smallest": smallest, "largest": largest},
        min_value=smallest,
        max_value=largest,
        initial=initial,
    )
