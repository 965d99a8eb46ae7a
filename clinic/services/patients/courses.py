"""Keeps a patient's courses, and the copy of the current one on the patient's own row, in step.

Nothing else writes either. Everything here runs in the caller's transaction, with the patient locked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from clinic.models import Course, LifeEvent, Patient, User
from clinic.queries.core import courses as queries
from clinic.queries.core import products
from clinic.queries.patients import windows as windows_query
from clinic.queries.protocols.versions import published_codes
from clinic.rules.patients.facts import Problem, WrongFacts
from clinic.services.checkins import plan
from clinic.services.patients import given_products, windows
from clinic.services.patients.given_products import GivenProduct

# What the current course and the patient's row both hold.
_COPIED = ("infusion_date", "product", "target", "disease", "protocol_code")


@dataclass(frozen=True)
class NewCourse:
    """What was given this time. What is empty is as it was in the last course.

    `target` and the days are needed of a product that is not in the catalogue.
    """

    product: str = ""
    target: str = ""
    near_centre_days: int | None = None
    no_driving_days: int | None = None
    protocol_code: str = ""


@dataclass(frozen=True)
class Chosen:
    """What a new course is about."""

    product: GivenProduct
    protocol_code: str


def choose(patient: Patient, given: NewCourse) -> Chosen:
    """What a new course is about, as it is kept. WrongFacts."""
    code = given.protocol_code or patient.protocol_code
    if given.protocol_code and code not in published_codes(patient.clinic):
        raise WrongFacts({"protocol": Problem.NO_PROTOCOL})
    return Chosen(_product(patient, given), code)


def begin_next(
    *, patient: Patient, event: LifeEvent, day_0: date, chosen: Chosen, by: User, now: datetime
) -> None:
    """Days, windows and check-ins count from this infusion. TooShort."""
    correct_current(patient)
    patient.courses.filter(is_current=True).update(is_current=False)
    last = patient.courses.aggregate(last=Max("number"))["last"]
    course = Course.objects.create(
        patient=patient,
        number=last + 1,
        infusion_date=day_0,
        product=chosen.product.product,
        target=chosen.product.target,
        disease=patient.disease,
        protocol_code=chosen.protocol_code,
        begun_by=event,
    )
    _copy_to_patient(patient, course)
    windows.plan_for_course(patient=patient, by_hand=chosen.product.days, by=by, now=now)
    plan.plan_at_once(patient=patient, now=now)


def settle(patient: Patient) -> Course:
    """The row of the current course, made where it is missing: the first, of the enrolment."""
    course, _ = Course.objects.get_or_create(
        patient=patient,
        is_current=True,
        defaults={"number": patient.course_number, **{name: getattr(patient, name) for name in _COPIED}},
    )
    return course


def correct_current(patient: Patient) -> None:
    """The current course as the patient's row has it, after facts have been put right."""
    course = settle(patient)
    for name in _COPIED:
        setattr(course, name, getattr(patient, name))
    course.save(update_fields=list(_COPIED))


def take_back(*, patient: Patient, event: LifeEvent, now: datetime) -> None:
    """The infusion was a mistake: the course before is current again, its windows and check-ins with it."""
    before = (
        patient.courses.filter(number__lt=patient.course_number, begun_by__taken_back_at=None)
        .order_by("-number")
        .first()
    )
    if before is None:
        raise ValueError("no course is left")
    patient.courses.filter(begun_by=event).update(is_current=False)
    before.is_current = True
    before.save(update_fields=["is_current"])
    _copy_to_patient(patient, before)
    plan.plan_at_once(patient=patient, now=now)


def copy_all(*, old: Patient, new: Patient) -> None:
    """The courses of another clinic's record, on the one that goes on here."""
    known = (*queries.earlier(old), queries.current(old))
    Course.objects.bulk_create(
        Course(
            patient=new,
            number=one.number,
            infusion_date=one.infusion_date,
            product=one.product,
            target=one.target,
            disease=one.disease,
            protocol_code=new.protocol_code,
            is_current=one.number == new.course_number,
        )
        for one in known
    )


def problem_of_day_0(patient: Patient, day_0: date, now: datetime) -> Problem | None:
    """Why the current course cannot begin on this day: the one before it has not, or it is still to come."""
    before = queries.earlier(patient)
    if not before:
        return None
    if day_0 <= before[-1].infusion_date:
        return Problem.BEFORE_COURSE
    return Problem.INFUSED_AHEAD if day_0 > now.astimezone(ZoneInfo(patient.time_zone)).date() else None


def _copy_to_patient(patient: Patient, course: Course) -> None:
    for name in _COPIED:
        setattr(patient, name, getattr(course, name))
    patient.course_number = course.number
    patient.save(update_fields=[*_COPIED, "course_number"])


def _product(patient: Patient, given: NewCourse) -> GivenProduct:
    """A product that is not in the catalogue brings its target and days again where it was given before."""
    name, target = given.product or patient.product, given.target
    near_centre, no_driving = given.near_centre_days, given.no_driving_days
    if products.find(name) is None and name == patient.product:
        target = target or patient.target
        planned = windows_query.plans_of([patient]).get(patient.pk)
        if planned is not None and (near_centre, no_driving) == (None, None):
            near_centre, no_driving = planned.near_centre_days, planned.no_driving_days
    return given_products.choose(
        name=name,
        target=target,
        near_centre_days=near_centre,
        no_driving_days=no_driving,
        needs_days=True,
    )
