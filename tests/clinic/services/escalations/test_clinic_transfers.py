"""A patient goes on at another clinic: until it accepts the sender monitors, and afterwards only it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from caregiver.models import CheckinDraft
from caregiver.queries.card import cards
from caregiver.services.phone import packs
from clinic.access import (
    NotAllowed,
    NotVisible,
    get_cared_for,
    get_patient,
    patients_visible_to,
    reports_visible_to,
)
from clinic.models import (
    AuditEvent,
    CareTaskEntry,
    CareTeamMember,
    Checkin,
    ClinicTransfer,
    Escalation,
    LabResult,
    LifeEvent,
    MergedNumber,
    Page,
    Patient,
    Report,
    SystemAlarm,
    User,
)
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core import courses
from clinic.queries.outcomes import reviews
from clinic.queries.patients import life_events as life_event_lines
from clinic.queries.patients.facts import facts
from clinic.queries.patients.searching import found_by
from clinic.queries.protocols.assessments import assess_report
from clinic.queries.risk import known
from clinic.services.checkins import plan, reminders
from clinic.services.escalations import clinic_transfers, life_events, missed, scoring, worries
from clinic.services.escalations.clinic_transfers import Acceptance, CareOver, NotOpen, OfferedAlready
from clinic.services.patients import care_team, fact_corrections, identity, invitations
from clinic.services.patients.life_events import Refused, TakenOver
from clinic.services.protocols import versions
from clinic.services.reports import intake
from clinic.services.risk import fact_sheets, labs
from clinic.services.risk.labs import TypedLab
from notifications.models import Message
from tests import cases, factories

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COLD, WARM = ({"temp_value": value, "temp_unit": "C"} for value in ("36.4", "37.4"))


@pytest.fixture
def patient(clinic, now):
    return factories.PatientFactory(
        clinic=clinic, created_at=now - 9 * DAY, hospital_number="A1", baseline={"sbp": 120}
    )


@pytest.fixture
def link(caregiver):
    """Carla's, who looks after the patient."""
    return caregiver.care_links.get()


def offer(patient, to, by, now):
    return clinic_transfers.offer(
        patient_id=patient.pk, to_clinic_id=to.pk, reason="Moves house", by=by, now=now
    )


def accept(made, by, now, *members, zone="America/Chicago", known=frozenset(), number=None):
    acceptance = Acceptance(zone, [one.pk for one in members], known, number)
    return clinic_transfers.accept(transfer_id=made.pk, acceptance=acceptance, by=by, now=now)


def send(patient, by, answers, at, *, report_id=None, named=None):
    return intake.submit(
        report_id=report_id or uuid4(),
        patient=patient,
        by=by,
        protocol_version=versions.current_version_for(patient=patient),
        observed_at=at,
        sent_at=at,
        language="en",
        answers=answers,
        now=at,
        named=named,
    )


def alarms(clinic):
    return set(SystemAlarm.objects.filter(clinic=clinic, cleared_at=None).values_list("kind", flat=True))


def test_until_it_is_accepted_the_sender_monitors(patient, link, nurse, other_nurse, other_clinic, now):
    plan.plan_all(now=now)

    made = offer(patient, other_clinic, nurse, now)

    patient.refresh_from_db()
    assert (patient.status, patient.clinic_id) == ("active", nurse.staff_roles.get().clinic_id)
    assert patient.checkins.filter(state="planned", due_at__gt=now).exists()
    assert alarms(other_clinic) == {"transfer_offered"}
    # The name is all that the other clinic has of them.
    with pytest.raises(NotVisible):
        get_patient(other_nurse, patient.pk)
    seen = clinic_transfers.open_offer(transfer_id=made.pk, by=other_nurse, now=now)
    assert (seen.name, seen.reason, [one.link for one in seen.family]) == (
        patient.full_name,
        "Moves house",
        [link.pk],
    )
    rows = AuditEvent.objects.filter(subject_type="clinic_transfer", subject_id=str(made.pk))
    assert set(rows.values_list("action", "clinic_id")) == {
        (f"clinic_transfer.{act}", clinic.pk)
        for act in ("offered", "viewed")
        for clinic in (patient.clinic, other_clinic)
    }


