"""What the hospital's systems send: looked at first, taken, taken back; messages of admission at once."""

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.access import NotAllowed, Permission
from clinic.api.endpoint import Endpoint, WhateverIsAccepted, described
from clinic.api.errors import Conflict
from clinic.api.import_bodies import ImportIn, ImportOut, MessageIn, shown
from clinic.api.inputs import NothingIn
from clinic.api.outputs import ErrorOut
from clinic.api.parsing import TooLarge
from clinic.models import User
from clinic.queries.exchange import words
from clinic.rules.exchange import adt
from clinic.rules.exchange.rows import LARGEST_BYTES, Unreadable
from clinic.rules.exchange.verdicts import Source
from clinic.services.exchange import imports, looking, messages, undoing


class _Whole(BaseParser):
    """The body as it came, up to what may be taken."""

    largest = LARGEST_BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body: bytes = stream.read(self.largest + 1)
        if len(body) > self.largest:
            raise TooLarge
        return body


class CsvParser(_Whole):
    media_type = "text/csv"


class BundleParser(_Whole):
    media_type = "application/fhir+json"


class PlainBundleParser(_Whole):
    media_type = "application/json"


class MessageParser(_Whole):
    media_type = "application/hl7-v2"
    largest = adt.LARGEST_BYTES


class OlderMessageParser(MessageParser):
    """As interface engines named it before HL7 had a name of its own."""

    media_type = "x-application/hl7-v2+er7"


class Imports(Endpoint):
    parser_classes = [CsvParser]
    query_in = {"POST": ImportIn}

    @described(
        name="imports_csv",
        summary="Bring in patients or outcomes as CSV",
        query=ImportIn,
        takes={"text/csv": OpenApiTypes.STR},
        answers={200: ImportOut, 201: ImportOut, 409: ErrorOut},
    )
    def post(self, request: Request) -> Response:
        """Without `mode=commit` a preview: what would be made, changed, left alone or refused, row by row.

        For administrators. The same file is taken once: sent again, the answer says what came of it (200).
        """
        kind = {"patients": Source.CSV_PATIENTS, "outcomes": Source.CSV_OUTCOMES}[self.query["table"]]
        made = bring_in(request, kind, self.query)
        return Response(made[0], status=status.HTTP_201_CREATED if made[1] else status.HTTP_200_OK)


class ImportDetail(Endpoint):
    @described(name="imports_read", summary="What came of an import", answers={200: ImportOut})
    def get(self, request: Request, import_id: UUID) -> Response:
        """Row by row; for administrators."""
        return Response(_answer(request, import_id))


class CommitImport(Endpoint):
    @described(
        name="imports_commit",
        summary="Take what a preview showed",
        takes=NothingIn,
        answers={200: ImportOut, 409: ErrorOut},
    )
    def post(self, request: Request, import_id: UUID) -> Response:
        """A row that would write something else by now is refused. Twice is once."""
        _commit(request, import_id)
        return Response(_answer(request, import_id))


class UndoImport(Endpoint):
    @described(
        name="imports_undo",
        summary="Take an import back",
        takes=NothingIn,
        answers={200: ImportOut, 409: ErrorOut},
    )
    def post(self, request: Request, import_id: UUID) -> Response:
        """All that it made goes; what somebody has used since stays, and its row says why."""
        try:
            undoing.undo(import_id=import_id, by=_user(request), now=timezone.now())
        except undoing.NotCommitted as error:
            raise Conflict(code="not_committed", message=_("Nothing of this is on record.")) from error
        return Response(_answer(request, import_id))


class Messages(Endpoint):
    parser_classes = [MessageParser, OlderMessageParser]
    content_negotiation_class = WhateverIsAccepted
    query_in = {"POST": MessageIn}

    @described(
        name="imports_message",
        summary="One HL7 v2 message about an admission, discharge, update or merge",
        query=MessageIn,
        takes={"application/hl7-v2": OpenApiTypes.STR},
        answers={(200, "application/hl7-v2"): OpenApiTypes.STR},
    )
    def post(self, request: Request) -> HttpResponse:
        """ADT A01, A03, A08 and A40 in ER7, taken at once; the answer is an ACK.

        AA: taken, or kept for a person where MSA-3 says so. AE: something in it is wrong. AR: not for us. The
        same control ID is taken once.
        """
        if not access.clinics_with(request.user, Permission.IMPORT_RECORDS).exists():
            raise NotAllowed(Permission.IMPORT_RECORDS)
        now = timezone.now()
        answer = messages.receive(
            body=_body(request), clinic_slug=self.query.get("clinic", ""), by=_user(request), now=now
        )
        text = adt.acknowledgment(
            control_id=answer.control_id, code=answer.code, words=_in_words(answer), now=now
        )
        return HttpResponse(text, content_type="application/hl7-v2; charset=utf-8")


def bring_in(request: Request, source: Source, query: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Stage, and with `mode=commit` take at once: what came of it, and whether it is new."""
    user, now = _user(request), timezone.now()
    clinic = access.get_clinic_named(user, query.get("clinic", ""), Permission.VIEW_PATIENTS)
    access.require(user, Permission.IMPORT_RECORDS, clinic)
    try:
        found = imports.stage(clinic=clinic, source=source, body=_body(request), by=user, now=now)
    except Unreadable as wrong:
        text = words.why(wrong.trouble)
        raise ValidationError([f"{wrong.about}: {text}" if wrong.about else text]) from wrong
    except imports.ImportedBefore as taken:
        if taken.is_other:
            raise Conflict(
                code="taken_before", message=_("Another bundle with the same identifier was taken before.")
            ) from taken
        return {**_answer(request, taken.import_id), "replayed": True}, False
    if query.get("mode") == "commit":
        _commit(request, found.pk)
    return _answer(request, found.pk), True


def _commit(request: Request, import_id: UUID) -> None:
    try:
        imports.confirm(import_id=import_id, by=_user(request), now=timezone.now())
    except imports.ImportedBefore as taken:
        raise Conflict(code="taken_before", message=_("The same was taken before.")) from taken
    except imports.Undone as undone:
        raise Conflict(code="undone", message=_("This import was taken back. Send it again.")) from undone


def _answer(request: Request, import_id: UUID) -> dict[str, Any]:
    page = looking.open_import(import_id=import_id, by=_user(request), now=timezone.now())
    answer: dict[str, Any] = ImportOut(shown(page)).data
    return answer


def _in_words(answer: messages.Answer) -> str:
    if answer.trouble:
        return words.why(answer.trouble)
    if answer.row is None:
        return _("No stay in hospital is touched.")
    return " ".join([str(words.VERDICTS[answer.row.verdict]) + ".", *words.reasons(answer.row.reasons)])


def _body(request: Request) -> bytes:
    """Without a body there is nothing to parse, and the framework gives an empty form."""
    sent: Any = request.data
    return sent if isinstance(sent, bytes) else b""


def _user(request: Request) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
