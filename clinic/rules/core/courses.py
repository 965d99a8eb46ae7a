"""To which course a moment belongs: days count from its infusion, until the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Course:
    """One infusion: `infusion_date` is day 0. `product`, `target` and `disease` as they are stored."""

    number: int
    infusion_date: date
    product: str
    target: str
    protocol_code: str
    disease: str


def course_at(courses: Sequence[Course], at: datetime, zone: ZoneInfo) -> Course:
    """The course of a moment, of all of a patient's in their order; days are those where the patient is.

    Whatever lies before the first infusion counts down to it, and so belongs to the first course. A later
    course begins with the midnight before its infusion.
    """
    today = at.astimezone(zone).date()
    begun = [course for course in courses[1:] if course.infusion_date <= today]
    return begun[-1] if begun else courses[0]


def begins_at(courses: Sequence[Course], course: Course, zone: ZoneInfo) -> datetime | None:
    """The midnight with which a later course begins; None for the first, which has no before."""
    if course == courses[0]:
        return None
    return datetime.combine(course.infusion_date, time(), tzinfo=zone)