def test_acceptance_moves_everything_at_once(patient, link, caregiver, nurse, other_nurse, other_clinic, now):
    leaver = factories.CareTeamMemberFactory(patient=patient, user__name="Ben")
    plan.plan_all(now=now - HOUR)
    reminders.queue_due(now=now)
    CheckinDraft.objects.create(
        user=caregiver, patient=patient, protocol_version=versions.current_version(clinic=patient.clinic)
    )
    # Each clinic sees a lot of its own.
    made = offer(patient, other_clinic, nurse, now)

    new = accept(made, other_nurse, now + HOUR, link)

    at = now + HOUR
    patient.refresh_from_db()
    event = LifeEvent.objects.get()
    assert (event.kind, event.patient, event.recorded_by, patient.status) == (
        "transferred",
        patient,
        other_nurse,
        "ended",
    )
    assert (new.clinic, new.status, new.hospital_number, new.baseline, new.time_zone) == (
        other_clinic,
        "active",
        "A1",
        {"sbp": 120},
        "America/Chicago",
    )
    assert new.courses.get(is_current=True).infusion_date == patient.infusion_date
    # There nothing is planned or on its way any more; here it is planned.
    assert not patient.checkins.filter(state="planned", due_at__gte=at).exists()
    assert not Message.objects.filter(purpose="reminder", due_at__isnull=False).exists()
    assert new.checkins.filter(state="planned", due_at__gt=at).exists()
    # The confirmed go on on the same phone.
    active = CareTeamMember.objects.filter(ended_at=None)
    assert [(one.user, one.patient) for one in active] == [(caregiver, new)]
    leaver.refresh_from_db()
    assert leaver.ended_by == other_nurse
    [kept] = packs.pack(by=caregiver, now=at)["patients"]
    assert (kept["id"], kept["clinic"]) == (str(new.pk), other_clinic.name)
    assert kept["calls"]["line"]["phone"] == str(other_clinic.line_phone)
    assert CheckinDraft.objects.get().patient == new
    assert not alarms(other_clinic)
    # Each clinic sees its own record and nothing of the other's.
    assert [one.pk for one in patients_visible_to(nurse)] == [patient.pk]
    assert [one.pk for one in patients_visible_to(other_nurse)] == [new.pk]
    assert AuditEvent.objects.filter(action="clinic_transfer.accepted").count() == 2
    assert AuditEvent.objects.get(action="patient.taken_over").clinic_id == other_clinic.pk


def test_labs_and_facts_go_along_and_are_assessed_anew(patient, link, nurse, other_nurse, other_clinic, now):
    taken_on = known.today_of(patient, now)
    struck, kept = (TypedLab("anc", value, "10^9/L", taken_on) for value in ("4.1", "0.4"))
    for value in (struck, kept):
        labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    wrong = LabResult.objects.get(typed_value="4.1")
    labs.strike(patient_id=patient.pk, result_id=wrong.pk, by=nurse, reason="Another patient's", now=now)
    told = {"sex": "female", "ecog": 1}
    fact_sheets.save_step(patient_id=patient.pk, by=nurse, step="person", told=told, seen="", now=now)

    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now + HOUR, link)

    there = LabResult.objects.filter(patient=new).values_list("typed_value", "source", "entered_by")
    assert list(there) == [("0.4", "transfer", other_nurse.pk)]
    assert known.sheet_of(new) == told
    was, run = known.current_run(patient), known.current_run(new)
    assert run.computed_at == now + HOUR
    assert (run.suggested["flags"], run.result["scores"]) == (was.suggested["flags"], was.result["scores"])
    # The sender's stay as they were.
    assert LabResult.objects.filter(patient=patient).count() == 2
    waiting = SystemAlarm.objects.filter(kind=AlarmKind.RISK_SUGGESTED, cleared_at=None)
    assert [one.clinic_id for one in waiting] == [other_clinic.pk]


