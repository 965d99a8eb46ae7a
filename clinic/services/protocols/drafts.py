"""Protocol drafts: edited, rehearsed on past reports, approved by a second person, then activated."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clinic.access import Permission, get_clinic, get_protocol_draft, require
from clinic.models import Clinic, ProtocolDraft, ProtocolDraftAuthor, ProtocolRehearsal, User
from clinic.models.protocol_draft import UNDER_WAY, DraftState
from clinic.queries.protocols import drafts as query
from clinic.rules.protocols import editing
from clinic.services.core import audit
from clinic.services.protocols import versions

logger = logging.getLogger(__name__)

# A date further off is a slip of the month or year.
LONGEST_WAIT = timedelta(days=60)


class DraftRefused(Exception):
    """It cannot go on as it is; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChangedMeanwhile(Exception):
    """Somebody else saved after this form was opened: `by_name` and `at`."""

    def __init__(self, *, by_name: str, at: datetime) -> None:
        super().__init__(by_name)
        self.by_name, self.at = by_name, at


def start(*, clinic_id: UUID, by: User, now: datetime) -> ProtocolDraft:
    """Begin from the published version, or give the draft that is under way. NoProtocol, NotAllowed."""
    clinic = get_clinic(by, clinic_id)
    require(by, Permission.EDIT_PROTOCOLS, clinic)
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        version = versions.current_version(clinic=clinic)
        draft = ProtocolDraft.objects.filter(protocol=version.protocol, state__in=UNDER_WAY).first()
        if draft is not None:
            return draft
        draft = ProtocolDraft.objects.create(
            protocol=version.protocol,
            base_version=version,
            document=version.document,
            document_hash=editing.content_hash(version.document),
            created_at=now,
            created_by=by,
            saved_at=now,
            saved_by=by,
        )
        _add_author(draft, by, now)
        _audit("protocol_draft.started", draft, by, now)
        return draft


def save(
    *, draft_id: UUID, revision: int, values: Mapping[str, Any], by: User, now: datetime
) -> ProtocolDraft:
    """Put these values at these places. A draft that was handed in goes back to being edited.

    ChangedMeanwhile when the form was opened on an older revision; DraftRefused("closed").
    """
    with _locked_draft(draft_id, by, Permission.EDIT_PROTOCOLS) as draft:
        _require_state(draft, *UNDER_WAY)
        if draft.revision != revision:
            raise ChangedMeanwhile(by_name=draft.saved_by.name, at=draft.saved_at)
        document = editing.with_values(draft.document, values)
        if document == draft.document:
            return draft
        _back_to_editing(draft)
        draft.document, draft.document_hash = document, editing.content_hash(document)
        draft.saved_at, draft.saved_by = now, by
        draft.revision = F("revision") + 1
        draft.save()
        # After the save, which takes an approval back: whoever approved may write, and then approves no more.
        _add_author(draft, by, now)
        draft.refresh_from_db(fields=["revision"])
        _audit("protocol_draft.saved", draft, by, now)
        return draft


def accept_cases(*, draft_id: UUID, reasons: Mapping[str, str], by: User, now: datetime) -> ProtocolDraft:
    """Say of worked cases that come out differently why that is meant. DraftRefused."""
    with _locked_draft(draft_id, by, Permission.EDIT_PROTOCOLS) as draft:
        _require_state(draft, DraftState.EDITING)
        draft.accepted_cases = {key: text.strip() for key, text in reasons.items() if text.strip()}
        draft.save(update_fields=["accepted_cases"])
        # The reasons are part of what the second person judges.
        _add_author(draft, by, now)
        _audit("protocol_draft.cases_accepted", draft, by, now)
        return draft


def submit(*, draft_id: UUID, reason: str, by: User, now: datetime) -> ProtocolDraft:
    """Hand it to a second person. DraftRefused: "closed", "invalid", "unchanged", "no_reason",
    "not_rehearsed", "not_viewed", "cases"."""
    with _locked_draft(draft_id, by, Permission.EDIT_PROTOCOLS) as draft:
        _require_state(draft, DraftState.EDITING)
        _require_sound(draft)
        if not reason.strip():
            raise DraftRefused("no_reason")
        rehearsal = _require_rehearsal(draft, by)
        if {case["id"] for case in rehearsal.cases} - draft.accepted_cases.keys():
            raise DraftRefused("cases")
        draft.state, draft.reason = DraftState.SUBMITTED, reason.strip()
        draft.submitted_at, draft.submitted_by = now, by
        draft.save(update_fields=["state", "reason", "submitted_at", "submitted_by"])
        _audit("protocol_draft.submitted", draft, by, now)
        return draft


