"""What happens in a patient's life, for programs: put it on record, read it, take a mistake back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.cursors import NewestHappenedFirst, page_of
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.errors import Conflict
from clinic.api.inputs import OF_COURSE, LifeEventIn, PageIn, TakeBackIn
from clinic.api.outputs import ErrorOut, LifeEventOut
from clinic.api.refusals import product_told
from clinic.models import LifeEvent
from clinic.queries.patients import life_events as queries
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.patients.courses import NewCourse


class LifeEvents(Endpoint):
    query_in = {"GET": PageIn}

    @described(
        name="patients_events",
        summary="What happened to a patient",
        query=PageIn,
        answers={200: page_of(LifeEventOut)},
    )
    def get(self, request: Request, patient_id: UUID) -> Response:
        """Life events, the last that happened first; what was taken back stays in the list. Staff only."""
        patient = access.get_patient(request.user, patient_id)
        access.require(request.user, access.Permission.VIEW_PATIENTS, patient.clinic_id)
        self.note_seen(subject_type="patient", subject_id=patient.pk, patient=patient)
        return NewestHappenedFirst().answer(queries.of_patient(patient), request, LifeEventOut)

    @described(
        name="patients_record_event",
        summary="Record what happened to a patient",
        takes=LifeEventIn,
        answers={201: LifeEventOut, 409: ErrorOut},
    )
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Puts it on record with all that hangs on it, in one step: check-ins, reminders, texts, alarms.

        `admitted` has no end but `discharged`. `died` needs a role that answers alerts; it closes what is
        open and sends nothing to anybody. `relapsed` is a fact and changes no monitoring. What clashes with
        the record is a 409 with a code, such as `in_hospital_already`, `not_in_hospital` or `after_death`.

        `infused` begins a new course: its day is day 0, and what was seen before stays in the course before.
        After an end it begins care anew: the reply's `status` is `preparing`.
        """
        access.get_patient(request.user, patient_id)
        sent = read(LifeEventIn, request.data)
        now = timezone.now()
        with _told():
            event = life_events.record(
                patient_id=patient_id,
                kind=Kind(sent["kind"]),
                by=request.user,  # type: ignore[arg-type]
                at=sent.get("at", now),
                reason=sent["reason"],
                now=now,
                given=_given(sent),
            )
        return _answer(event, status.HTTP_201_CREATED)


class TakeBack(Endpoint):
    @described(
        name="patients_take_event_back",
        summary="Take an event back",
        takes=TakeBackIn,
        answers={200: LifeEventOut, 409: ErrorOut},
    )
    def post(self, request: Request, patient_id: UUID, event_id: UUID) -> Response:
        """It was a mistake: monitoring goes on as it was before, and silence counts from this moment.

        Of several events that changed monitoring the last is taken back first (409 `not_last`).
        """
        access.get_life_event(request.user, patient_id, event_id)
        sent = read(TakeBackIn, request.data)
        with _told():
            event = life_events.take_back(
                patient_id=patient_id,
                event_id=event_id,
                by=request.user,  # type: ignore[arg-type]
                reason=sent["reason"],
                now=timezone.now(),
            )
        return _answer(event, status.HTTP_200_OK)


def _given(sent: dict[str, Any]) -> NewCourse:
    given = {name: sent[name] for name in OF_COURSE if name in sent}
    return NewCourse(protocol_code=given.pop("protocol", ""), **given)


@contextmanager
def _told() -> Iterator[None]:
    try:
        with product_told():
            yield
    except life_events.Refused as refused:
        message, field = str(queries.WHY_NOT[refused.reason]), queries.FIELDS.get(refused.reason)
        if field:
            raise ValidationError({field: [message]}) from refused
        raise Conflict(code=refused.reason.value, message=message) from refused
    except life_events.AlreadyTakenBack as error:
        raise Conflict(code="taken_back_already", message=_("This has been taken back already.")) from error
    except life_events.TakenOver as error:
        raise Conflict(code="taken_over", message=str(queries.TAKEN_OVER)) from error
    except life_events.NotLast as error:
        raise Conflict(code="not_last", message=_("Take back first what came after it.")) from error


def _answer(event: LifeEvent, code: int) -> Response:
    context = {"status": queries.status_now(event)}
    return Response(LifeEventOut(event, context=context).data, status=code)