def test_care_tasks_that_count_go_along_so_that_nobody_is_called_twice(
    patient, link, nurse, other_nurse, other_clinic, now
):
    for number, (day, act) in enumerate([(1, "done"), (3, "done"), (3, "taken_back")], start=1):
        words = "A mistake" if act == "taken_back" else ""
        factories.CareTaskEntryFactory(
            patient=patient, number=number, day=day, act=act, words=words, by=nurse, at=now
        )

    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now + HOUR, link)

    there = CareTaskEntry.objects.filter(patient=new).order_by("number")
    assert list(there.values_list("day", "act", "at", "by")) == [
        (1, "done", now, other_nurse.pk),
        (3, "taken_back", now, other_nurse.pk),
    ]


def test_what_is_open_waits_and_pages_at_the_receiver(
    patient, link, nurse, other_nurse, other_clinic, clinic, now
):
    cases.escalate(patient, cases.FEVER, now)
    paged_there = Page.objects.filter(escalation__clinic=clinic, state="due")
    made = offer(patient, other_clinic, nurse, now)
    assert paged_there.exists()

    new = accept(made, other_nurse, now + HOUR, link)

    there, here = Escalation.objects.get(clinic=clinic), Escalation.objects.get(clinic=other_clinic)
    assert (there.state, there.outcome, there.resolved_by) == ("resolved", "transferred", other_nurse)
    assert (here.patient, here.state, here.level) == (new, "open", there.level)
    assert here.events.get(kind="opened").cause == "other_clinic"
    assert not paged_there.exists()
    assert here.pages.exists()
    assert not Message.objects.filter(purpose="news").exists()


def test_report_for_the_old_record_reaches_the_new_one_once(
    patient, link, caregiver, nurse, other_nurse, other_clinic, now
):
    stored, late = uuid4(), uuid4()
    before = send(patient, caregiver, COLD, now, report_id=stored).report
    scoring.score(report_id=before.pk, now=now)
    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now + HOUR, link)

    found = get_cared_for(caregiver, patient.pk)
    again = send(found, caregiver, COLD, now, report_id=stored, named=patient.pk)
    came = [send(found, caregiver, WARM, now + 2 * HOUR, report_id=late, named=patient.pk) for _ in range(2)]
    scoring.score(report_id=late, now=now + 2 * HOUR)

    assert (found, again.replayed, again.report.patient_id) == (new, True, patient.pk)
    assert [one.replayed for one in came] == [False, True]
    assert set(Report.objects.values_list("pk", "patient")) == {(stored, patient.pk), (late, new.pk)}
    # The rules look back at what the sender had handed over.
    scored = assess_report(Report.objects.get(pk=late))
    assert [one.rule for one in scored.reasons] == ["T2_temp_rise"]
    assert set(reports_visible_to(nurse).values_list("pk", flat=True)) == {stored}
    assert set(reports_visible_to(other_nurse).values_list("pk", flat=True)) == {late}
    # One that was read before the acceptance and is stored after it goes on, too.
    raced = send(patient, caregiver, WARM, now + 3 * HOUR).report
    assert (raced.patient, raced.patient.clinic) == (new, other_clinic)
    patient.refresh_from_db()
    with pytest.raises(NotAllowed):
        send(patient, nurse, WARM, now + 3 * HOUR)
    assert intake.advise_on_report(report=before, now=now + 3 * HOUR).call


def test_card_of_the_family_keeps_the_last_day(
    patient, link, caregiver, nurse, other_nurse, other_clinic, now
):
    send(patient, caregiver, COLD, now - HOUR)
    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)
    send(new, caregiver, WARM, now + HOUR)

    card = cards.of_patient(patient=new, language="en", now=now + 2 * HOUR)

    assert [row.temperature for row in card.rows] == ["37.4\u00a0°C", "36.4\u00a0°C"]


def test_report_on_its_way_at_that_moment_pages_the_receiver(
    patient, link, caregiver, nurse, other_nurse, other_clinic, clinic, now
):
    """It had reached the old record and was not scored yet."""
    report = send(patient, caregiver, cases.FEVER, now).report
    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)

    scoring.score(report_id=report.pk, now=now)

    escalation = Escalation.objects.get()
    assert (escalation.patient, escalation.clinic) == (new, other_clinic)
    assert not Page.objects.filter(escalation__clinic=clinic).exists()


