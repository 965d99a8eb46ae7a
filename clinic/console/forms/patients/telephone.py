"""What staff write down of a call: the call itself, and a report that somebody tells them."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.console.moments import MomentField
from clinic.models import Report
from clinic.models.phone_call import CallDirection
from clinic.queries.patients.care_team import Caregiver
from clinic.question_fields import fields_of
from clinic.rules.protocols.document.protocol import Protocol, Question
from clinic.rules.protocols.scoring.answers import AnswerProblem
from clinic.rules.reports.form_answers import reading_token
from clinic.rules.reports.posted_answers import ReadAnswers, read_answers
from clinic.services.escalations.phone_calls import CallNote
from clinic.services.reports.tellers import Teller
from clinic.services.reports.told_reports import LONGEST_REASON, ToldEntry, ToldForm

WORDS_LENGTH = 4000
SOMEBODY_ELSE = "other"


class _PersonForm(forms.Form):
    """Who was on the line, and when."""

    person = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Choose who was on the line.")}
    )
    other_name = forms.CharField(label=_("Name, if somebody else"), max_length=200, required=False)
    other_relation = forms.CharField(
        label=_("Who they are to the patient, if somebody else"),
        help_text=_("Such as neighbor, home nurse."),
        max_length=60,
        required=False,
    )

    def __init__(self, *args: Any, caregivers: Iterable[Caregiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [
            (str(one.member_id), f"{one.name} ({one.relation})" if one.relation else one.name)
            for one in caregivers
        ]
        field = self.fields["person"]
        field.choices = [*people, (SOMEBODY_ELSE, _("Somebody else"))]  # type: ignore[attr-defined]
        if len(people) == 1:
            field.initial = people[0][0]
        for name in ("other_name", "other_relation"):
            vars(self.fields[name])["asked_only_then"] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("person") == SOMEBODY_ELSE and not cleaned.get("other_name", "").strip():
            self.add_error("other_name", _("Enter the person's name."))
        return cleaned

    def teller(self) -> Teller:
        """As the services want it."""
        chosen = self.cleaned_data["person"]
        if chosen != SOMEBODY_ELSE:
            return Teller(int(chosen))
        return Teller(None, self.cleaned_data["other_name"], self.cleaned_data["other_relation"])


def _moment(label: Any, help_text: Any = "") -> MomentField:
    wrong = _("Enter a day and a time.")
    return MomentField(
        label=label,
        help_text=help_text,
        error_messages={"required": wrong, "invalid": wrong},
        initial=timezone.localtime,
    )


class CallForm(_PersonForm):
    """A call, noted once: its id is made with the page."""

    prefix = "call"
    direction = forms.ChoiceField(
        label=_("Who called?"),
        choices=CallDirection.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who called.")},
    )
    reached = forms.ChoiceField(
        label=_("How did the call end?"),
        choices=[("yes", _("We spoke")), ("no", _("Nobody answered"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you reached them.")},
    )
    at = _moment(_("When was the call?"))
    words = forms.CharField(
        label=_("What was said"),
        help_text=_("Other staff see it; the family does not."),
        max_length=WORDS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    for_alert = forms.BooleanField(
        label=_("It is about the alert that is open: log it there too"), required=False
    )
    call_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, has_alert: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].label = _("With whom?")
        if not has_alert and not self.is_bound:
            del self.fields["for_alert"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("direction") == CallDirection.IN and cleaned.get("reached") == "no":
            self.add_error("reached", _("Somebody who called you was on the line: choose “We spoke”."))
        return cleaned

    def note(self) -> CallNote:
        """As the service wants it."""
        said = self.cleaned_data
        return CallNote(
            call_id=said["call_id"],
            at=said["at"],
            teller=self.teller(),
            direction=CallDirection(said["direction"]),
            reached=said["reached"] == "yes",
            words=said["words"],
            for_alert=said["for_alert"],
        )


class ToldReportForm(_PersonForm):
    """The questions of the check-in on one page, and who answers them."""

    # An answer that nobody gave stays open.
    all_optional = True
    report_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen_at = _moment(_("When was it seen?"), _("Now, or when they measured."))
    nothing_else = forms.BooleanField(
        label=_("Nothing else is new: answer “none”, “as usual” or “no” to every question left open"),
        required=False,
    )
    confirmed = forms.MultipleChoiceField(
        label=_("Unlikely, and right all the same"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    left_out = forms.MultipleChoiceField(
        label=_("Cannot be measured now: send without it"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, told: ToldForm, language: str, unit: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": told.version, "temp_unit": unit, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.told, self._language = told, language
        self.fields["person"].label = _("Who tells you?")
        for question in told.questions:
            self.fields |= fields_of(question, language)
        # Offered only when something is to be confirmed or left out; what was posted is read by the service.
        self.fields["confirmed"].choices = self._kept("confirmed")  # type: ignore[attr-defined]
        self.fields["left_out"].choices = self._kept("left_out")  # type: ignore[attr-defined]

    def who_and_when(self) -> list[forms.BoundField]:
        return [self[name] for name in ("person", "other_name", "other_relation", "seen_at")]

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The questions under the titles of their steps."""
        return [
            (step.title(self._language), [self[name] for one in asked for name in self._names(one)])
            for step, asked in self.told.steps
        ]

    def to_settle(self) -> list[forms.BoundField]:
        """What must be confirmed or left out, if anything."""
        names = [name for name in ("confirmed", "left_out") if self.fields[name].choices]  # type: ignore[attr-defined]
        return [self[name] for name in names]

    def add_problems(self, problems: Iterable[AnswerProblem], *, unlikely: bool) -> None:
        """Each refusal beside its field, with the way on."""
        questions = {question.key: question for question in self.told.questions}
        offered = []
        for problem in problems:
            question = questions.get(problem.key)
            self.add_error(question.answer_keys[0] if question else None, problem.text(self._language))
            value = reading_token(problem) if unlikely else problem.key
            label = question.label(self._language) if question else problem.key
            offered.append((value, label))
        name = "confirmed" if unlikely else "left_out"
        self.fields[name].choices = [*self._kept(name), *offered]  # type: ignore[attr-defined]

    def entry(self) -> ToldEntry:
        """As the service wants it."""
        read = told_so_far(self.data, self.told.protocol)  # type: ignore[arg-type]
        said = self.cleaned_data
        return ToldEntry(
            report_id=said["report_id"],
            version=said["version"],
            teller=self.teller(),
            seen_at=said["seen_at"],
            answers=read.answers,
            shown=tuple(self.data.getlist("shown")),  # type: ignore[attr-defined]
            unsure=read.unsure,
            nothing_else=said["nothing_else"],
            confirmed=tuple(said["confirmed"]),
            left_out=tuple(said["left_out"]),
        )

    def _kept(self, name: str) -> list[tuple[str, str]]:
        posted = self.data.getlist(name) if self.is_bound else []  # type: ignore[attr-defined]
        labels = {question.key: question.label(self._language) for question in self.told.questions}
        return [(value, labels.get(value.partition(":")[0], value)) for value in posted]

    def _names(self, question: Question) -> Iterable[str]:
        return fields_of(question, self._language)


