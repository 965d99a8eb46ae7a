"""What staff write about an escalation."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.console.words import clock, level_word
from clinic.levels import LEVEL_WORDS
from clinic.models.escalation import CHOOSABLE_OUTCOMES, Outcome
from clinic.queries.escalations.known import Nameable
from clinic.queries.escalations.panel import AskableColleague
from clinic.queries.patients.care_team import Caregiver
from clinic.queries.reports.household import DifferingReport
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import pages_staff
from clinic.services.escalations.known import Expected

NOTE_LENGTH = 4000
SOMEBODY_ELSE = "other"
SNOOZE_MINUTES = (5, 10, 15, 30, 60, 120, 240, 480, 1440)
UNCLEAR = "unclear"
EXPECTED_HOURS = (12, 24, 48, 72)


def report_choice(report: DifferingReport) -> str:
    """Who, when and how serious, as one choice."""
    return f"{report.by}, {clock(report.at)}: {level_word(report.level)}"


class NoteForm(forms.Form):
    """A call to the family with how it ended, or a note alone.

    A note alone is what stands there, in words: it claims nothing. A call counts toward "could not reach" and
    the figures, so whom somebody called and how it ended never stand there by themselves.
    """

    prefix = "note"
    all_optional = True
    called = forms.ChoiceField(label=_("Whom did you call?"), required=False)
    reached = forms.ChoiceField(
        label=_("How did the call end?"),
        choices=[("yes", _("I reached them")), ("no", _("Nobody answered"))],
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Call note"),
        help_text=_("What was said. Other staff see it; the family does not."),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, caregivers: Iterable[Caregiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.member_id), _person(one)) for one in caregivers]
        none = [("", _("Nobody, this is only a note"))]
        self.fields["called"].choices = [*none, *people, (SOMEBODY_ELSE, _("Somebody else"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("called") and not cleaned.get("reached"):
            self.add_error("reached", _("Say whether you reached them."))
        if not cleaned.get("called") and cleaned.get("reached"):
            self.add_error("called", _("Choose whom you called."))
        if not cleaned.get("called") and not cleaned.get("reached") and not cleaned.get("text"):
            self.add_error("text", _("Write what was said first."))
        return cleaned

    def call(self) -> dict[str, Any] | None:
        """The call as the service wants it; None where it is only a note."""
        cleaned = self.cleaned_data
        if not cleaned["called"]:
            return None
        known = cleaned["called"] != SOMEBODY_ELSE
        return {
            "member_id": int(cleaned["called"]) if known else None,
            "who": "" if known else str(_("Somebody else")),
            "reached": cleaned["reached"] == "yes",
            "note": cleaned["text"],
        }


class ResolveForm(forms.Form):
    """How it ended. The service decides whether an outcome is needed; the form only says so."""

    prefix = "resolve"
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[
            *[(one.value, one.label) for one in CHOOSABLE_OUTCOMES if one != Outcome.COULD_NOT_REACH],
            (Outcome.COULD_NOT_REACH.value, _("Could not reach the family: page the next person")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Last note"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    confirmed = forms.ChoiceField(
        label=_("The family's reports differ. Which one did you confirm?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the reports.")},
    )

    expected = forms.MultipleChoiceField(
        label=_("What is expected for a while?"),
        help_text=_(
            "As long as it is no worse, it does not page again. A worse answer, another sign and everything "
            "that is measured page as ever. What the family is told stays the same."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Only a mild finding of this escalation can be expected.")},
    )
    expected_hours = forms.TypedChoiceField(
        label=_("Expected for how long?"), coerce=int, empty_value=None, required=False
    )

    def __init__(
        self,
        *args: Any,
        to_confirm: Iterable[DifferingReport] = (),
        nameable: Iterable[Nameable] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer_to_expect([(one.item, one.words) for one in nameable])
        said = [(str(one.report_id), report_choice(one)) for one in to_confirm]
        self.fields["confirmed"].choices = [*said, (UNCLEAR, _("I could not tell"))]  # type: ignore[attr-defined]
        self.fields["confirmed"].required = bool(said)
        self.fields["confirmed"].error_messages["required"] = _("Say which report you confirmed.")
        if not said:
            del self.fields["confirmed"]

    def _offer_to_expect(self, findings: list[tuple[str, str]]) -> None:
        if not findings:
            del self.fields["expected"], self.fields["expected_hours"]
            return
        self.fields["note"].help_text = _("Needed where something is expected for a while.")
        for name in ("note", "expected_hours"):
            vars(self.fields[name])["asked_only_then"] = True
        hours = [("", _("Choose")), *((one, _duration(one * 60)) for one in EXPECTED_HOURS)]
        self.fields["expected"].choices = findings  # type: ignore[attr-defined]
        self.fields["expected_hours"].choices = hours  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("expected") and not cleaned.get("expected_hours"):
            self.add_error("expected_hours", _("Choose for how long."))
        if cleaned.get("expected") and not cleaned.get("note", "").strip():
            self.add_error("note", _("Say why this is expected."))
        return cleaned

    def act(self, now: datetime) -> dict[str, Any]:
        """What was chosen, as the service wants it."""
        said = dict(self.cleaned_data)
        items, hours = said.pop("expected", []), said.pop("expected_hours", None)
        return {**said, "expected": [Expected(item, now + timedelta(hours=hours)) for item in items]}

    def clean_confirmed(self) -> UUID | None:
        """The report that proved right; None where nobody could tell."""
        chosen = self.cleaned_data["confirmed"]
        return None if chosen == UNCLEAR else UUID(chosen)

    def ask_for_outcome(self, needed: bool) -> "ResolveForm":
        """Say whether the outcome may be left out, which depends on the level now."""
        self.fields["outcome"].label = _("What came of it?") if needed else _("What came of it? (optional)")
        return self


class _ColleagueForm(forms.Form):
    """Whom to ask."""

    colleague = forms.TypedChoiceField(
        label=_("Colleague"), coerce=int, error_messages={"required": _("Choose a colleague.")}
    )

    def __init__(self, *args: Any, colleagues: Iterable[AskableColleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.staff_id), f"{one.name} ({one.role})") for one in colleagues]
        self.fields["colleague"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]


class TransferForm(_ColleagueForm):
    """Offering it to a colleague."""

    prefix = "transfer"
    text = forms.CharField(
        label=_("What they should know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AskOpinionForm(_ColleagueForm):
    """Asking a colleague what they think."""

    prefix = "opinion"
    text = forms.CharField(
        label=_("Your question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write your question.")},
    )


class GiveOpinionForm(forms.Form):
    """The second opinion."""

    prefix = "answer"
    text = forms.CharField(
        label=_("What you think"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you think.")},
    )


class SnoozeForm(forms.Form):
    """Setting it aside for a while, with a reason."""

    prefix = "snooze"
    minutes = forms.TypedChoiceField(label=_("For how long?"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Such as: waiting for the lab."),
        max_length=200,
        error_messages={"required": _("Enter the reason.")},
    )

    def __init__(self, *args: Any, longest: timedelta, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [one for one in SNOOZE_MINUTES if timedelta(minutes=one) <= longest]
        self.fields["minutes"].choices = [(one, _duration(one)) for one in fitting]  # type: ignore[attr-defined]


class LowerForm(forms.Form):
    """Lowering the level, with a reason; below urgent with what came of it, as in closing."""

    prefix = "lower"
    level = forms.ChoiceField(label=_("New level"), error_messages={"required": _("Choose a level.")})
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Such as: the thermometer was wrong, measured again 36.8."),
        max_length=1000,
        error_messages={"required": _("Enter the reason.")},
    )

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        help_text=_("Needed where the new level is below urgent: nobody is paged for it any more."),
        choices=[
            ("", _("Choose")),
            *[(one.value, one.label) for one in CHOOSABLE_OUTCOMES if one != Outcome.COULD_NOT_REACH],
        ],
        required=False,
    )

    def __init__(self, *args: Any, levels: Iterable[Level], pages_now: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self.fields["outcome"])["asked_only_then"] = True
        if not pages_now:
            del self.fields["outcome"]
        self.fields["level"].choices = [("", _("Choose")), *((one.value, LEVEL_WORDS[one]) for one in levels)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        asked = "outcome" in self.fields and not self.has_error("outcome") and cleaned.get("level")
        if asked and not pages_staff(Level(cleaned["level"])) and not cleaned.get("outcome"):
            self.add_error("outcome", _("Choose what came of it."))
        return cleaned


class TakeOverForm(forms.Form):
    """Taking it from a colleague who cannot go on."""

    prefix = "over"
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Such as: called away to another patient."),
        max_length=1000,
        error_messages={"required": _("Enter the reason.")},
    )


def _person(one: Caregiver) -> str:
    return f"{one.name} ({one.relation})" if one.relation else one.name


def _duration(minutes: int) -> str:
    hours = minutes // 60
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