def test_worry_sent_again_after_the_transfer_is_not_refused(
    patient, link, caregiver, nurse, other_nurse, other_clinic, now
):
    told = {"worry_id": uuid4(), "patient_id": patient.pk, "by": caregiver, "told_at": now}
    worries.record(**told, now=now)
    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)

    worries.record(**told, now=now + HOUR)

    assert not Escalation.objects.exclude(state="resolved").exclude(patient=new).exists()


def test_silence_alarms_here_and_never_there(patient, link, nurse, other_nurse, other_clinic, clinic, now):
    plan.plan_all(now=now - DAY)
    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)
    for hours in range(0, 48, 6):
        plan.plan_all(now=now + hours * HOUR)
        missed.escalate_due(now=now + hours * HOUR)

    assert set(Escalation.objects.values_list("patient", "clinic")) == {(new.pk, other_clinic.pk)}
    assert not Checkin.objects.filter(patient=patient, state="planned", due_at__gte=now).exists()


def test_declined_or_withdrawn_the_patient_stays(
    patient, link, nurse, other_nurse, other_clinic, clinic, now
):
    made = offer(patient, other_clinic, nurse, now)
    with pytest.raises(OfferedAlready):
        offer(patient, other_clinic, nurse, now)
    # Only the side that is asked answers, and only the other takes it back.
    for act in (
        lambda: accept(made, nurse, now, link),
        lambda: clinic_transfers.decline(transfer_id=made.pk, reason="No", by=nurse, now=now),
        lambda: clinic_transfers.withdraw(transfer_id=made.pk, by=other_nurse, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()
    clinic_transfers.decline(transfer_id=made.pk, reason="No bed", by=other_nurse, now=now)
    assert (alarms(clinic), alarms(other_clinic)) == ({"transfer_declined"}, set())
    with pytest.raises(NotOpen):
        accept(made, other_nurse, now, link)

    second = offer(patient, other_clinic, nurse, now + HOUR)
    assert alarms(clinic) == set()
    clinic_transfers.withdraw(transfer_id=second.pk, by=nurse, now=now + HOUR)

    patient.refresh_from_db()
    assert (patient.status, alarms(other_clinic), Patient.objects.count()) == ("active", set(), 1)
    states = ClinicTransfer.objects.order_by("offered_at").values_list("state", flat=True)
    assert list(states) == ["declined", "withdrawn"]


@pytest.mark.parametrize("kind", ["died", "ended"])
def test_death_or_end_withdraws_an_open_offer(patient, nurse, other_nurse, other_clinic, now, kind):
    made = offer(patient, other_clinic, nurse, now)
    life_events.record(patient_id=patient.pk, kind=kind, by=nurse, at=now, reason="So", now=now)

    with pytest.raises(NotOpen):
        accept(made, other_nurse, now)
    with pytest.raises(CareOver):
        offer(patient, other_clinic, nurse, now)
    assert alarms(other_clinic) == set()


def test_old_record_stays_as_it_is(patient, link, nurse, other_nurse, other_clinic, now):
    accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)
    event = LifeEvent.objects.get()

    for kind in ("admitted", "died", "infused", "relapsed"):
        with pytest.raises(Refused) as refused:
            life_events.record(patient_id=patient.pk, kind=kind, by=nurse, at=now, reason="", now=now)
        assert refused.value.reason == "after_transfer"
    with pytest.raises(TakenOver):
        life_events.take_back(patient_id=patient.pk, event_id=event.pk, by=nurse, reason="No", now=now + HOUR)


def test_nobody_manages_the_old_record(patient, link, nurse, other_nurse, other_clinic, now):
    accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)
    guest = {"phone": "+16175550140", "name": "Ana", "relation": "sister", "language": "en"}
    patient.refresh_from_db()

    for act in (
        lambda: care_team.sign_out_everywhere(member_id=link.pk, by=nurse, now=now),
        lambda: invitations.invite(patient=patient, by=nurse, now=now, **guest),
        lambda: fact_corrections.correct(
            patient_id=patient.pk, by=nurse, facts={"given_name": "Wal"}, reason="So", now=now
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_comes_back_has_their_number_again(
    patient, link, caregiver, nurse, other_nurse, other_clinic, now
):
    away = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)
    back = accept(
        offer(away, patient.clinic, other_nurse, now + DAY), nurse, now + DAY, caregiver.care_links.last()
    )

    patient.refresh_from_db()
    assert (back.clinic, back.hospital_number, patient.hospital_number) == (patient.clinic, "A1", "")
    assert get_cared_for(caregiver, patient.pk) == back


def test_who_comes_back_has_the_number_of_this_hospital_and_not_that_of_the_other(
    patient, link, caregiver, nurse, other_nurse, other_clinic, now
):
    MergedNumber.objects.create(
        clinic=patient.clinic, patient=patient, hospital_number="A0", merged_at=now - DAY
    )
    away = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)
    correct = {"patient_id": away.pk, "by": other_nurse, "reason": "Ours", "now": now}
    fact_corrections.correct(**correct, facts={"hospital_number": "B7"})

    made = offer(away, patient.clinic, other_nurse, now + DAY)
    back = accept(made, nurse, now + DAY, caregiver.care_links.last())

    patient.refresh_from_db()
    assert (back.hospital_number, patient.hospital_number) == ("A1", "")
    assert list(Patient.objects.filter(found_by("A1"))) == [back]
    # What the hospital had merged into it still finds them, and only them.
    assert MergedNumber.objects.get().patient == back
    correct |= {"patient_id": back.pk, "by": nurse}
    fact_corrections.correct(**correct, facts={"hospital_number": "A2"})
    fact_corrections.correct(**correct, facts={"hospital_number": "A1"})


