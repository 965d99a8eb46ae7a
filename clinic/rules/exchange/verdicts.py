"""What becomes of a row that was sent, and why: the same codes in the preview, on record and in the API."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """By which way it came; stored codes."""

    CSV_PATIENTS = "csv_patients"
    CSV_OUTCOMES = "csv_outcomes"
    FHIR = "fhir"
    ADT = "adt"


class Verdict(StrEnum):
    """What becomes of a row; stored codes."""

    MADE = "made"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    WAITS = "waits"


class Reason(StrEnum):
    """Why a row is refused, left alone or waits; stored and sent codes.

    Beside them stand those of the facts, life events and forms that the services refuse.
    """

    MAY_BE_SAME = "may_be_same"
    ANOTHER_PERSON = "another_person"
    NUMBER_TAKEN = "number_taken"
    OTHER_INFUSION = "other_infusion"
    TOO_YOUNG = "too_young"
    NO_PROTOCOL = "no_protocol_yet"
    DAYS_TOO_SHORT = "days_too_short"
    UNKNOWN_PATIENT = "unknown_patient"
    NEWER_ON_FILE = "newer_on_file"
    NEWER_MESSAGE = "newer_message"
    DECEASED = "deceased"
    NOT_HOME = "not_home"
    ADMISSION_CANCELLED = "admission_cancelled"
    DISCHARGE_CANCELLED = "discharge_cancelled"
    TWO_RECORDS = "two_records"
    NOT_ALLOWED = "not_allowed"
    NOT_ASKED = "not_asked"
    CHANGED_MEANWHILE = "changed_meanwhile"
    PERSON_REFUSED = "person_refused"
    STAY_OVER = "stay_over"
    SINCE_EARLIER = "since_earlier"
    OTHER_VALUE = "other_value"
    VALUE_WITHDRAWN = "value_withdrawn"
    STRUCK_HERE = "struck_here"


class Kept(StrEnum):
    """Why something stays when an import is taken back; stored codes."""

    USED = "used"
    CORRECTED_SINCE = "corrected_since"
    LATER_EVENT = "later_event"
    LATER_FORM = "later_form"
    NOT_ALLOWED = "not_allowed"