def approve(*, draft_id: UUID, activate_at: datetime, by: User, now: datetime) -> ProtocolDraft:
    """Let it become the published version at this time, now at the earliest.

    DraftRefused: "closed", "own_work", "not_rehearsed", "not_viewed", "too_late", "based_on_older".
    """
    with _locked_draft(draft_id, by, Permission.APPROVE_PROTOCOLS) as draft:
        _require_state(draft, DraftState.SUBMITTED)
        if by.pk in query.authors(draft):
            raise DraftRefused("own_work")
        if activate_at > now + LONGEST_WAIT:
            raise DraftRefused("too_late")
        if draft.base_version != versions.current_version(
            clinic=draft.protocol.clinic, code=draft.protocol.code
        ):
            raise DraftRefused("based_on_older")
        _require_rehearsal(draft, by)
        draft.state, draft.approved_at, draft.approved_by = DraftState.APPROVED, now, by
        draft.activate_at = max(activate_at, now)
        draft.save(update_fields=["state", "approved_at", "approved_by", "activate_at"])
        _audit("protocol_draft.approved", draft, by, now)
        if draft.activate_at <= now:
            _activate(draft, now)
        return draft


def send_back(*, draft_id: UUID, by: User, now: datetime) -> ProtocolDraft:
    """To be edited again, by the author or the second person. DraftRefused("closed")."""
    with _locked_draft(draft_id, by, Permission.EDIT_PROTOCOLS) as draft:
        _require_state(draft, DraftState.SUBMITTED, DraftState.APPROVED)
        _back_to_editing(draft)
        draft.save()
        _audit("protocol_draft.sent_back", draft, by, now)
        return draft


def withdraw(*, draft_id: UUID, by: User, now: datetime) -> ProtocolDraft:
    """Drop it; the row stays. DraftRefused("closed")."""
    with _locked_draft(draft_id, by, Permission.EDIT_PROTOCOLS) as draft:
        _require_state(draft, *UNDER_WAY)
        _back_to_editing(draft)
        draft.state = DraftState.WITHDRAWN
        draft.save()
        _audit("protocol_draft.withdrawn", draft, by, now)
        return draft


def activate_due(*, now: datetime) -> int:
    """Publish what is approved and due; returns how many. One that fails stops no other."""
    done = 0
    due = ProtocolDraft.objects.filter(state=DraftState.APPROVED, activate_at__lte=now)
    for draft_id in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                draft = ProtocolDraft.objects.select_for_update().get(pk=draft_id)
                done += draft.state == DraftState.APPROVED and _activate(draft, now)
        except Exception:
            logger.exception("a protocol cannot be activated", extra={"draft_id": str(draft_id)})
    return done


def _activate(draft: ProtocolDraft, now: datetime) -> bool:
    clinic = draft.protocol.clinic
    if draft.base_version != versions.current_version(clinic=clinic, code=draft.protocol.code):
        # Somebody published another version meanwhile (a command can): this one was not rehearsed on it.
        _back_to_editing(draft)
        draft.save()
        _audit("protocol_draft.sent_back", draft, None, now)
        return False
    approver = draft.approved_by
    if approver is None:
        return False
    draft.version = versions.publish(
        clinic=clinic, code=draft.protocol.code, document=draft.document, by=approver, now=now
    )
    draft.state = DraftState.PUBLISHED
    draft.save(update_fields=["state", "version"])
    return True


def _add_author(draft: ProtocolDraft, by: User, now: datetime) -> None:
    """For good: what somebody has written stays in the draft, whoever saves it after them."""
    ProtocolDraftAuthor.objects.get_or_create(draft=draft, user=by, defaults={"first_at": now})


def _back_to_editing(draft: ProtocolDraft) -> None:
    draft.state = DraftState.EDITING
    draft.submitted_at = draft.submitted_by = draft.approved_at = draft.approved_by = draft.activate_at = None


def _require_state(draft: ProtocolDraft, *states: str) -> None:
    if draft.state not in states:
        raise DraftRefused("closed")


def _require_sound(draft: ProtocolDraft) -> None:
    if editing.problems(draft.document):
        raise DraftRefused("invalid")
    if not editing.differences(draft.base_version.document, draft.document):
        raise DraftRefused("unchanged")


def _require_rehearsal(draft: ProtocolDraft, by: User) -> ProtocolRehearsal:
    rehearsal = draft.rehearsals.filter(document_hash=draft.document_hash, finished_at__isnull=False).first()
    if rehearsal is None:
        raise DraftRefused("not_rehearsed")
    if not rehearsal.views.filter(user=by).exists():
        raise DraftRefused("not_viewed")
    return rehearsal


@contextmanager
def _locked_draft(draft_id: UUID, by: User, permission: Permission) -> Iterator[ProtocolDraft]:
    visible = get_protocol_draft(by, draft_id)
    require(by, permission, visible.protocol.clinic_id)
    with transaction.atomic():
        yield ProtocolDraft.objects.select_for_update().get(pk=visible.pk)


def _audit(action: str, draft: ProtocolDraft, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=draft.protocol.clinic_id,
        subject_type="protocol_draft",
        subject_id=draft.pk,
        detail={"hash": draft.document_hash, "state": str(draft.state)},
    )