def test_receiver_says_under_which_number_the_patient_is_theirs(
    patient, link, nurse, other_nurse, other_clinic, now
):
    factories.PatientFactory(clinic=other_clinic, hospital_number="A1")
    made = offer(patient, other_clinic, nurse, now)

    with pytest.raises(identity.NumberTaken):
        accept(made, other_nurse, now, link)
    assert ClinicTransfer.objects.get().state == "offered"

    assert accept(made, other_nurse, now, link, number="b-7").hospital_number == "B-7"


@pytest.mark.parametrize("before", ["preparing", "active"])
def test_who_is_in_hospital_goes_home_from_there_as_they_would_have_here(
    patient, link, nurse, other_nurse, other_clinic, now, before
):
    Patient.objects.filter(pk=patient.pk).update(status=before)
    life_events.record(patient_id=patient.pk, kind="admitted", by=nurse, at=now - DAY, reason="CRS", now=now)

    new = accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)

    stay = new.life_events.get()
    assert (stay.kind, stay.at, stay.recorded_by, stay.reason) == ("admitted", now - DAY, other_nurse, "")
    # Whether it was seen coming is read where the reports before it are.
    assert [len(reviews.of_clinic(one, now=now)) for one in (patient.clinic, other_clinic)] == [1, 0]
    at = now + HOUR
    life_events.record(patient_id=new.pk, kind="discharged", by=other_nurse, at=at, reason="", now=at)
    new.refresh_from_db()
    assert new.status == before


def test_nothing_of_the_record_of_before_is_taken_back(patient, link, nurse, other_nurse, other_clinic, now):
    told = {"patient_id": patient.pk, "by": nurse, "at": now, "reason": "", "now": now}
    events = [life_events.record(kind=kind, **told) for kind in ("infused", "relapsed")]
    patient.refresh_from_db()
    accept(offer(patient, other_clinic, nurse, now), other_nurse, now, link)

    for event in events:
        with pytest.raises(TakenOver):
            life_events.take_back(
                patient_id=patient.pk, event_id=event.pk, by=nurse, reason="Wrong", now=now + HOUR
            )
    assert not any(line.may_take_back for line in life_event_lines.lines(patient))


