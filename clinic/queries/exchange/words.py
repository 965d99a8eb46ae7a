"""What became of a row, and why, in the reader's language: the same words on the page and in the API."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.queries.outcomes import words as outcome_words
from clinic.queries.patients.life_events import WHY_NOT
from clinic.queries.patients.wrong_facts import WORDS as FACT_WORDS
from clinic.queries.risk import words as risk_words
from clinic.rules.exchange.rows import RowKind, Trouble
from clinic.rules.exchange.verdicts import Kept, Reason, Source, Verdict

VERDICTS: Mapping[str, Promise] = {
    Verdict.MADE: _("New"),
    Verdict.CHANGED: _("Changed"),
    Verdict.SAME: _("Left alone"),
    Verdict.REFUSED: _("Refused"),
    Verdict.WAITS: _("Waits for a person"),
}
SOURCES: Mapping[str, Promise] = {
    Source.CSV_PATIENTS: _("Patients, as CSV"),
    Source.CSV_OUTCOMES: _("Outcomes, as CSV"),
    Source.FHIR: _("FHIR bundle"),
    Source.ADT: _("Message of the admission system"),
}
KINDS: Mapping[str, Promise] = {
    RowKind.PATIENT: _("Patient"),
    RowKind.ADMITTED: _("Admission to hospital"),
    RowKind.DISCHARGED: _("Discharge from hospital"),
    RowKind.MERGED: _("Two numbers are one person"),
    RowKind.OUTCOME: _("What became of the patient"),
    RowKind.LAB: _("Laboratory value"),
    RowKind.NOTICE: _("Notice of the hospital"),
}
FACTS: Mapping[str, Promise] = {
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "birth_date": _("Date of birth"),
    "hospital_number": _("Hospital number"),
    "other_number": _("Former hospital number"),
    "infusion_date": _("Day of infusion"),
    "product": _("Product"),
    "target": _("Target"),
    "near_centre_days": _("Days near the center"),
    "no_driving_days": _("Days without driving"),
    "disease": _("Disease"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "tier": _("Risk tier"),
    "minutes_to_centre": _("Minutes to the clinic"),
    "immune_risk": _("Weak immune system"),
    "neutropenia": _("Low neutrophils now"),
    "platelets_low": _("Low platelets now"),
    "at": _("Time"),
    "value": _("Value"),
    "unit": _("Unit"),
    "taken": _("Day of the sample"),
}
_REASONS: Mapping[str, Promise] = {
    Reason.MAY_BE_SAME: _(
        "Somebody with this name and date of birth is on record. The hospital numbers differ, or one is "
        "missing. If they are two people, say so below; if they are one, correct the number on the patient's "
        "page."
    ),
    Reason.ANOTHER_PERSON: _(
        "This hospital number belongs to somebody with another name and date of birth. Find out whose it is."
    ),
    Reason.NUMBER_TAKEN: _("Another patient of this clinic has this number."),
    Reason.OTHER_INFUSION: _(
        "Another infusion is on record. If that is wrong, correct it on the patient's page; if this one is "
        "the second, record it there."
    ),
    Reason.TOO_YOUNG: _("This protocol is made for older people."),
    Reason.NO_PROTOCOL: _("This clinic has no protocol yet, so nothing could be asked."),
    Reason.DAYS_TOO_SHORT: _("The label of the product or this clinic asks for more days."),
    Reason.UNKNOWN_PATIENT: _("Nobody here has this hospital number. Enroll the patient, then try again."),
    Reason.NEWER_ON_FILE: _("What is on record is newer than this."),
    Reason.NEWER_MESSAGE: _("Something that happened later was told before."),
    Reason.DECEASED: _(
        "The hospital says that this patient has died. Make sure, then record it on the patient's page."
    ),
    Reason.NOT_HOME: _(
        "The patient left the hospital for somewhere that is not home. Decide who looks after them now. "
        "Until then they count as in hospital."
    ),
    Reason.ADMISSION_CANCELLED: _(
        "The hospital took an admission back. Look whether the patient is at home, and take it back here."
    ),
    Reason.DISCHARGE_CANCELLED: _(
        "The hospital took a discharge back. Look where the patient is, and take it back here."
    ),
    Reason.TWO_RECORDS: _(
        "Both numbers have a record here. Nothing is joined by itself: end the one that should not go on, "
        "then give the other both its facts."
    ),
    Reason.NOT_ALLOWED: _("Your role may not do this."),
    Reason.NOT_ASKED: _("This form is not asked now."),
    Reason.CHANGED_MEANWHILE: _("The record has changed since the preview. Try again to see what fits now."),
    Reason.PERSON_REFUSED: _("The patient's own row was refused."),
    Reason.STAY_OVER: _("This was before the patient was enrolled here."),
    Reason.SINCE_EARLIER: _("In hospital since before the enrollment: on record from the enrollment on."),
    Reason.OTHER_VALUE: _(
        "Another value of this moment is on record. Strike out the one that is wrong, then try again."
    ),
    Reason.VALUE_WITHDRAWN: _(
        "The hospital took this value back. Look, then strike it out on the patient's page, under Labs "
        "and risk."
    ),
    Reason.STRUCK_HERE: _("Somebody here struck out this value as wrong."),
    Trouble.EMPTY: _("There is nothing in it."),
    Trouble.TOO_LARGE: _("It is too large: 4 MB at most."),
    Trouble.TOO_MANY: _("There is too much in it: 500 rows at most. Send it in parts."),
    Trouble.WRONG_ENCODING: _(
        "Its letters cannot be read. Save it as UTF-8, which spreadsheets call CSV UTF-8."
    ),
    Trouble.NOT_READABLE: _("It cannot be read as what it says it is."),
    Trouble.NO_COLUMNS: _("This column is missing."),
    Trouble.UNKNOWN_COLUMN: _("This column is not known here."),
    Trouble.COLUMN_TWICE: _("This column is there twice."),
    Trouble.WRONG_CELLS: _("This line has more or fewer cells than there are columns."),
    Trouble.FORMULA: _("A spreadsheet would take this for a formula."),
    Trouble.UNPRINTABLE: _("A character in it cannot be shown."),
    Trouble.TOO_LONG: _("This is too long."),
    Trouble.NO_DAY: _("Write the day as 2026-11-30."),
    Trouble.NO_MOMENT: _("It does not say the hour."),
    Trouble.NO_WHOLE_NUMBER: _("Write a whole number."),
    Trouble.NO_YES_OR_NO: _("Write yes or no."),
    Trouble.NEEDED: _("This cannot be empty."),
    Trouble.NO_EXACT_VALUE: _("It is said to be more or less than this, and only what is exact is taken."),
    Trouble.TWICE_HERE: _("This is there twice."),
    Trouble.NO_BUNDLE: _("It is not a FHIR bundle."),
    Trouble.NO_PATIENT: _("There is no patient in it."),
    Trouble.NOT_TAKEN: _("This is not known here."),
    Trouble.NO_HEADER: _("It does not begin as an HL7 message does."),
    Trouble.NO_CONTROL_ID: _("It has no message control ID."),
    Trouble.UNKNOWN_EVENT: _("Only ADT messages A01, A03, A08, A40, A11 and A13 are taken."),
    "no_clinic": _("It names no clinic of yours."),
    "same_id": _("Another message came with this control ID."),
}
# Told from facts of the same name.
_WRONG_LABS = {f"lab_{code}": text for code, text in risk_words.WRONG_LABS.items()}
KEPT: Mapping[str, Promise] = {
    Kept.USED: _("It stayed: something else hangs on it by now."),
    Kept.CORRECTED_SINCE: _("It stayed: somebody has corrected it since."),
    Kept.LATER_EVENT: _("It stayed: something happened after it. Take that back first."),
    Kept.LATER_FORM: _("It stayed: somebody has written this form anew since."),
    Kept.NOT_ALLOWED: _("It stayed: your role may not take it back."),
}


def verdict(code: str, *, has_reasons: bool) -> str:
    """What becomes of a row. What says nothing new is told from what is older than the record, or over."""
    return gettext("Same as on record") if code == Verdict.SAME and not has_reasons else str(VERDICTS[code])


def row_in_words(kind: str, said: Mapping[str, object]) -> str:
    """What a row is about; of a laboratory value the value, too."""
    word = str(KINDS[kind])
    if kind != RowKind.LAB or not said.get("lab"):
        return word
    name = risk_words.LABS.get(str(said["lab"]), str(said["lab"]))
    value = risk_words.measured(str(said["value"]), str(said["unit"]))
    return f"{word}: {name} {value}, {str(said['taken'])[:16].replace('T', ' ')}"


def why(code: str) -> str:
    """One reason; empty for what only names a fact."""
    for table in (_REASONS, FACT_WORDS, WHY_NOT, outcome_words.PROBLEMS, _WRONG_LABS):
        for key, text in table.items():
            if key == code:
                return str(text)
    return ""


def reasons(pairs: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Each with the fact that it is about, such as "Date of birth: Write the day as 2026-11-30."."""
    return tuple(_one(str(fact), str(code)) for fact, code in pairs)


def _one(fact: str, code: str) -> str:
    name, text = str(FACTS.get(fact, risk_words.LABS.get(fact, fact))), why(code)
    return f"{name}: {text}" if name and text else name or text
