"""Every way around the second person of a protocol change."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clinic.models import ProtocolDraft, ProtocolDraftAuthor, ProtocolVersion
from clinic.queries.protocols import drafts as query
from clinic.services.desk import record_access
from clinic.services.protocols import drafts, rehearsals
from clinic.services.protocols.drafts import DraftRefused
from tests import factories


@pytest.fixture
def physician(clinic):
    return factories.StaffFactory(clinic=clinic, role="physician", user__name="Petra Physician").user


@pytest.fixture
def other_physician(clinic):
    return factories.StaffFactory(clinic=clinic, role="physician", user__name="Paul Physician").user


@pytest.fixture
def draft(clinic, nurse, now):
    return drafts.start(clinic_id=clinic.pk, by=nurse, now=now)


def save(draft, text, by, now):
    values = {"questions[chills].text.en": text}
    return drafts.save(draft_id=draft.pk, revision=draft.revision, values=values, by=by, now=now)


def hand_in(draft, by, now, *seen_by):
    rehearsals.start(draft_id=draft.pk, by=by, now=now)
    rehearsals.rehearse_next_chunk(now=now)
    for person in (by, *seen_by):
        record_access.open_protocol_draft(draft_id=draft.pk, by=person, now=now)
    return drafts.submit(draft_id=draft.pk, reason="Shorter", by=by, now=now)


def approve(draft, by, now):
    return drafts.approve(draft_id=draft.pk, activate_at=now, by=by, now=now)


def test_own_edit_is_not_approved_after_a_colleagues_comma(draft, nurse, physician, other_physician, now):
    draft = save(draft, "Any chills", physician, now)
    draft = save(draft, "Any chills?", nurse, now)
    hand_in(draft, nurse, now, physician, other_physician)

    with pytest.raises(DraftRefused, match="own_work"):
        approve(draft, physician, now)

    page = query.draft_overview(user=physician, draft_id=draft.pk)
    assert (page.is_own_work, page.written_by) == (True, (nurse.name, "Petra Physician"))
    assert approve(draft, other_physician, now).state == "published"


def test_an_edit_that_was_taken_out_again_still_counts(draft, nurse, physician, now):
    before = draft.document["questions"][0]["text"]["en"]
    draft = save(draft, "Mine", physician, now)
    draft = save(draft, before, physician, now)
    draft = save(draft, "Theirs", nurse, now)
    hand_in(draft, nurse, now, physician)

    with pytest.raises(DraftRefused, match="own_work"):
        approve(draft, physician, now)


def test_who_explained_a_case_has_written_too(draft, nurse, physician, now):
    draft = save(draft, "Any chills?", nurse, now)
    drafts.accept_cases(draft_id=draft.pk, reasons={"x": "Meant"}, by=physician, now=now)
    hand_in(draft, nurse, now, physician)

    with pytest.raises(DraftRefused, match="own_work"):
        approve(draft, physician, now)


def test_who_approved_and_then_writes_approves_no_more(draft, nurse, physician, now):
    draft = save(draft, "Any chills?", nurse, now)
    hand_in(draft, nurse, now, physician)
    later = now.replace(hour=23)
    approved = drafts.approve(draft_id=draft.pk, activate_at=later, by=physician, now=now)
    draft = save(approved, "Any chills now?", physician, now)
    hand_in(draft, nurse, now, physician)

    with pytest.raises(DraftRefused, match="own_work"):
        approve(draft, physician, now)
    assert ProtocolVersion.objects.count() == 1


def test_database_refuses_an_author_as_the_approver(draft, nurse, physician, now):
    draft = save(draft, "Any chills", physician, now)
    draft = save(draft, "Any chills?", nurse, now)

    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        ProtocolDraft.objects.update(
            state="approved", approved_at=now, approved_by=physician, activate_at=now
        )


def test_database_refuses_an_approver_as_an_author(draft, nurse, physician, now):
    draft = save(draft, "Any chills?", nurse, now)
    ProtocolDraft.objects.update(state="approved", approved_at=now, approved_by=physician, activate_at=now)

    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        ProtocolDraftAuthor.objects.create(draft=draft, user=physician, first_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProtocolDraftAuthor.objects.create(draft=draft, user=nurse, first_at=now)
