"""Pages for a family: what to read now, one page opened, a question answered."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from caregiver.queries.guidance import reading
from caregiver.queries.guidance.reading import ShownGuidance
from caregiver.queries.household.today import day_of_patient
from caregiver.rules.guidance import search
from caregiver.rules.guidance.checks import texts_of
from caregiver.rules.guidance.matching import for_answers, for_day
from caregiver.rules.guidance.units import in_unit
from caregiver.services.guidance import usage
from clinic import device_scope
from clinic.access import AnyUser, patients_cared_for_by, reports_visible_to
from clinic.models import Clinic, GuidanceReading, Patient, Report, User
from clinic.queries.core import courses
from clinic.queries.core.products import target_of
from clinic.queries.protocols.assessments import assess_report
from clinic.services.patients import education

# What fits under a result without hiding the rest of it.
SHOWN_WITH_RESULT = 3


@dataclass(frozen=True)
class GuidanceShelf:
    """What the page of all pages shows: the answer to a search, what fits now, and everything."""

    pages: tuple[ShownGuidance, ...]
    query: str = ""
    found: tuple[ShownGuidance, ...] = ()
    after_answers: tuple[ShownGuidance, ...] = ()
    for_today: tuple[ShownGuidance, ...] = ()
    # Those that say what a family would see, the most pressing first.
    situations: tuple[ShownGuidance, ...] = ()
    read: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OpenedGuidance:
    """One page with what to read next. `unit` is what its reader measures in, C or F; empty for a visitor."""

    page: ShownGuidance
    related: tuple[ShownGuidance, ...] = ()
    is_read: bool = False
    # Clinics of this reader whose families read another text of the page.
    elsewhere: tuple[Clinic, ...] = ()
    unit: str = ""

    @property
    def blocks(self) -> list[Mapping[str, Any]]:
        """The page's pieces, with every temperature as this reader knows it."""
        blocks: list[Mapping[str, Any]] = in_unit(self.page.content["body"], self.unit)
        return blocks


@dataclass(frozen=True)
class ReaderClinics:
    """The clinics of a reader, and the one whose texts are shown; none for a stranger."""

    all: tuple[Clinic, ...] = ()
    shown: Clinic | None = None

    @property
    def shown_id(self) -> UUID | None:
        return self.shown.pk if self.shown else None

    @property
    def has_several(self) -> bool:
        return len(self.all) > 1


def reader_clinics(clinics: Sequence[Clinic], wanted: str = "") -> ReaderClinics:
    """The clinic that a link names, if it is one of theirs; else the first."""
    shown = next((one for one in clinics if str(one.pk) == wanted), clinics[0] if clinics else None)
    return ReaderClinics(tuple(clinics), shown)


def open_shelf(
    *, by: AnyUser, language: str, query: str, now: datetime, clinics: ReaderClinics | None = None
) -> GuidanceShelf:
    """The pages for this reader now. A search that finds nothing is counted, without a name.

    On a device that waits, nothing tells on which day after which therapy a patient is, or what was read.
    """
    waits = device_scope.waiting_device_of(by.pk) is not None
    clinics = clinics or ReaderClinics()
    pages = reading.live_guidance(language=language, now=now, clinic_id=clinics.shown_id)
    if clinics.has_several:
        pages = {slug: replace(one, named_clinic=clinics.shown_id) for slug, one in pages.items()}
    query = query.replace("\x00", "").strip()[:100]
    found = _search(pages, query) if query else ()
    if query and not found:
        usage.count_search_miss(query=query, language=language, now=now)
    return GuidanceShelf(
        pages=tuple(pages.values()),
        query=query,
        found=found,
        after_answers=_guidance_after_last_report(pages, by),
        for_today=() if waits else _guidance_for_today(pages, by, now),
        situations=_situations(pages),
        read=frozenset() if waits else _slugs_read_by(by, clinics.shown_id),
    )


def unit_of(reader: AnyUser) -> str:
    """C or F, as they chose; empty for a visitor."""
    return reader.temperature_unit if isinstance(reader, User) else ""


def open_page(
    *,
    by: AnyUser,
    slug: str,
    language: str,
    at: datetime | None,
    now: datetime,
    clinics: ReaderClinics | None = None,
) -> OpenedGuidance | None:
    """One page, now or as it was at an earlier moment; None if there never was one. Counts the view."""
    clinics = clinics or ReaderClinics()
    page = reading.guidance_page(slug=slug, language=language, now=at or now, clinic_id=clinics.shown_id)
    if page is None:
        return None
    if clinics.has_several:
        page = replace(page, named_clinic=clinics.shown_id)
    if at is None:
        usage.count(page=page, what="views", now=now)
    shelf = reading.live_guidance(language=language, now=now, clinic_id=clinics.shown_id)
    related = [shelf[other] for other in page.content["related"] if other in shelf]
    if page.has_ended:
        related = [one for one in shelf.values() if one.edition.level == "emergency"]
    return OpenedGuidance(
        page=page,
        related=tuple(replace(one, named_clinic=page.named_clinic) for one in related),
        is_read=slug in _slugs_read_by(by, clinics.shown_id),
        elsewhere=_elsewhere(page, clinics, at or now),
        unit=unit_of(by),
    )


def mark_read(*, by: User, slug: str, language: str, now: datetime, clinics: ReaderClinics) -> None:
    """The reader says that they have read the page; it counts where families read this very text."""
    page = reading.guidance_page(slug=slug, language=language, now=now, clinic_id=clinics.shown_id)
    if page and not page.has_ended:
        counts_at = _clinics_with_this_text(page, clinics, now)
        education.record_reading(by=by, page=_read_guidance(page), passed=False, now=now, clinics=counts_at)


