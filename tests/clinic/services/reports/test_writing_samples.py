"""The daily sentence: kept privately, looked at on record, deleted in time."""

from datetime import timedelta

import pytest

from clinic.access import NotVisible
from clinic.models import AuditEvent, RecordHold, WritingSample
from clinic.services.reports import pictures, writing_samples
from tests import factories
from tests.clinic.services.reports.test_pictures import picture


def test_sentence_is_kept_as_our_own_jpeg(patient, caregiver, now):
    sample = writing_samples.keep(patient_id=patient.pk, by=caregiver, data=picture("PNG"), now=now)

    stored = WritingSample.objects.get()
    assert (stored.pk, bytes(stored.picture)[:3], stored.is_baseline) == (sample.pk, b"\xff\xd8\xff", False)
    assert AuditEvent.objects.filter(action="writing.kept", patient_id=patient.pk).count() == 1


def test_sentence_from_before_the_infusion_is_the_baseline(patient, caregiver, now):
    assert writing_samples.keep(
        patient_id=patient.pk, by=caregiver, data=picture(), now=now - timedelta(days=7)
    ).is_baseline


def test_refused_picture_leaves_nothing(patient, caregiver, now):
    with pytest.raises(pictures.NotAPicture):
        writing_samples.keep(patient_id=patient.pk, by=caregiver, data=b"<svg>", now=now)

    assert not WritingSample.objects.exists()


def test_family_and_staff_look_and_it_is_on_record(patient, caregiver, nurse, now):
    sample = factories.WritingSampleFactory(patient=patient, author=caregiver)

    for person in (caregiver, nurse):
        assert writing_samples.open_sample(sample_id=sample.pk, by=person, now=now) == sample
        assert AuditEvent.objects.filter(action="writing.viewed", actor_id=person.pk).count() == 1


def test_outsiders_see_nothing(patient, stranger, other_nurse, now):
    sample = factories.WritingSampleFactory(patient=patient)

    for person in (stranger, other_nurse):
        with pytest.raises(NotVisible):
            writing_samples.open_sample(sample_id=sample.pk, by=person, now=now)
        with pytest.raises(NotVisible):
            writing_samples.keep(patient_id=patient.pk, by=person, data=picture(), now=now)


def test_old_sentences_go_and_the_first_one_stays_while_it_is_needed(patient, settings, now):
    settings.WRITING_DAYS = 30
    old, fresh = now - timedelta(days=30), now - timedelta(days=29, hours=23)
    ended = factories.PatientFactory(clinic=patient.clinic, status="ended")
    kept = {
        factories.WritingSampleFactory(patient=patient, written_at=fresh).pk,
        factories.WritingSampleFactory(patient=patient, written_at=old, is_baseline=True).pk,
        factories.WritingSampleFactory(patient=ended, written_at=fresh, is_baseline=True).pk,
    }
    factories.WritingSampleFactory(patient=patient, written_at=old)
    factories.WritingSampleFactory(patient=ended, written_at=old, is_baseline=True)

    assert writing_samples.delete_expired(now=now) == 2
    assert writing_samples.delete_expired(now=now) == 0

    assert set(WritingSample.objects.values_list("pk", flat=True)) == kept
    assert AuditEvent.objects.filter(action="writing.deleted").count() == 2


def test_legal_hold_keeps_pictures_that_have_run_out(patient, nurse, now):
    factories.WritingSampleFactory(patient=patient, written_at=now - timedelta(days=40))
    hold = RecordHold.objects.create(patient=patient, reason="case 7", placed_at=now, placed_by=nurse)
    assert writing_samples.delete_expired(now=now) == 0

    hold.ended_at, hold.ended_by = now, nurse
    hold.save()
    assert writing_samples.delete_expired(now=now) == 1