def test_somebody_of_this_name_is_asked_about_first(patient, link, nurse, other_nurse, other_clinic, now):
    Patient.objects.filter(pk=patient.pk).update(birth_date="1960-01-02")
    twin = factories.PatientFactory(
        clinic=other_clinic,
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date="1960-01-02",
    )
    made = offer(patient, other_clinic, nurse, now)

    with pytest.raises(identity.MayBeSame):
        accept(made, other_nurse, now, link)
    assert ClinicTransfer.objects.get().state == "offered"

    assert accept(made, other_nurse, now, link, known=frozenset({twin.pk})).pk


def test_without_anybody_confirmed_the_team_is_asked_who_watches(
    patient, caregiver, nurse, other_nurse, other_clinic, clinic, now
):
    accept(offer(patient, other_clinic, nurse, now), other_nurse, now)

    assert (alarms(clinic), alarms(other_clinic)) == (set(), {"nobody_watches"})
    with pytest.raises(NotVisible):
        get_cared_for(caregiver, patient.pk)


def test_one_offer_at_a_time_is_a_rule_of_the_database(patient, nurse, other_clinic, now):
    offer(patient, other_clinic, nurse, now)

    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicTransfer.objects.create(
            patient=patient, to_clinic=other_clinic, reason="Again", offered_at=now, offered_by=nurse
        )


def test_family_reads_whom_to_call_now(patient, link, caregiver, nurse, other_nurse, other_clinic, now):
    new = accept(offer(patient, other_clinic, nurse, timezone.now()), other_nurse, timezone.now(), link)
    phone = Client()
    phone.force_login(caregiver)

    home = phone.get("/").content.decode()
    kept_address = phone.get(f"/check-in/{patient.pk}/")

    assert f"Your clinic is now {other_clinic.name}." in home
    assert other_clinic.line_phone.as_national in home
    assert (kept_address.status_code, new.given_name in kept_address.content.decode()) == (200, True)


def test_who_lives_by_the_patients_clock_is_reminded_by_the_new_one(
    patient, caregiver, link, nurse, other_nurse, other_clinic, now
):
    """Not who has a clock of their own, nor who looks after somebody else where it was."""
    away = factories.CareTeamMemberFactory(patient=patient, user__time_zone="Europe/Madrid")
    shared = factories.CareTeamMemberFactory(patient=patient)
    stays = factories.PatientFactory(clinic=patient.clinic)
    factories.CareTeamMemberFactory(patient=stays, user=shared.user)
    made = offer(patient, other_clinic, nurse, now)

    new = accept(made, other_nurse, now, link, away, shared, zone="America/Denver")

    zones = dict(User.objects.filter(care_links__patient=new).values_list("pk", "time_zone"))
    assert zones == {
        caregiver.pk: "America/Denver",
        away.user.pk: "Europe/Madrid",
        shared.user.pk: "America/New_York",
    }
    first = Checkin.objects.filter(patient=new, state="planned").earliest("due_at")
    asked = first.reminders.filter(caregiver=caregiver, to_backup=False).earliest("due_at")
    assert asked.due_at == first.due_at
    trail = AuditEvent.objects.get(action="caregiver.clock_changed", subject_id=str(caregiver.pk))
    assert (trail.clinic_id, trail.detail["time_zone"]) == (
        other_clinic.pk,
        {"from": "America/New_York", "to": "America/Denver"},
    )


def test_days_stop_at_the_sender_and_go_on_at_the_receiver(
    patient, link, nurse, other_nurse, other_clinic, now
):
    made = offer(patient, other_clinic, nurse, now)
    new = accept(made, other_nurse, now, link)
    patient.refresh_from_db()

    then, later = courses.shown_day(patient, now), now + 9 * DAY

    assert courses.shown_day(patient, later) == facts(patient, later).day == then
    assert courses.shown_day(new, later) == then + 9


def test_nothing_told_is_entered_where_the_patient_was(patient, link, nurse, other_nurse, other_clinic, now):
    made = offer(patient, other_clinic, nurse, timezone.now())
    accept(made, other_nurse, timezone.now(), link)
    console = Client()
    console.force_login(nurse)
    told = f"/console/patients/{patient.pk}/told/"

    for page in (f"/console/patients/{patient.pk}/", f"/console/patients/{patient.pk}/calls/"):
        answer = console.get(page)
        assert answer.status_code == 200 and told not in answer.content.decode()