class CorrectToldForm(ToldReportForm):
    """The same with what was entered wrongly in it, and why. The time of observation stays."""

    reason = forms.CharField(
        label=_("What was wrong"),
        help_text=_("Such as: typed 39.6 for 36.9. It stays on record with the report."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Enter the reason.")},
    )

    def __init__(self, *args: Any, wrong: Report, **kwargs: Any) -> None:
        initial = {key: _as_posted(value) for key, value in wrong.answers.items()}
        super().__init__(*args, initial={**initial, **_teller_of(wrong)}, **kwargs)
        self.fields["seen_at"].disabled = True
        self.fields["seen_at"].required = False
        self.fields["seen_at"].initial = timezone.localtime(wrong.observed_at)
        del self.fields["nothing_else"]

    def who_and_when(self) -> list[forms.BoundField]:
        return [self["reason"], *super().who_and_when()]

    def clean(self) -> dict[str, Any]:
        return {**super().clean(), "nothing_else": False}


class WrongPersonForm(forms.Form):
    """Why a report is about somebody else."""

    prefix = "wrong"
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Such as: meant for another patient. Nobody else’s name."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Enter the reason.")},
    )


def _as_posted(value: Any) -> Any:
    """A stored answer as a field shows it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _teller_of(report: Report) -> dict[str, Any]:
    told = report.told
    if told.member_id:
        return {"person": str(told.member_id)}
    return {"person": SOMEBODY_ELSE, "other_name": told.who, "other_relation": told.relation}


def told_so_far(data: QueryDict, protocol: Protocol) -> ReadAnswers:
    """What was answered of the questions that stood on the page; a page that did not ask says nothing."""
    shown = set(data.getlist("shown"))
    fields = {key: data.getlist(key) for key in data}
    return read_answers([one for one in protocol.questions if one.key in shown], fields)


def posted_version(data: QueryDict) -> int | None:
    """The version that the form was begun with; None where that cannot be read."""
    value = str(data.get("version", ""))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None
