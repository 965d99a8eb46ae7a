"""The check-in of a call: asked by the rules, stored as a report by the same service as every other one."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from caregiver.rules.keypad import dialogue, keys, stored
from caregiver.rules.keypad.dialogue import Progress, PromptKind, Script
from caregiver.services.keypad import words
from caregiver.services.keypad.words import Say
from clinic.access import NotVisible, get_cared_for
from clinic.models import KeypadCall, Patient, ProtocolVersion, Report, User
from clinic.models.keypad_call import KeypadStage
from clinic.models.report import ReportSource
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.core.enums import Level
from clinic.rules.reports.form_answers import storable_answers
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports import intake
from notifications.services import outbox

logger = logging.getLogger(__name__)

# Longer than the longest prompt and the wait after it: then the call has been cut off.
LOOK_AFTER = timedelta(minutes=3)
# Whoever calls again by then goes on; later everything is asked anew, as it is now.
GOES_ON_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """What is said, whether several keys are typed then, and whether the call ends with it."""

    say: Say
    is_typed: bool = False
    is_last: bool = False


def start(*, call: KeypadCall, now: datetime) -> None:
    """The caller and the patient are known: begin, or go on with a call that was cut off. NoProtocol."""
    version = current_version_for(patient=_patient(call))
    call.protocol_version, call.stage = version, KeypadStage.QUESTIONS
    call.misses, call.next_at = 0, now + LOOK_AFTER
    before = _cut_off(call, version, now)
    if before is not None:
        call.progress = stored.as_json(dialogue.resumed(stored.from_json(before.progress), rules_of(version)))
        call.call_backs = max(call.call_backs, before.call_backs)
        before.progress, before.next_at, before.stage = {}, None, KeypadStage.LEFT
        before.save(update_fields=["progress", "next_at", "stage"])
        _take_back_call_back(before, now)


def begin(*, call: KeypadCall, now: datetime) -> Answer:
    """The first question, and what has to be said before it."""
    first = current(call=call, now=now)
    with translation.override(first.say.language):
        before = [
            words.in_english(call.clinic) if first.say.language != call.language else "",
            words.goes_on() if call.progress else "",
        ]
    said = " ".join(one for one in [*before, first.say.words] if one)
    return Answer(Say(said, first.say.language), first.is_typed, first.is_last)


def answer(*, call: KeypadCall, digits: str, now: datetime) -> Answer:
    """Take the digits in; send the report at its end, or at once where what is known is an emergency."""
    if call.stage == KeypadStage.DONE:
        return current(call=call, now=now) if digits == keys.STAR else _good_bye(call)
    if not _still_theirs(call):
        return _turned_away(call)
    script = _script(call, now)
    progress = dialogue.press(script, stored.from_json(call.progress), digits)
    call.progress, call.next_at = stored.as_json(progress), now + LOOK_AFTER
    advice = _advice(call, progress, now)
    is_whole = dialogue.current(script, progress).kind is PromptKind.DONE
    if advice is not None and (advice.level.goes_out_at_once or is_whole):
        return _finish(call, advice, now)
    if progress.is_given_up:
        return _stop(call)
    return _ask(call, script, progress, advice)


def current(*, call: KeypadCall, now: datetime) -> Answer:
    """What is asked where the call stands; of a sent report the advice."""
    if call.stage == KeypadStage.DONE:
        report = Report.objects.filter(pk=call.report_id).select_related(
            "patient__clinic", "protocol_version"
        )
        return _with_advice(call, report.get(), now)
    if not _still_theirs(call):
        return _turned_away(call)
    script, progress = _script(call, now), stored.from_json(call.progress)
    if progress.is_given_up:
        return _stop(call)
    return _ask(call, script, progress, None)


def send(*, call: KeypadCall, patient: Patient, observed_at: datetime, now: datetime) -> Report:
    """Store what was answered as the report of this call; repeated, it gives the same report.

    `patient` is whom the caller looks after, in the record that goes on.
    """
    version, by = _version(call), _person(call)
    answers = storable_answers(rules_of(version), stored.from_json(call.progress).answers)
    submission = intake.submit(
        report_id=call.report_id,
        patient=patient,
        by=by,
        protocol_version=version,
        observed_at=observed_at,
        sent_at=now,
        language=call.language,
        answers=answers,
        now=now,
        source=ReportSource.VOICE,
    )
    call.stage, call.progress, call.next_at = KeypadStage.DONE, {}, None
    return submission.report


def level_so_far(*, call: KeypadCall, now: datetime) -> Level:
    """What the answers so far amount to."""
    advice = _advice(call, stored.from_json(call.progress), now)
    return advice.level if advice else Level.NONE


def _finish(call: KeypadCall, advice: intake.FilledAdvice, now: datetime) -> Answer:
    """The advice is known before anything is stored, and is said whatever becomes of that."""
    zone = ZoneInfo(_patient(call).time_zone)
    is_same_day = call.started_at.astimezone(zone).date() == now.astimezone(zone).date()
    try:
        patient = get_cared_for(_person(call), _patient(call).pk)
        with transaction.atomic():
            observed_at = now if is_same_day else call.started_at
            report = send(call=call, patient=patient, observed_at=observed_at, now=now)
            return _with_advice(call, report, now)
    except Exception as error:
        # What was answered stays in the call's row, and is tried again with the next tick.
        logger.error("A report by keypad could not be stored: %s", type(error).__name__)
        call.stage = KeypadStage.QUESTIONS
        language = _language(call)
        with translation.override(language):
            said = (
                f"{words.advised(call.clinic, advice)} {words.not_kept()} {words.call_instead(call.clinic)}"
            )
        return Answer(Say(said, language), is_last=True)


def _with_advice(call: KeypadCall, report: Report, now: datetime) -> Answer:
    language = _language(call)
    with translation.override(language):
        advice = intake.advise_on_report(report=report, now=now)
        return Answer(Say(words.kept(call.clinic, advice), language))


def _ask(call: KeypadCall, script: Script, progress: Progress, advice: intake.FilledAdvice | None) -> Answer:
    ask, language = dialogue.current(script, progress), _language(call)
    with translation.override(language):
        said = [words.slip(progress.slip), words.question(ask, language)]
        if advice is not None and advice.level.is_pressing and advice.level > (call.told_level or Level.NONE):
            # Whoever must call now hears it now, and not at the end of the questions.
            call.told_level = advice.level
            said.insert(0, words.pressing(call.clinic, advice))
    is_typed = ask.kind in dialogue.TYPED
    return Answer(Say(" ".join(one for one in said if one), language), is_typed)


def _stop(call: KeypadCall) -> Answer:
    """Nobody is there any more; the tick looks at what was answered."""
    language = _language(call)
    with translation.override(language):
        said = f"{words.stops_here()} {words.danger(call.clinic)} {words.call_instead(call.clinic)}"
    return Answer(Say(said, language), is_last=True)


def _good_bye(call: KeypadCall) -> Answer:
    language = _language(call)
    with translation.override(language):
        return Answer(Say(words.danger(call.clinic), language), is_last=True)


def _turned_away(call: KeypadCall) -> Answer:
    """Their access has ended meanwhile: emergency words and numbers, and nothing of the patient."""
    with translation.override(call.language):
        said = f"{words.nobody_here()} {words.danger(call.clinic)} {words.call_instead(call.clinic)}"
    return Answer(Say(said, call.language), is_last=True)


def _still_theirs(call: KeypadCall) -> bool:
    try:
        get_cared_for(_person(call), _patient(call).pk)
    except NotVisible:
        return False
    return True


def _advice(call: KeypadCall, progress: Progress, now: datetime) -> intake.FilledAdvice | None:
    if not progress.answers:
        return None
    with translation.override(_language(call)):
        return intake.advise_on_answers(
            patient=_patient(call), answers=progress.answers, version=_version(call), now=now
        )


def _cut_off(call: KeypadCall, version: ProtocolVersion, now: datetime) -> KeypadCall | None:
    """The newest call of this person about this patient that was begun within the hour and not sent."""
    unsent = KeypadCall.objects.select_for_update(of=("self",)).filter(
        user=call.user,
        patient=call.patient,
        protocol_version=version,
        stage__in=[KeypadStage.QUESTIONS, KeypadStage.LEFT],
        updated_at__gt=now - GOES_ON_FOR,
    )
    return unsent.exclude(pk=call.pk).exclude(progress={}).order_by("-updated_at").first()


def _take_back_call_back(call: KeypadCall, now: datetime) -> None:
    if call.call_back_id is not None:
        outbox.cancel(message_id=call.call_back_id, now=now)


def _script(call: KeypadCall, now: datetime) -> Script:
    return Script(rules_of(_version(call)), context_of(_patient(call), now))


def _language(call: KeypadCall) -> str:
    return words.language_spoken(rules_of(_version(call)), call.language)


def _patient(call: KeypadCall) -> Patient:
    if call.patient is None:
        raise LookupError("this call is about nobody yet")
    return call.patient


def _person(call: KeypadCall) -> User:
    if call.user is None:
        raise LookupError("nobody is known in this call yet")
    return call.user


def _version(call: KeypadCall) -> ProtocolVersion:
    if call.protocol_version is None:
        raise LookupError("nothing is asked in this call yet")
    return call.protocol_version