def answer(
    *, by: AnyUser, slug: str, language: str, choice: int, now: datetime, clinics: ReaderClinics
) -> None:
    """An answer to the page's question. Only a right one is kept, and only of somebody who is signed in."""
    page = reading.guidance_page(slug=slug, language=language, now=now, clinic_id=clinics.shown_id)
    if page is None or page.has_ended or not isinstance(by, User):
        return
    options: list[dict[str, Any]] = next(
        (block["teach_back"]["options"] for block in page.content["body"] if "teach_back" in block), []
    )
    is_right = 0 <= choice < len(options) and bool(options[choice]["right"])
    counts_at = _clinics_with_this_text(page, clinics, now)
    education.record_reading(by=by, page=_read_guidance(page), passed=is_right, now=now, clinics=counts_at)


def guidance_for_report(*, report: Report, language: str, now: datetime) -> tuple[ShownGuidance, ...]:
    """What to read after these answers, the most pressing first, as the patient's own clinic says it."""
    clinic_id = report.patient.clinic_id
    pages = reading.live_guidance(language=language, now=now, clinic_id=clinic_id)
    found = _guidance_for_report(pages, report)[:SHOWN_WITH_RESULT]
    return tuple(replace(one, named_clinic=clinic_id) for one in found)


def _elsewhere(page: ShownGuidance, clinics: ReaderClinics, at: datetime) -> tuple[Clinic, ...]:
    same = _clinics_with_this_text(page, clinics, at)
    return tuple(one for one in clinics.all if one.pk not in same)


def _clinics_with_this_text(page: ShownGuidance, clinics: ReaderClinics, at: datetime) -> Collection[UUID]:
    """Those of the reader's clinics whose families read this very text; a query or two for each but one."""
    found = [clinics.shown_id] if clinics.shown_id else []
    for other in clinics.all:
        if other.pk != clinics.shown_id:
            theirs = reading.guidance_page(
                slug=page.slug, language=page.wanted_language, now=at, clinic_id=other.pk
            )
            if theirs and (theirs.is_variant, theirs.edition.pk) == (page.is_variant, page.edition.pk):
                found.append(other.pk)
    return found


def _guidance_for_report(pages: Mapping[str, ShownGuidance], report: Report) -> list[ShownGuidance]:
    fired = [(reason.item, reason.level) for reason in assess_report(report).reasons if reason.item]
    contents = [one.content for one in pages.values()]
    target = target_of(courses.at(report.patient, report.observed_at))
    day = courses.day_at(report.patient, report.observed_at)
    return [pages[slug] for slug in for_answers(contents, fired, report.answers, target, day)]


def _search(pages: Mapping[str, ShownGuidance], query: str) -> tuple[ShownGuidance, ...]:
    entries = [
        search.entry(
            slug,
            one.content["title"],
            one.content["situations"],
            one.content["keywords"],
            texts_of(one.content),
        )
        for slug, one in pages.items()
    ]
    return tuple(pages[slug] for slug in search.find(query, entries))


def _patients(by: AnyUser) -> list[Patient]:
    return list(patients_cared_for_by(by).order_by("pk")) if by.is_authenticated else []


def _guidance_after_last_report(pages: Mapping[str, ShownGuidance], by: AnyUser) -> tuple[ShownGuidance, ...]:
    patients = _patients(by)
    if not patients:
        return ()
    reports = reports_visible_to(by).newest().filter(patient__in=patients, is_drill=False)
    rows = reports.select_related("patient__clinic", "protocol_version").defer("protocol_version__document")
    last = rows.order_by("-observed_at", "-received_at", "-pk").first()
    return tuple(_guidance_for_report(pages, last))[:SHOWN_WITH_RESULT] if last else ()


def _guidance_for_today(
    pages: Mapping[str, ShownGuidance], by: AnyUser, now: datetime
) -> tuple[ShownGuidance, ...]:
    contents = [one.content for one in pages.values()]
    slugs: dict[str, None] = {}
    for patient in _patients(by):
        slugs |= dict.fromkeys(for_day(contents, day_of_patient(patient, now), target_of(patient)))
    return tuple(pages[slug] for slug in slugs)


def _situations(pages: Mapping[str, ShownGuidance]) -> tuple[ShownGuidance, ...]:
    order = {"emergency": 0, "urgent": 1, "routine": 2}
    by_level = sorted(pages.values(), key=lambda one: order[one.edition.level])
    return tuple(one for one in by_level if one.content["situations"])


def _slugs_read_by(by: AnyUser, clinic_id: UUID | None) -> frozenset[str]:
    """Pages that the reader has read for everybody whom they look after at the clinic that is shown."""
    patients = [one.pk for one in _patients(by) if clinic_id in {None, one.clinic_id}]
    if not isinstance(by, User) or not patients:
        return frozenset()
    rows = GuidanceReading.objects.filter(user=by, patient__in=patients)
    read = Counter(row.slug for row in rows)
    return frozenset(slug for slug, count in read.items() if count == len(patients))


def _read_guidance(page: ShownGuidance) -> education.GuidanceVersion:
    return education.GuidanceVersion(
        slug=page.slug,
        title=page.content["title"],
        language=page.edition.language,
        version=page.edition.number,
        is_variant=page.is_variant,
    )
