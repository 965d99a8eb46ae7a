"""One patient's whole life in the clinic, and at each step exactly what exists.

Every line of an expectation is one thing of `Story.everything`: a text, a report, a check-in, an alert, a
page, an alarm, somebody's access, or a sentence on a screen ("+" came, "-" went). What is not named has
stayed as it was.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clinic import tasks
from clinic.models import ClinicTransfer, LifeEvent, Patient, Report
from tests import cases
from tests.clinic.services.patients.story.stage import Story

# A Monday, 10:00 in Boston, 16:00 in Madrid.
BEGINS = datetime(2026, 10, 19, 14, 0, tzinfo=UTC)
FINE = {"temp_value": "36.9", "temp_unit": "C"}


@pytest.fixture
def story(transactional_db: None, twilio: Any, settings: Any) -> Iterator[Story]:
    """Each act and each round commits by itself, as in life."""
    settings.SMS_COUNTRIES = ["US", "ES"]
    # Before the end of the audit, which goes by the database's own clock.
    settings.RETENTION_RECORD_YEARS = 4
    with time_machine.travel(BEGINS, tick=False) as clock:
        yield Story(clock, twilio, BEGINS)


def test_whole_life_of_one_patient(story: Story) -> None:
    # Two clinics, and nothing is asked of anybody.
    harbor = story.opens_clinic("harbor", "Harbor Clinic", "America/New_York", nurse="Nora")
    mesa = story.opens_clinic("mesa", "Mesa Clinic", "America/Denver", nurse="Mona")
    story.soon()
    story.expect("""
        + worklist of harbor: Waiting for you 0
        + worklist of harbor: Nothing is waiting. This list is live.
        + worklist of harbor: Enroll the first patient
        + worklist of mesa: Waiting for you 0
        + worklist of mesa: Nothing is waiting. This list is live.
        + worklist of mesa: Enroll the first patient
    """)

    # Staff enrol George and invite his wife, who joins in Boston.
    harbor.presses(
        "/console/patients/new/",
        clinic="harbor",
        given_name="George",
        family_name="Nuñez",
        birth_date="1960-03-02",
        hospital_number="H 100",
        infusion_date="2026-10-19",
        product="axi-cel",
        target="CD19",
        tier="standard",
        language="en",
    )
    george = Patient.objects.get()
    page = f"/console/patients/{george.pk}/"
    wife = {"invite-name": "June", "invite-phone": "(617) 555-0131", "invite-relation": "wife"}
    harbor.presses(f"{page}invite/", **wife, **{"invite-language": "en"})
    story.soon()
    story.expect("""
        sms Oct 19 10:01 EDT, invite to +16175550131: delivered
        link Oct 19 10:01 EDT: open
        + patient at harbor: day 0 · Harbor Clinic
        + patient at harbor: Monitoring
        + patient at harbor: Preparing to go home
        + patient at harbor: Life events
        + patient at harbor: Transfer to another clinic
        + patient at harbor: Day 0 is moved under “Correct facts”.
        + patient at harbor: Nobody of the family is linked to this patient.
        - worklist of harbor: Enroll the first patient
    """)
    june = story.joins("June", "+16175550131", "America/New_York")

    # His sister joins in Madrid, by her own clock and in her own language.
    sister = {"invite-name": "Inés", "invite-phone": "+34 612 345 678", "invite-relation": "sister"}
    harbor.presses(f"{page}invite/", **sister, **{"invite-language": "es"})
    story.soon()
    story.joins("Inés", "+34612345678", "Europe/Madrid")
    story.expect("""
        sms Oct 19 10:01 EDT, invite to June: delivered
        sms Oct 19 10:02 EDT, code to June: delivered
        sms Oct 19 10:02 EDT, invite to Inés: delivered
        sms Oct 19 10:03 EDT, code to Inés: delivered
        access of June, harbor: open
        access of Inés, harbor: open
        link Oct 19 10:01 EDT: open → used
        link Oct 19 10:02 EDT: used
        + patient at harbor: June (wife) (617) 555-0131
        + patient at harbor: Inés (sister) +34 612 34 56 78
        + June sees: Check-ins start when you are home
        + June sees: Start check-in
        + June sees: Someone at Harbor Clinic is reading reports now.
        + June sees: Last reports
        + Inés sees: Los chequeos empiezan cuando estén en casa
        + Inés sees: Empezar el chequeo
        + Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        + Inés sees: Últimos reportes
        - sms Oct 19 10:01 EDT, invite to +16175550131
        - patient at harbor: Nobody of the family is linked to this patient.
    """)

    # The test alarm before going home, which a nurse answers; then monitoring starts.
    june.browser.post(f"/practice/{george.pk}/", {"report_id": str(uuid4())})
    story.soon()
    drill = george.escalations.get()
    harbor.presses(f"/console/drills/{drill.pk}/answer/")
    harbor.presses(f"{page}start/", **{"start-reason": "They read at home"})
    story.soon()
    story.expect("""
        sms Oct 19 10:03 EDT, trial to Inés: delivered
        sms Oct 19 10:03 EDT, trial to June: delivered
        report Oct 19 10:03 EDT by June, harbor: emergency
        check-in Oct 19 20:00 EDT (scheduled), harbor: planned
        check-in Oct 20 08:00 EDT (scheduled), harbor: planned
        check-in Oct 20 20:00 EDT (scheduled), harbor: planned
        check-in Oct 21 08:00 EDT (scheduled), harbor: planned
        test alarm Oct 19 10:03 EDT, harbor: emergency resolved
        + patient at harbor: Monitoring started before everything was proven to work. Reason:…
        + patient at harbor: Monitored
        + June sees: Next check-in: today 8:00 PM
        + June sees: Who is awake tonight?
        + June sees: Nobody has said so yet.
        + June sees: I am awake
        + June sees: Inés is awake
        + Inés sees: Próximo chequeo: mañana 2:00 AM
        + Inés sees: ¿Quién está pendiente esta noche?
        + Inés sees: Nadie lo ha dicho todavía.
        + Inés sees: June está pendiente esta noche
        + Inés sees: Yo estoy pendiente esta noche
        - patient at harbor: Preparing to go home
        - June sees: Check-ins start when you are home
        - Inés sees: Los chequeos empiezan cuando estén en casa
    """)

    # The first evening: June is reminded, reports, and says that she is awake.
    story.until("2026-10-19 20:10")
    story.expect("""
        sms Oct 19 20:00 EDT, night to Inés: pending
        sms Oct 19 20:00 EDT, night to June: delivered
        sms Oct 19 20:00 EDT, reminder to June: delivered
        check-in Oct 21 20:00 EDT (scheduled), harbor: planned
        + June sees: Check-in due now
        + June sees: Planned for today at 8:00 PM. It takes about two minutes.
        + June sees: No one is reading reports until Tuesday 8:00 AM. Do not wait for a reply.
        + Inés sees: Es hora del chequeo
        + Inés sees: Programado para hoy a las 2:00 AM. Toma unos dos minutos.
        + Inés sees: Nadie lee los reportes hasta el martes, 8:00 AM. No espere una respuesta.
        - June sees: Next check-in: today 8:00 PM
        - June sees: Someone at Harbor Clinic is reading reports now.
        - Inés sees: Próximo chequeo: mañana 2:00 AM
        - Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
    """)
    story.goes_through_pages(june, george)
    june.browser.post(
        f"/patient/{george.pk}/tonight/", {"member": george.care_team.get(user__name="June").pk}
    )
    story.soon()
    story.expect("""
        sms Oct 19 20:00 EDT, night to Inés: pending → suppressed cancelled
        report Oct 19 20:10 EDT by June, harbor: none
        check-in Oct 19 20:00 EDT (scheduled), harbor: planned → done
        + June sees: Saved: June is awake. Tonight’s texts go there.
        + June sees: Next check-in: tomorrow 8:00 AM
        + June sees: Last report: today 8:10 PM · No alert Thank you for checking.
        + June sees: June is awake.
        + June sees: Today 8:10 PM No alert
        + June sees: All reports
        + Inés sees: Próximo chequeo: hoy 2:00 PM
        + Inés sees: Último reporte: hoy 2:10 AM · Sin alerta Gracias por revisar.
        + Inés sees: June está pendiente esta noche.
        + Inés sees: Hoy 2:10 AM Sin alerta
        + Inés sees: Todos los reportes
        - June sees: Check-in due now
        - June sees: Planned for today at 8:00 PM. It takes about two minutes.
        - June sees: Nobody has said so yet.
        - June sees: I am awake
        - Inés sees: Es hora del chequeo
        - Inés sees: Programado para hoy a las 2:00 AM. Toma unos dos minutos.
        - Inés sees: Nadie lo ha dicho todavía.
        - Inés sees: June está pendiente esta noche
    """)

    # The next morning is missed: June hears three times, then Inés, once it is open and by day in Madrid.
    story.until("2026-10-20 13:00")
    story.expect("""
        sms Oct 20 08:00 EDT, reminder to June: delivered
        sms Oct 20 09:00 EDT, reminder to June: delivered
        sms Oct 20 11:00 EDT, reminder to June: delivered
        sms Oct 20 12:00 EDT, reminder to Inés: delivered
        check-in Oct 22 08:00 EDT (scheduled), harbor: planned
        + patient at harbor: day 1 · Harbor Clinic
        + June sees: Check-in due now
        + June sees: Planned for today at 8:00 AM. It takes about two minutes.
        + June sees: Someone at Harbor Clinic is reading reports now.
        + June sees: Nobody has said so yet.
        + June sees: I am awake
        + June sees: Mon 8:10 PM No alert
        + Inés sees: Es hora del chequeo
        + Inés sees: Programado para hoy a las 2:00 PM. Toma unos dos minutos.
        + Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        + Inés sees: Nadie lo ha dicho todavía.
        + Inés sees: June está pendiente esta noche
        - patient at harbor: day 0 · Harbor Clinic
        - June sees: Saved: June is awake. Tonight’s texts go there.
        - June sees: Next check-in: tomorrow 8:00 AM
        - June sees: Last report: today 8:10 PM · No alert Thank you for checking.
        - June sees: No one is reading reports until Tuesday 8:00 AM. Do not wait for a reply.
        - June sees: June is awake.
        - June sees: Today 8:10 PM No alert
        - Inés sees: Próximo chequeo: hoy 2:00 PM
        - Inés sees: Último reporte: hoy 2:10 AM · Sin alerta Gracias por revisar.
        - Inés sees: Nadie lee los reportes hasta el martes, 8:00 AM. No espere una respuesta.
        - Inés sees: June está pendiente esta noche.
    """)

    # A fever in the evening pages; the nurse takes it, and he comes in: nobody at home is asked any more.
    story.until("2026-10-20 19:30")
    story.reports(june, george, cases.FEVER)
    story.soon()
    story.expect("""
        sms Oct 20 19:30 EDT, page to Nora: delivered
        report Oct 20 19:30 EDT by June, harbor: urgent
        check-in Oct 20 08:00 EDT (scheduled), harbor: planned → done
        check-in Oct 20 20:00 EDT (scheduled), harbor: planned → done
        alert Oct 20 19:30 EDT, harbor: urgent open
        page 1 to Nora, of the alert Oct 20 19:30 EDT: sent
        page 2 to Nora, of the alert Oct 20 19:30 EDT: due
        + worklist of harbor: All levels 1
        + worklist of harbor: Emergency 0
        + worklist of harbor: Urgent 1
        + worklist of harbor: Same day 0
        + worklist of harbor: Watch 0
        + worklist of harbor: Waiting for you 1
        + worklist of harbor: Urgent
        + worklist of harbor: George Nuñez
        + worklist of harbor: day 1
        + worklist of harbor: Temperature 38.6 °C (38.0 to 39.9); Temperature up by 1.8 °C in 23…
        + worklist of harbor: Nora paged 19:30
        + worklist of harbor: Take it
        + June sees: Urgent, since today at 7:30 PM
        + June sees: Call the 24-hour line now
        + June sees: 24-hour line(201) 555-0101
        + June sees: Call 911 In an emergency
        + June sees: See what to do
        + June sees: We paged staff today at 7:30 PM. No one has it yet. Do not wait for them.
        + June sees: Today 7:30 PM Call now
        + Inés sees: Urgente, desde hoy a la 1:30 AM
        + Inés sees: Llame ahora a la línea de 24 horas
        + Inés sees: Línea de 24 horas(201) 555-0101
        + Inés sees: Llame al 911 En una emergencia
        + Inés sees: Ver qué hacer
        + Inés sees: Avisamos al personal hoy a la 1:30 AM. Todavía nadie se ha hecho cargo. No…
        + Inés sees: Hoy 1:30 AM Llame ahora
        + Inés sees: Mar 2:10 AM Sin alerta
        - worklist of harbor: Waiting for you 0
        - worklist of harbor: Nothing is waiting. This list is live.
        - June sees: Check-in due now
        - June sees: Planned for today at 8:00 AM. It takes about two minutes.
        - June sees: Start check-in
        - June sees: Someone at Harbor Clinic is reading reports now.
        - Inés sees: Es hora del chequeo
        - Inés sees: Programado para hoy a las 2:00 PM. Toma unos dos minutos.
        - Inés sees: Empezar el chequeo
        - Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        - Inés sees: Hoy 2:10 AM Sin alerta
    """)
    alert = harbor.open_alert()
    harbor.presses(f"{alert}acknowledge/")
    story.soon()
    story.expect("""
        sms Oct 20 19:31 EDT, word to Inés: delivered
        sms Oct 20 19:31 EDT, word to June: delivered
        alert Oct 20 19:30 EDT, harbor: urgent open → urgent acknowledged
        page 2 to Nora, of the alert Oct 20 19:30 EDT: due → cancelled
        + worklist of harbor: Waiting for you 0
        + worklist of harbor: Nothing is waiting. This list is live.
        + worklist of harbor: Being handled 1
        + worklist of harbor: Nora took it at 19:31,
        + June sees: Clinic staff took this today at 7:31 PM. Keep your phone with you.
        + Inés sees: El personal de la clínica se hizo cargo hoy a la 1:31 AM. Tenga el teléfono…
        - worklist of harbor: All levels 1
        - worklist of harbor: Emergency 0
        - worklist of harbor: Urgent 1
        - worklist of harbor: Same day 0
        - worklist of harbor: Watch 0
        - worklist of harbor: Waiting for you 1
        - worklist of harbor: Nora paged 19:30
        - worklist of harbor: Take it
        - June sees: We paged staff today at 7:30 PM. No one has it yet. Do not wait for them.
        - Inés sees: Avisamos al personal hoy a la 1:30 AM. Todavía nadie se ha hecho cargo. No…
    """)
    harbor.presses(f"{alert}resolve/", **{"resolve-outcome": "admitted", "resolve-note": "Comes by car"})
    story.soon()
    story.expect("""
        sms Oct 20 19:32 EDT, word to June: delivered
        check-in Oct 21 08:00 EDT (scheduled), harbor: planned → dropped
        check-in Oct 21 20:00 EDT (scheduled), harbor: planned → dropped
        check-in Oct 22 08:00 EDT (scheduled), harbor: planned → dropped
        alert Oct 20 19:30 EDT, harbor: urgent acknowledged → urgent resolved admitted
        + patient at harbor: In hospital. No reminders are sent, and a missed check-in raises no…
        + patient at harbor: In hospital
        + patient at harbor: Admitted to hospital · Tue Oct 20, 19:32
        + June sees: George is in the hospital
        + June sees: You do not need to report now. The team there is taking care of George. Do…
        + June sees: Send a report anyway
        + June sees: The clinic is closed now. Do not wait for a reply.
        + June sees: Today 7:30 PM We said: call now
        + Inés sees: George está en el hospital
        + Inés sees: Ahora no tiene que reportar. El equipo de allí cuida de George. ¿Ve una…
        + Inés sees: Enviar un reporte de todos modos
        + Inés sees: La clínica está cerrada ahora. No espere una respuesta.
        + Inés sees: Hoy 1:30 AM Dijimos: llame ahora
        - worklist of harbor: Being handled 1
        - worklist of harbor: Urgent
        - worklist of harbor: George Nuñez
        - worklist of harbor: day 1
        - worklist of harbor: Temperature 38.6 °C (38.0 to 39.9); Temperature up by 1.8 °C in 23…
        - worklist of harbor: Nora took it at 19:31,
        - patient at harbor: Monitored
        - June sees: Urgent, since today at 7:30 PM
        - June sees: Call the 24-hour line now
        - June sees: 24-hour line(201) 555-0101
        - June sees: Call 911 In an emergency
        - June sees: See what to do
        - June sees: Clinic staff took this today at 7:31 PM. Keep your phone with you.
        - June sees: Who is awake tonight?
        - June sees: Nobody has said so yet.
        - June sees: I am awake
        - June sees: Inés is awake
        - June sees: Today 7:30 PM Call now
        - Inés sees: Urgente, desde hoy a la 1:30 AM
        - Inés sees: Llame ahora a la línea de 24 horas
        - Inés sees: Línea de 24 horas(201) 555-0101
        - Inés sees: Llame al 911 En una emergencia
        - Inés sees: Ver qué hacer
        - Inés sees: El personal de la clínica se hizo cargo hoy a la 1:31 AM. Tenga el teléfono…
        - Inés sees: ¿Quién está pendiente esta noche?
        - Inés sees: Nadie lo ha dicho todavía.
        - Inés sees: June está pendiente esta noche
        - Inés sees: Yo estoy pendiente esta noche
        - Inés sees: Hoy 1:30 AM Llame ahora
    """)

    # In hospital: only what June's phone still held comes in, and the word that Inés slept through.
    story.until("2026-10-22 15:00", every=180)
    story.hands_in(june, george, FINE, seen="2026-10-20 12:00")
    story.soon()
    story.expect("""
        sms Oct 21 02:00 EDT, word to Inés: delivered
        report Oct 22 15:00 EDT by June, harbor: none
        + patient at harbor: day 3 · Harbor Clinic
        + June sees: Someone at Harbor Clinic is reading reports now.
        + June sees: Tue 7:30 PM We said: call now
        + June sees: Tue 12:00 PM No alert
        + Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        + Inés sees: Mié 1:30 AM Dijimos: llame ahora
        + Inés sees: Mar 6:00 PM Sin alerta
        - patient at harbor: day 1 · Harbor Clinic
        - June sees: The clinic is closed now. Do not wait for a reply.
        - June sees: Today 7:30 PM We said: call now
        - Inés sees: La clínica está cerrada ahora. No espere una respuesta.
        - Inés sees: Hoy 1:30 AM Dijimos: llame ahora
    """)
    story.until("2026-11-01 00:40", every=240)
    story.expect("""
        + patient at harbor: day 13 · Harbor Clinic
        + June sees: No one is reading reports until Monday 8:00 AM. Do not wait for a reply.
        + June sees: Oct 20 7:30 PM We said: call now
        + June sees: Oct 20 12:00 PM No alert
        + June sees: Oct 19 8:10 PM No alert
        + Inés sees: Nadie lee los reportes hasta el lunes, 8:00 AM. No espere una respuesta.
        + Inés sees: 21 oct 1:30 AM Dijimos: llame ahora
        + Inés sees: 20 oct 6:00 PM Sin alerta
        + Inés sees: 20 oct 2:10 AM Sin alerta
        - patient at harbor: day 3 · Harbor Clinic
        - June sees: Someone at Harbor Clinic is reading reports now.
        - June sees: Tue 7:30 PM We said: call now
        - June sees: Tue 12:00 PM No alert
        - June sees: Mon 8:10 PM No alert
        - Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        - Inés sees: Mié 1:30 AM Dijimos: llame ahora
        - Inés sees: Mar 6:00 PM Sin alerta
        - Inés sees: Mar 2:10 AM Sin alerta
    """)

    # Discharged in the night in which the clock shows half past one twice (in Europe a week ago); it is the
    # second time. Silence counts from now, and staff ask who helps at home.
    story.move(story.now + timedelta(hours=2))
    story.beat()
    harbor.presses(f"{page}events/", **{"event-kind": "discharged", "event-at": "2026-11-01T01:30"})
    assert LifeEvent.objects.get(kind="discharged").at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    story.soon()
    story.expect("""
        check-in Nov 1 08:00 EST (scheduled), harbor: planned
        check-in Nov 1 20:00 EST (scheduled), harbor: planned
        check-in Nov 2 08:00 EST (scheduled), harbor: planned
        check-in Nov 2 20:00 EST (scheduled), harbor: planned
        alarm Nov 1 01:40 EST, home_again, harbor: open
        + worklist of harbor: 1 notice below
        + worklist of harbor: Notices 1
        + worklist of harbor: Home from hospital: ask who helps now, their numbers and the next…
        + worklist of harbor: George Nuñez
        + worklist of harbor: · Check-ins are planned again. Phone the family, then look at the…
        + worklist of harbor: Done
        + patient at harbor: Monitored
        + patient at harbor: Discharged from hospital · Sun Nov 1, 01:30
        + June sees: Next check-in: today 8:00 AM
        + June sees: Last report: Oct 20 7:30 PM · Seen 7:31 PM, closed 7:32 PM Thank you for…
        + June sees: Start check-in
        + June sees: Who is awake tonight?
        + June sees: Nobody has said so yet.
        + June sees: I am awake
        + June sees: Inés is awake
        + Inés sees: Próximo chequeo: hoy 2:00 PM
        + Inés sees: Último reporte: 21 oct 1:30 AM · Visto: 1:31 AM. Cerrado: 1:32 AM Gracias…
        + Inés sees: Empezar el chequeo
        + Inés sees: ¿Quién está pendiente esta noche?
        + Inés sees: Nadie lo ha dicho todavía.
        + Inés sees: June está pendiente esta noche
        + Inés sees: Yo estoy pendiente esta noche
        - patient at harbor: In hospital. No reminders are sent, and a missed check-in raises no…
        - patient at harbor: In hospital
        - June sees: George is in the hospital
        - June sees: You do not need to report now. The team there is taking care of George. Do…
        - June sees: Send a report anyway
        - Inés sees: George está en el hospital
        - Inés sees: Ahora no tiene que reportar. El equipo de allí cuida de George. ¿Ve una…
        - Inés sees: Enviar un reporte de todos modos
    """)

    # Nothing is heard for twelve hours after the first check-in at home.
    story.until("2026-11-01 20:10")
    story.expect("""
        sms Nov 1 08:00 EST, reminder to June: delivered
        sms Nov 1 09:00 EST, reminder to June: delivered
        sms Nov 1 11:00 EST, reminder to June: delivered
        sms Nov 1 12:00 EST, reminder to Inés: delivered
        sms Nov 1 20:00 EST, night to Inés: pending
        sms Nov 1 20:00 EST, night to June: delivered
        sms Nov 1 20:00 EST, reminder to June: delivered
        check-in Nov 3 09:00 EST (scheduled), harbor: planned
        alert Nov 1 20:00 EST, harbor: same_day open
        + worklist of harbor: All levels 1
        + worklist of harbor: Emergency 0
        + worklist of harbor: Urgent 0
        + worklist of harbor: Same day 1
        + worklist of harbor: Watch 0
        + worklist of harbor: Waiting for you 1
        + worklist of harbor: Same day
        + worklist of harbor: day 13
        + worklist of harbor: A planned check-in was missed: No report for 12 hours (12 or more)
        + worklist of harbor: Take it
        + worklist of harbor: George Nuñez (2)
        + June sees: Check-in due now
        + June sees: Planned for today at 8:00 PM. It takes about two minutes.
        + Inés sees: Es hora del chequeo
        + Inés sees: Programado para hoy a las 2:00 AM. Toma unos dos minutos.
        - worklist of harbor: Waiting for you 0
        - worklist of harbor: Nothing is waiting. This list is live.
        - June sees: Next check-in: today 8:00 AM
        - June sees: Last report: Oct 20 7:30 PM · Seen 7:31 PM, closed 7:32 PM Thank you for…
        - Inés sees: Próximo chequeo: hoy 2:00 PM
        - Inés sees: Último reporte: 21 oct 1:30 AM · Visto: 1:31 AM. Cerrado: 1:32 AM Gracias…
    """)
    story.reports(june, george, FINE)
    alert = harbor.open_alert()
    harbor.presses(f"{alert}acknowledge/")
    harbor.presses(f"{alert}resolve/", **{"resolve-outcome": "advice_given", "resolve-note": "All well"})
    harbor.clears("home_again")
    story.soon()
    story.expect("""
        report Nov 1 20:10 EST by June, harbor: none
        check-in Nov 1 08:00 EST (scheduled), harbor: planned → done
        check-in Nov 1 20:00 EST (scheduled), harbor: planned → done
        alert Nov 1 20:00 EST, harbor: same_day open → same_day resolved advice_given
        alarm Nov 1 01:40 EST, home_again, harbor: open → cleared
        + worklist of harbor: Waiting for you 0
        + worklist of harbor: Nothing is waiting. This list is live.
        + June sees: Next check-in: tomorrow 8:00 AM
        + June sees: Last report: today 8:10 PM · No alert Thank you for checking.
        + June sees: Today 8:10 PM No alert
        + Inés sees: Próximo chequeo: hoy 2:00 PM
        + Inés sees: Último reporte: hoy 2:10 AM · Sin alerta Gracias por revisar.
        + Inés sees: Hoy 2:10 AM Sin alerta
        - worklist of harbor: 1 notice below
        - worklist of harbor: All levels 1
        - worklist of harbor: Emergency 0
        - worklist of harbor: Urgent 0
        - worklist of harbor: Same day 1
        - worklist of harbor: Watch 0
        - worklist of harbor: Waiting for you 1
        - worklist of harbor: Same day
        - worklist of harbor: George Nuñez
        - worklist of harbor: day 13
        - worklist of harbor: A planned check-in was missed: No report for 12 hours (12 or more)
        - worklist of harbor: Take it
        - worklist of harbor: Notices 1
        - worklist of harbor: Home from hospital: ask who helps now, their numbers and the next…
        - worklist of harbor: George Nuñez (2)
        - worklist of harbor: · Check-ins are planned again. Phone the family, then look at the…
        - worklist of harbor: Done
        - June sees: Check-in due now
        - June sees: Planned for today at 8:00 PM. It takes about two minutes.
        - June sees: Oct 19 8:10 PM No alert
        - Inés sees: Es hora del chequeo
        - Inés sees: Programado para hoy a las 2:00 AM. Toma unos dos minutos.
        - Inés sees: 20 oct 2:10 AM Sin alerta
    """)

    # Somebody else is admitted, and it is recorded here by mistake.
    story.until("2026-11-02 10:00")
    story.expect("""
        sms Nov 1 20:00 EST, night to Inés: pending → delivered left Nov 2 01:00 EST
        sms Nov 2 08:00 EST, reminder to June: delivered
        sms Nov 2 09:00 EST, reminder to June: delivered
        check-in Nov 4 09:00 EST (scheduled), harbor: planned
        alarm Nov 1 21:00 EST, no_night_watch, harbor: cleared
        + patient at harbor: day 14 · Harbor Clinic
        + June sees: Check-in due now
        + June sees: Planned for today at 8:00 AM. It takes about two minutes.
        + June sees: Someone at Harbor Clinic is reading reports now.
        + June sees: Sun 8:10 PM No alert
        + Inés sees: Es hora del chequeo
        + Inés sees: Programado para hoy a las 2:00 PM. Toma unos dos minutos.
        + Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        - patient at harbor: day 13 · Harbor Clinic
        - June sees: Next check-in: tomorrow 8:00 AM
        - June sees: Last report: today 8:10 PM · No alert Thank you for checking.
        - June sees: No one is reading reports until Monday 8:00 AM. Do not wait for a reply.
        - June sees: Today 8:10 PM No alert
        - Inés sees: Próximo chequeo: hoy 2:00 PM
        - Inés sees: Último reporte: hoy 2:10 AM · Sin alerta Gracias por revisar.
        - Inés sees: Nadie lee los reportes hasta el lunes, 8:00 AM. No espere una respuesta.
    """)
    harbor.presses(f"{page}events/", **{"event-kind": "admitted", "event-at": "2026-11-02T10:00"})
    story.soon()
    story.expect("""
        check-in Nov 2 20:00 EST (scheduled), harbor: planned → dropped
        check-in Nov 3 09:00 EST (scheduled), harbor: planned → dropped
        check-in Nov 4 09:00 EST (scheduled), harbor: planned → dropped
        + patient at harbor: In hospital. No reminders are sent, and a missed check-in raises no…
        + patient at harbor: In hospital
        + patient at harbor: Admitted to hospital · Mon Nov 2, 10:00
        + June sees: George is in the hospital
        + June sees: You do not need to report now. The team there is taking care of George. Do…
        + June sees: Send a report anyway
        + Inés sees: George está en el hospital
        + Inés sees: Ahora no tiene que reportar. El equipo de allí cuida de George. ¿Ve una…
        + Inés sees: Enviar un reporte de todos modos
        - patient at harbor: Monitored
        - June sees: Check-in due now
        - June sees: Planned for today at 8:00 AM. It takes about two minutes.
        - June sees: Start check-in
        - June sees: Who is awake tonight?
        - June sees: Nobody has said so yet.
        - June sees: I am awake
        - June sees: Inés is awake
        - Inés sees: Es hora del chequeo
        - Inés sees: Programado para hoy a las 2:00 PM. Toma unos dos minutos.
        - Inés sees: Empezar el chequeo
        - Inés sees: ¿Quién está pendiente esta noche?
        - Inés sees: Nadie lo ha dicho todavía.
        - Inés sees: June está pendiente esta noche
        - Inés sees: Yo estoy pendiente esta noche
    """)
    mistake = LifeEvent.objects.filter(kind="admitted").latest("recorded_at")
    harbor.presses(f"{page}events/{mistake.pk}/take-back/", **{"back-reason": "Another Nuñez"})
    story.soon()
    story.expect("""
        check-in Nov 2 20:00 EST (scheduled), harbor: dropped → planned
        check-in Nov 3 09:00 EST (scheduled), harbor: dropped → planned
        check-in Nov 4 09:00 EST (scheduled), harbor: dropped → planned
        + patient at harbor: Monitored
        + patient at harbor: Admitted to hospital · Mon Nov 2, 10:00 (taken back)
        + June sees: Next check-in: today 8:00 PM
        + June sees: Last report: Sun 8:10 PM · No alert Thank you for checking.
        + June sees: Start check-in
        + June sees: Who is awake tonight?
        + June sees: Nobody has said so yet.
        + June sees: I am awake
        + June sees: Inés is awake
        + Inés sees: Próximo chequeo: mañana 2:00 AM
        + Inés sees: Último reporte: hoy 2:10 AM · Sin alerta Gracias por revisar.
        + Inés sees: Empezar el chequeo
        + Inés sees: ¿Quién está pendiente esta noche?
        + Inés sees: Nadie lo ha dicho todavía.
        + Inés sees: June está pendiente esta noche
        + Inés sees: Yo estoy pendiente esta noche
        - patient at harbor: In hospital. No reminders are sent, and a missed check-in raises no…
        - patient at harbor: In hospital
        - patient at harbor: Admitted to hospital · Mon Nov 2, 10:00
        - June sees: George is in the hospital
        - June sees: You do not need to report now. The team there is taking care of George. Do…
        - June sees: Send a report anyway
        - Inés sees: George está en el hospital
        - Inés sees: Ahora no tiene que reportar. El equipo de allí cuida de George. ¿Ve una…
        - Inés sees: Enviar un reporte de todos modos
    """)

    # They move to Denver. Until the clinic there accepts, this one monitors.
    story.until("2026-11-02 14:00")
    offered = {"offer-to_clinic": str(mesa.clinic.pk), "offer-reason": "Moves to his son"}
    harbor.presses(f"{page}transfer/", **offered)
    story.soon()
    story.expect("""
        alarm Nov 2 14:00 EST, transfer_offered, mesa: open
        + patient at harbor: Offered to Mesa Clinic. You monitor until they accept.
        + patient at harbor: Look at the offer
        + patient at harbor: Offered to Mesa Clinic. You monitor until they accept. Moves to his…
        + patient at harbor: Withdraw the offer
        + worklist of mesa: 1 notice below
        + worklist of mesa: Notices 1
        + worklist of mesa: Another clinic offers to hand a patient over: answer it · since 12:00
        + worklist of mesa: George Nuñez
        + worklist of mesa: · Open it, then accept or decline. Until you accept the other clinic…
    """)
    story.until("2026-11-02 20:30")
    story.reports(june, george, FINE)
    story.until("2026-11-03 09:30")
    story.reports(june, george, cases.FEVER)
    story.soon()
    harbor.presses(f"{harbor.open_alert()}acknowledge/")
    story.soon()
    story.expect("""
        sms Nov 2 20:00 EST, night to Inés: delivered left Nov 3 01:00 EST
        sms Nov 2 20:00 EST, night to June: delivered
        sms Nov 2 20:00 EST, reminder to June: delivered
        sms Nov 3 09:00 EST, reminder to June: delivered
        sms Nov 3 09:30 EST, page to Nora: delivered
        sms Nov 3 09:31 EST, word to Inés: delivered
        sms Nov 3 09:31 EST, word to June: delivered
        report Nov 2 20:30 EST by June, harbor: none
        report Nov 3 09:30 EST by June, harbor: urgent
        check-in Nov 2 08:00 EST (scheduled), harbor: planned → done
        check-in Nov 2 20:00 EST (scheduled), harbor: planned → done
        check-in Nov 3 09:00 EST (scheduled), harbor: planned → done
        check-in Nov 5 09:00 EST (scheduled), harbor: planned
        alert Nov 3 09:30 EST, harbor: urgent acknowledged
        page 1 to Nora, of the alert Nov 3 09:30 EST: sent
        page 2 to Nora, of the alert Nov 3 09:30 EST: cancelled
        alarm Nov 2 21:00 EST, no_night_watch, harbor: cleared
        + worklist of harbor: Being handled 1
        + worklist of harbor: Urgent
        + worklist of harbor: George Nuñez
        + worklist of harbor: day 15
        + worklist of harbor: Temperature 38.6 °C (38.0 to 39.9); Temperature up by 1.7 °C in 13…
        + worklist of harbor: Nora took it at 09:31,
        + patient at harbor: day 15 · Harbor Clinic
        + worklist of mesa: Another clinic offers to hand a patient over: answer it · since Nov…
        + June sees: Urgent, since today at 9:30 AM
        + June sees: Call the 24-hour line now
        + June sees: 24-hour line(201) 555-0101
        + June sees: Call 911 In an emergency
        + June sees: See what to do
        + June sees: Clinic staff took this today at 9:31 AM. Keep your phone with you.
        + June sees: Today 9:30 AM Call now
        + June sees: Mon 8:30 PM No alert
        + Inés sees: Urgente, desde hoy a las 3:30 PM
        + Inés sees: Llame ahora a la línea de 24 horas
        + Inés sees: Línea de 24 horas(201) 555-0101
        + Inés sees: Llame al 911 En una emergencia
        + Inés sees: Ver qué hacer
        + Inés sees: El personal de la clínica se hizo cargo hoy a las 3:31 PM. Tenga el teléfono…
        + Inés sees: Hoy 3:30 PM Llame ahora
        + Inés sees: Hoy 2:30 AM Sin alerta
        + Inés sees: Lun 2:10 AM Sin alerta
        - patient at harbor: day 14 · Harbor Clinic
        - worklist of mesa: Another clinic offers to hand a patient over: answer it · since 12:00
        - June sees: Next check-in: today 8:00 PM
        - June sees: Last report: Sun 8:10 PM · No alert Thank you for checking.
        - June sees: Start check-in
        - June sees: Someone at Harbor Clinic is reading reports now.
        - June sees: Who is awake tonight?
        - June sees: Nobody has said so yet.
        - June sees: I am awake
        - June sees: Inés is awake
        - June sees: Oct 20 7:30 PM We said: call now
        - June sees: Oct 20 12:00 PM No alert
        - Inés sees: Próximo chequeo: mañana 2:00 AM
        - Inés sees: Último reporte: hoy 2:10 AM · Sin alerta Gracias por revisar.
        - Inés sees: Empezar el chequeo
        - Inés sees: En Harbor Clinic hay alguien que lee los reportes ahora.
        - Inés sees: ¿Quién está pendiente esta noche?
        - Inés sees: Nadie lo ha dicho todavía.
        - Inés sees: June está pendiente esta noche
        - Inés sees: Yo estoy pendiente esta noche
        - Inés sees: Hoy 2:10 AM Sin alerta
        - Inés sees: 21 oct 1:30 AM Dijimos: llame ahora
        - Inés sees: 20 oct 6:00 PM Sin alerta
    """)
    family = list(george.care_team.values_list("pk", flat=True))
    accepted = {"accept-time_zone": "America/Denver", "accept-members": family}
    mesa.presses(f"/console/transfers/{ClinicTransfer.objects.get().pk}/accept/", **accepted)
    story.soon()
    story.expect("""
        sms Nov 3 09:32 EST, page to Mona: delivered
        check-in Nov 3 11:00 EST (scheduled), mesa: planned
        check-in Nov 4 09:00 EST (scheduled), harbor: planned → dropped
        check-in Nov 4 11:00 EST (scheduled), mesa: planned
        check-in Nov 5 09:00 EST (scheduled), harbor: planned → dropped
        alert Nov 3 09:30 EST, harbor: urgent acknowledged → urgent resolved transferred
        alert Nov 3 09:32 EST, mesa: urgent open
        page 1 to Mona, of the alert Nov 3 09:32 EST: sent
        page 2 to Mona, of the alert Nov 3 09:32 EST: due
        alarm Nov 2 14:00 EST, transfer_offered, mesa: open → cleared
        access of June, harbor: open → ended
        access of Inés, harbor: open → ended
        access of June, mesa: open
        access of Inés, mesa: open
        + patient at harbor: Ended. Mesa Clinic has taken this patient over. Mona accepted there,…
        + patient at harbor: (201) 555-0102
        + patient at harbor: Nobody of the family is linked to this patient.
        + worklist of mesa: All levels 1
        + worklist of mesa: Emergency 0
        + worklist of mesa: Urgent 1
        + worklist of mesa: Same day 0
        + worklist of mesa: Watch 0
        + worklist of mesa: Waiting for you 1
        + worklist of mesa: Urgent
        + worklist of mesa: day 15
        + worklist of mesa: Was open at the clinic that handed the patient over: call them
        + worklist of mesa: Mona paged 07:32
        + worklist of mesa: Take it
        + patient at mesa: day 15 · Mesa Clinic
        + patient at mesa: Monitoring
        + patient at mesa: Monitored
        + patient at mesa: Life events
        + patient at mesa: Transfer to another clinic
        + patient at mesa: Day 0 is moved under “Correct facts”.
        + patient at mesa: June (wife) (617) 555-0131
        + patient at mesa: Inés (sister) +34 612 34 56 78
        + June sees: Urgent, since today at 7:32 AM
        + June sees: We paged staff today at 7:32 AM. No one has it yet. Do not wait for them.
        + June sees: Your clinic is now Mesa Clinic. Call the numbers on this page.
        + June sees: We text you by the clock where George is now. Is your time different? Change…
        + June sees: Who is awake tonight?
        + June sees: Nobody has said so yet.
        + June sees: I am awake
        + June sees: Inés is awake
        + Inés sees: Urgente, desde hoy a las 3:32 PM
        + Inés sees: Avisamos al personal hoy a las 3:32 PM. Todavía nadie se ha hecho cargo. No…
        + Inés sees: Su clínica es ahora Mesa Clinic. Llame a los números de esta página.
        + Inés sees: ¿Quién está pendiente esta noche?
        + Inés sees: Nadie lo ha dicho todavía.
        + Inés sees: June está pendiente esta noche
        + Inés sees: Yo estoy pendiente esta noche
        - worklist of harbor: Being handled 1
        - worklist of harbor: Urgent
        - worklist of harbor: George Nuñez
        - worklist of harbor: day 15
        - worklist of harbor: Temperature 38.6 °C (38.0 to 39.9); Temperature up by 1.7 °C in 13…
        - worklist of harbor: Nora took it at 09:31,
        - patient at harbor: Monitoring started before everything was proven to work. Reason:…
        - patient at harbor: Offered to Mesa Clinic. You monitor until they accept.
        - patient at harbor: Look at the offer
        - patient at harbor: Monitoring
        - patient at harbor: Monitored
        - patient at harbor: Life events
        - patient at harbor: Admitted to hospital · Mon Nov 2, 10:00 (taken back)
        - patient at harbor: Discharged from hospital · Sun Nov 1, 01:30
        - patient at harbor: Admitted to hospital · Tue Oct 20, 19:32
        - patient at harbor: Transfer to another clinic
        - patient at harbor: Offered to Mesa Clinic. You monitor until they accept. Moves to his…
        - patient at harbor: Withdraw the offer
        - patient at harbor: Day 0 is moved under “Correct facts”.
        - patient at harbor: June (wife) (617) 555-0131
        - patient at harbor: Inés (sister) +34 612 34 56 78
        - worklist of mesa: 1 notice below
        - worklist of mesa: Waiting for you 0
        - worklist of mesa: Nothing is waiting. This list is live.
        - worklist of mesa: Enroll the first patient
        - worklist of mesa: Notices 1
        - worklist of mesa: Another clinic offers to hand a patient over: answer it · since Nov…
        - worklist of mesa: · Open it, then accept or decline. Until you accept the other clinic…
        - June sees: Urgent, since today at 9:30 AM
        - June sees: See what to do
        - June sees: Clinic staff took this today at 9:31 AM. Keep your phone with you.
        - June sees: Today 9:30 AM Call now
        - June sees: Mon 8:30 PM No alert
        - June sees: Sun 8:10 PM No alert
        - June sees: All reports
        - Inés sees: Urgente, desde hoy a las 3:30 PM
        - Inés sees: Ver qué hacer
        - Inés sees: El personal de la clínica se hizo cargo hoy a las 3:31 PM. Tenga el teléfono…
        - Inés sees: Hoy 3:30 PM Llame ahora
        - Inés sees: Hoy 2:30 AM Sin alerta
        - Inés sees: Lun 2:10 AM Sin alerta
        - Inés sees: Todos los reportes
    """)

    # What June's phone still sends for the record of before reaches the new one; nothing is new at the old.
    there = Patient.objects.get(clinic=mesa.clinic)
    page = f"/console/patients/{there.pk}/"
    alert = mesa.open_alert()
    mesa.presses(f"{alert}acknowledge/")
    mesa.presses(f"{alert}resolve/", **{"resolve-outcome": "advice_given"})
    story.hands_in(june, george, FINE, seen="2026-11-03 09:30")
    story.soon()
    story.expect("""
        report Nov 3 09:33 EST by June, mesa: none
        check-in Nov 3 11:00 EST (scheduled), mesa: planned → done
        alert Nov 3 09:32 EST, mesa: urgent open → urgent resolved advice_given
        page 2 to Mona, of the alert Nov 3 09:32 EST: due → cancelled
        + worklist of mesa: Waiting for you 0
        + worklist of mesa: Nothing is waiting. This list is live.
        + June sees: Next check-in: tomorrow 9:00 AM
        + June sees: Last report: today 7:30 AM · No alert Thank you for checking.
        + June sees: Start check-in
        + June sees: No one is reading reports until 8:00 AM today. Do not wait for a reply.
        + June sees: Today 7:30 AM No alert
        + June sees: All reports
        + Inés sees: Próximo chequeo: mañana 5:00 PM
        + Inés sees: Último reporte: hoy 3:30 PM · Sin alerta Gracias por revisar.
        + Inés sees: Empezar el chequeo
        + Inés sees: Nadie lee los reportes hasta hoy, 8:00 AM. No espere una respuesta.
        + Inés sees: Hoy 3:30 PM Sin alerta
        + Inés sees: Todos los reportes
        - worklist of mesa: All levels 1
        - worklist of mesa: Emergency 0
        - worklist of mesa: Urgent 1
        - worklist of mesa: Same day 0
        - worklist of mesa: Watch 0
        - worklist of mesa: Waiting for you 1
        - worklist of mesa: Urgent
        - worklist of mesa: George Nuñez
        - worklist of mesa: day 15
        - worklist of mesa: Was open at the clinic that handed the patient over: call them
        - worklist of mesa: Mona paged 07:32
        - worklist of mesa: Take it
        - June sees: Urgent, since today at 7:32 AM
        - June sees: Call the 24-hour line now
        - June sees: 24-hour line(201) 555-0101
        - June sees: Call 911 In an emergency
        - June sees: We paged staff today at 7:32 AM. No one has it yet. Do not wait for them.
        - Inés sees: Urgente, desde hoy a las 3:32 PM
        - Inés sees: Llame ahora a la línea de 24 horas
        - Inés sees: Línea de 24 horas(201) 555-0101
        - Inés sees: Llame al 911 En una emergencia
        - Inés sees: Avisamos al personal hoy a las 3:32 PM. Todavía nadie se ha hecho cargo. No…
    """)

    # A second infusion: day 0 is today, and check-ins are twice a day again.
    story.zone = ZoneInfo("America/Denver")
    story.until("2026-11-04 09:30")
    story.reports(june, there, FINE)
    story.until("2026-11-05 08:50")
    story.reports(june, there, FINE)
    story.soon()
    story.expect("""
        sms Nov 4 11:00 EST, reminder to June: delivered
        report Nov 4 11:30 EST by June, mesa: none
        report Nov 5 10:50 EST by June, mesa: none
        check-in Nov 4 11:00 EST (scheduled), mesa: planned → done
        check-in Nov 5 11:00 EST (scheduled), mesa: done
        check-in Nov 6 11:00 EST (scheduled), mesa: planned
        + patient at mesa: day 17 · Mesa Clinic
        + June sees: Last report: today 8:50 AM · No alert Thank you for checking.
        + June sees: Someone at Mesa Clinic is reading reports now.
        + June sees: Today 8:50 AM No alert
        + June sees: Wed 9:30 AM No alert
        + June sees: Tue 7:30 AM No alert
        + Inés sees: Último reporte: hoy 4:50 PM · Sin alerta Gracias por revisar.
        + Inés sees: En Mesa Clinic hay alguien que lee los reportes ahora.
        + Inés sees: Hoy 4:50 PM Sin alerta
        + Inés sees: Mié 5:30 PM Sin alerta
        + Inés sees: Mar 3:30 PM Sin alerta
        - patient at mesa: day 15 · Mesa Clinic
        - June sees: Last report: today 7:30 AM · No alert Thank you for checking.
        - June sees: No one is reading reports until 8:00 AM today. Do not wait for a reply.
        - June sees: Who is awake tonight?
        - June sees: Nobody has said so yet.
        - June sees: I am awake
        - June sees: Inés is awake
        - June sees: Today 7:30 AM No alert
        - Inés sees: Último reporte: hoy 3:30 PM · Sin alerta Gracias por revisar.
        - Inés sees: Nadie lee los reportes hasta hoy, 8:00 AM. No espere una respuesta.
        - Inés sees: ¿Quién está pendiente esta noche?
        - Inés sees: Nadie lo ha dicho todavía.
        - Inés sees: June está pendiente esta noche
        - Inés sees: Yo estoy pendiente esta noche
        - Inés sees: Hoy 3:30 PM Sin alerta
    """)
    infused = {"event-kind": "infused", "event-at": "2026-11-05T08:30", "event-product": "cilta-cel"}
    mesa.presses(f"{page}events/", **infused)
    story.soon()
    story.expect("""
        check-in Nov 5 22:00 EST (scheduled), mesa: planned
        check-in Nov 6 10:00 EST (scheduled), mesa: planned
        check-in Nov 6 11:00 EST (scheduled), mesa: planned → dropped
        check-in Nov 6 22:00 EST (scheduled), mesa: planned
        check-in Nov 7 10:00 EST (scheduled), mesa: planned
        + patient at mesa: day 0 · Mesa Clinic
        + patient at mesa: Infused again · Thu Nov 5, 08:30
        + June sees: Next check-in: today 8:00 PM
        + June sees: Who is awake tonight?
        + June sees: Nobody has said so yet.
        + June sees: I am awake
        + June sees: Inés is awake
        + Inés sees: Próximo chequeo: mañana 4:00 AM
        + Inés sees: ¿Quién está pendiente esta noche?
        + Inés sees: Nadie lo ha dicho todavía.
        + Inés sees: June está pendiente esta noche
        + Inés sees: Yo estoy pendiente esta noche
        - patient at mesa: day 17 · Mesa Clinic
        - June sees: Next check-in: tomorrow 9:00 AM
        - Inés sees: Próximo chequeo: mañana 5:00 PM
    """)

    # Two days at home, each check-in answered; then the disease is found to be back. Nothing else changes.
    for wall in ("05 20:10", "06 08:10", "06 20:10", "07 08:10"):
        story.until(f"2026-11-{wall}")
        story.reports(june, there, FINE)
    story.until("2026-11-07 09:00")
    story.expect("""
        sms Nov 5 22:00 EST, night to Inés: delivered left Nov 6 01:00 EST
        sms Nov 5 22:00 EST, night to June: delivered
        sms Nov 5 22:00 EST, reminder to June: delivered
        sms Nov 6 10:00 EST, reminder to June: delivered
        sms Nov 6 22:00 EST, night to Inés: delivered left Nov 7 01:00 EST
        sms Nov 6 22:00 EST, night to June: delivered
        sms Nov 6 22:00 EST, reminder to June: delivered
        sms Nov 7 10:00 EST, reminder to June: delivered
        report Nov 5 22:10 EST by June, mesa: none
        report Nov 6 10:10 EST by June, mesa: none
        report Nov 6 22:10 EST by June, mesa: none
        report Nov 7 10:10 EST by June, mesa: none
        check-in Nov 5 22:00 EST (scheduled), mesa: planned → done
        check-in Nov 6 10:00 EST (scheduled), mesa: planned → done
        check-in Nov 6 22:00 EST (scheduled), mesa: planned → done
        check-in Nov 7 10:00 EST (scheduled), mesa: planned → done
        check-in Nov 7 22:00 EST (scheduled), mesa: planned
        check-in Nov 8 10:00 EST (scheduled), mesa: planned
        check-in Nov 8 22:00 EST (scheduled), mesa: planned
        check-in Nov 9 10:00 EST (scheduled), mesa: planned
        alarm Nov 5 23:00 EST, no_night_watch, mesa: cleared
        alarm Nov 6 23:00 EST, no_night_watch, mesa: cleared
        + patient at mesa: day 2 · Mesa Clinic
        + June sees: Last report: today 8:10 AM · No alert Thank you for checking.
        + June sees: No one is reading reports until Monday 8:00 AM. Do not wait for a reply.
        + June sees: Today 8:10 AM No alert
        + June sees: Fri 8:10 PM No alert
        + June sees: Fri 8:10 AM No alert
        + Inés sees: Último reporte: hoy 4:10 PM · Sin alerta Gracias por revisar.
        + Inés sees: Nadie lee los reportes hasta el lunes, 8:00 AM. No espere una respuesta.
        + Inés sees: Hoy 4:10 PM Sin alerta
        + Inés sees: Hoy 4:10 AM Sin alerta
        + Inés sees: Vie 4:10 PM Sin alerta
        - patient at mesa: day 0 · Mesa Clinic
        - June sees: Last report: today 8:50 AM · No alert Thank you for checking.
        - June sees: Someone at Mesa Clinic is reading reports now.
        - June sees: Today 8:50 AM No alert
        - June sees: Wed 9:30 AM No alert
        - June sees: Tue 7:30 AM No alert
        - Inés sees: Último reporte: hoy 4:50 PM · Sin alerta Gracias por revisar.
        - Inés sees: En Mesa Clinic hay alguien que lee los reportes ahora.
        - Inés sees: Hoy 4:50 PM Sin alerta
        - Inés sees: Mié 5:30 PM Sin alerta
        - Inés sees: Mar 3:30 PM Sin alerta
    """)
    relapsed = {"event-kind": "relapsed", "event-at": "2026-11-07T08:30", "event-reason": "Scan"}
    mesa.presses(f"{page}events/", **relapsed)
    story.soon()
    story.expect("""
        + patient at mesa: The disease came back · Sat Nov 7, 08:30 Scan
    """)

    # He dies while a reminder is on its way. It does not leave, and nothing ever does.
    story.until("2026-11-07 20:10")
    story.reports(june, there, FINE)
    story.until("2026-11-08 07:59")
    story.expect("""
        sms Nov 7 22:00 EST, night to Inés: delivered left Nov 8 01:00 EST
        sms Nov 7 22:00 EST, night to June: delivered
        sms Nov 7 22:00 EST, reminder to June: delivered
        report Nov 7 22:10 EST by June, mesa: none
        check-in Nov 7 22:00 EST (scheduled), mesa: planned → done
        check-in Nov 9 22:00 EST (scheduled), mesa: planned
        alarm Nov 7 23:00 EST, no_night_watch, mesa: open
        + worklist of mesa: 1 notice below
        + worklist of mesa: Notices 1
        + worklist of mesa: A family has not said who is awake tonight · since Nov 7, 21:00
        + worklist of mesa: George Nuñez
        + worklist of mesa: · Phone the family and agree who stays awake.
        + worklist of mesa: Done
        + patient at mesa: day 3 · Mesa Clinic
        + June sees: Next check-in: today 8:00 AM
        + June sees: Last report: Sat 8:10 PM · No alert Thank you for checking.
        + June sees: Sat 8:10 PM No alert
        + June sees: Sat 8:10 AM No alert
        + Inés sees: Próximo chequeo: hoy 4:00 PM
        + Inés sees: Último reporte: hoy 4:10 AM · Sin alerta Gracias por revisar.
        + Inés sees: Sáb 4:10 PM Sin alerta
        + Inés sees: Sáb 4:10 AM Sin alerta
        - patient at mesa: day 2 · Mesa Clinic
        - June sees: Next check-in: today 8:00 PM
        - June sees: Last report: today 8:10 AM · No alert Thank you for checking.
        - June sees: Today 8:10 AM No alert
        - June sees: Fri 8:10 AM No alert
        - Inés sees: Próximo chequeo: mañana 4:00 AM
        - Inés sees: Último reporte: hoy 4:10 PM · Sin alerta Gracias por revisar.
        - Inés sees: Hoy 4:10 PM Sin alerta
        - Inés sees: Vie 4:10 PM Sin alerta
    """)
    story.move(story.now + timedelta(minutes=1))
    tasks.tick()
    story.expect("""
        sms Nov 8 10:00 EST, reminder to June: pending
        alarm Nov 7 23:00 EST, no_night_watch, mesa: open → cleared
        + June sees: Check-in due now
        + June sees: Planned for today at 8:00 AM. It takes about two minutes.
        + Inés sees: Es hora del chequeo
        + Inés sees: Programado para hoy a las 4:00 PM. Toma unos dos minutos.
        - worklist of mesa: 1 notice below
        - worklist of mesa: Notices 1
        - worklist of mesa: A family has not said who is awake tonight · since Nov 7, 21:00
        - worklist of mesa: George Nuñez
        - worklist of mesa: · Phone the family and agree who stays awake.
        - worklist of mesa: Done
        - June sees: Next check-in: today 8:00 AM
        - June sees: Last report: Sat 8:10 PM · No alert Thank you for checking.
        - Inés sees: Próximo chequeo: hoy 4:00 PM
        - Inés sees: Último reporte: hoy 4:10 AM · Sin alerta Gracias por revisar.
    """)
    died = {"event-kind": "died", "event-at": "2026-11-08T07:30"}
    mesa.asks_first(f"{page}events/", **died)
    mesa.presses(f"{page}events/", **died, confirmed="yes")
    story.soon()
    story.expect("""
        sms Nov 8 10:00 EST, reminder to June: pending → suppressed cancelled
        check-in Nov 8 10:00 EST (scheduled), mesa: planned → dropped
        check-in Nov 8 22:00 EST (scheduled), mesa: planned → dropped
        check-in Nov 9 10:00 EST (scheduled), mesa: planned → dropped
        check-in Nov 9 22:00 EST (scheduled), mesa: planned → dropped
        alarm Nov 8 10:00 EST, call_family, mesa: open
        + worklist of mesa: 1 notice below
        + worklist of mesa: Notices 1
        + worklist of mesa: This patient has died: somebody should call the family · since 08:00
        + worklist of mesa: George Nuñez
        + worklist of mesa: · No text tells them anything. Agree in the team who phones.
        + worklist of mesa: Done
        + patient at mesa: Died. Nothing is sent to the family and nobody is paged. Reports that…
        + patient at mesa: Somebody should call the family. No text tells them anything. Agree in…
        + patient at mesa: Mark it as done on the worklist
        + patient at mesa: Died
        + patient at mesa: Died · Sun Nov 8, 07:30
        + June sees: We are very sorry
        + June sees: George has died. We are thinking of you.
        + June sees: You do not need to send anything here anymore. If you want to talk to us,…
        + June sees: Clinic(201) 555-0102
        + June sees: 24-hour line(201) 555-0101
        + Inés sees: Lo sentimos mucho
        + Inés sees: George falleció. Pensamos en ustedes.
        + Inés sees: Ya no tiene que enviar nada aquí. Si quiere hablar con nosotros, por favor…
        + Inés sees: Clínica(201) 555-0102
        + Inés sees: Línea de 24 horas(201) 555-0101
        - patient at mesa: Monitored
        - patient at mesa: Transfer to another clinic
        - patient at mesa: Day 0 is moved under “Correct facts”.
        - June sees: Check-in due now
        - June sees: Planned for today at 8:00 AM. It takes about two minutes.
        - June sees: Start check-in
        - June sees: Your clinic is now Mesa Clinic. Call the numbers on this page.
        - June sees: We text you by the clock where George is now. Is your time different? Change…
        - June sees: No one is reading reports until Monday 8:00 AM. Do not wait for a reply.
        - June sees: Who is awake tonight?
        - June sees: Nobody has said so yet.
        - June sees: I am awake
        - June sees: Inés is awake
        - June sees: Last reports
        - June sees: Sat 8:10 PM No alert
        - June sees: Sat 8:10 AM No alert
        - June sees: Fri 8:10 PM No alert
        - Inés sees: Es hora del chequeo
        - Inés sees: Programado para hoy a las 4:00 PM. Toma unos dos minutos.
        - Inés sees: Empezar el chequeo
        - Inés sees: Su clínica es ahora Mesa Clinic. Llame a los números de esta página.
        - Inés sees: Nadie lee los reportes hasta el lunes, 8:00 AM. No espere una respuesta.
        - Inés sees: ¿Quién está pendiente esta noche?
        - Inés sees: Nadie lo ha dicho todavía.
        - Inés sees: June está pendiente esta noche
        - Inés sees: Yo estoy pendiente esta noche
        - Inés sees: Últimos reportes
        - Inés sees: Hoy 4:10 AM Sin alerta
        - Inés sees: Sáb 4:10 PM Sin alerta
        - Inés sees: Sáb 4:10 AM Sin alerta
    """)

    # What June's phone had kept still comes in: stored, scored, shown, and nobody is paged.
    story.until("2026-11-08 12:00")
    story.hands_in(june, there, cases.FEVER_AND_CONFUSION, seen="2026-11-08 04:00")
    story.soon()
    story.expect("""
        report Nov 8 14:00 EST by June, mesa: emergency
        + patient at mesa: The phone said: No alert. The rules here say: Emergency. The higher…
    """)
    mesa.clears("call_family")
    story.until("2026-11-12 12:00", every=240)
    story.expect("""
        alarm Nov 8 10:00 EST, call_family, mesa: open → cleared
        - worklist of mesa: 1 notice below
        - worklist of mesa: Notices 1
        - worklist of mesa: This patient has died: somebody should call the family · since 08:00
        - worklist of mesa: George Nuñez
        - worklist of mesa: · No text tells them anything. Agree in the team who phones.
        - worklist of mesa: Done
        - patient at mesa: Somebody should call the family. No text tells them anything. Agree in…
        - patient at mesa: Mark it as done on the worklist
    """)
    last = Report.objects.latest("received_at")
    assert f"/reports/{last.pk}/" in june.browser.get("/history/").content.decode()
    assert june.browser.get(f"/reports/{last.pk}/").status_code == 200

    # Years later the record goes by itself, and three months after it the family's own accounts.
    story.much_later(years=5, nights=4)
    story.expect_nothing_but("""
        report Oct 19 10:03 EDT by June, harbor: emergency
        report Oct 19 20:10 EDT by June, harbor: none
        report Oct 20 19:30 EDT by June, harbor: urgent
        report Oct 22 15:00 EDT by June, harbor: none
        report Nov 1 20:10 EST by June, harbor: none
        report Nov 2 20:30 EST by June, harbor: none
        report Nov 3 09:30 EST by June, harbor: urgent
        report Nov 3 09:33 EST by June, mesa: none
        report Nov 4 11:30 EST by June, mesa: none
        report Nov 5 10:50 EST by June, mesa: none
        report Nov 5 22:10 EST by June, mesa: none
        report Nov 6 10:10 EST by June, mesa: none
        report Nov 6 22:10 EST by June, mesa: none
        report Nov 7 10:10 EST by June, mesa: none
        report Nov 7 22:10 EST by June, mesa: none
        report Nov 8 14:00 EST by June, mesa: emergency
        check-in Oct 19 20:00 EDT (scheduled), harbor: done
        check-in Oct 20 08:00 EDT (scheduled), harbor: done
        check-in Oct 20 20:00 EDT (scheduled), harbor: done
        check-in Oct 21 08:00 EDT (scheduled), harbor: dropped
        check-in Oct 21 20:00 EDT (scheduled), harbor: dropped
        check-in Oct 22 08:00 EDT (scheduled), harbor: dropped
        check-in Nov 1 08:00 EST (scheduled), harbor: done
        check-in Nov 1 20:00 EST (scheduled), harbor: done
        check-in Nov 2 08:00 EST (scheduled), harbor: done
        check-in Nov 2 20:00 EST (scheduled), harbor: done
        check-in Nov 3 09:00 EST (scheduled), harbor: done
        check-in Nov 3 11:00 EST (scheduled), mesa: done
        check-in Nov 4 09:00 EST (scheduled), harbor: dropped
        check-in Nov 4 11:00 EST (scheduled), mesa: done
        check-in Nov 5 09:00 EST (scheduled), harbor: dropped
        check-in Nov 5 11:00 EST (scheduled), mesa: done
        check-in Nov 5 22:00 EST (scheduled), mesa: done
        check-in Nov 6 10:00 EST (scheduled), mesa: done
        check-in Nov 6 11:00 EST (scheduled), mesa: dropped
        check-in Nov 6 22:00 EST (scheduled), mesa: done
        check-in Nov 7 10:00 EST (scheduled), mesa: done
        check-in Nov 7 22:00 EST (scheduled), mesa: done
        check-in Nov 8 10:00 EST (scheduled), mesa: dropped
        check-in Nov 8 22:00 EST (scheduled), mesa: dropped
        check-in Nov 9 10:00 EST (scheduled), mesa: dropped
        check-in Nov 9 22:00 EST (scheduled), mesa: dropped
        test alarm Oct 19 10:03 EDT, harbor: emergency resolved
        alert Oct 20 19:30 EDT, harbor: urgent resolved admitted
        alert Nov 1 20:00 EST, harbor: same_day resolved advice_given
        alert Nov 3 09:30 EST, harbor: urgent resolved transferred
        alert Nov 3 09:32 EST, mesa: urgent resolved advice_given
        page 1 to Nora, of the alert Oct 20 19:30 EDT: sent
        page 2 to Nora, of the alert Oct 20 19:30 EDT: cancelled
        page 1 to Nora, of the alert Nov 3 09:30 EST: sent
        page 2 to Nora, of the alert Nov 3 09:30 EST: cancelled
        page 1 to Mona, of the alert Nov 3 09:32 EST: sent
        page 2 to Mona, of the alert Nov 3 09:32 EST: cancelled
        alarm Nov 1 01:40 EST, home_again, harbor: cleared
        alarm Nov 1 21:00 EST, no_night_watch, harbor: cleared
        alarm Nov 2 14:00 EST, transfer_offered, mesa: cleared
        alarm Nov 2 21:00 EST, no_night_watch, harbor: cleared
        alarm Nov 5 23:00 EST, no_night_watch, mesa: cleared
        alarm Nov 6 23:00 EST, no_night_watch, mesa: cleared
        alarm Nov 7 23:00 EST, no_night_watch, mesa: cleared
        alarm Nov 8 10:00 EST, call_family, mesa: cleared
        access of June, harbor: ended
        access of Inés, harbor: ended
        access of June, mesa: ended
        access of Inés, mesa: ended
        link Oct 19 10:01 EDT: used
        link Oct 19 10:02 EDT: used
        + worklist of harbor: Waiting for you 0
        + worklist of harbor: Nothing is waiting. This list is live.
        + worklist of mesa: Waiting for you 0
        + worklist of mesa: Nothing is waiting. This list is live.
        + June sees: 302 /sign-in/
        + Inés sees: 302 /sign-in/
    """)
    story.much_later(days=100, nights=1)
    story.expect("""
        report Oct 19 10:03 EDT by —, harbor: emergency
        report Oct 19 20:10 EDT by —, harbor: none
        report Oct 20 19:30 EDT by —, harbor: urgent
        report Oct 22 15:00 EDT by —, harbor: none
        report Nov 1 20:10 EST by —, harbor: none
        report Nov 2 20:30 EST by —, harbor: none
        report Nov 3 09:30 EST by —, harbor: urgent
        report Nov 3 09:33 EST by —, mesa: none
        report Nov 4 11:30 EST by —, mesa: none
        report Nov 5 10:50 EST by —, mesa: none
        report Nov 5 22:10 EST by —, mesa: none
        report Nov 6 10:10 EST by —, mesa: none
        report Nov 6 22:10 EST by —, mesa: none
        report Nov 7 10:10 EST by —, mesa: none
        report Nov 7 22:10 EST by —, mesa: none
        report Nov 8 14:00 EST by —, mesa: emergency
        access of —, harbor: ended
        access of —, mesa: ended
        - report Oct 19 10:03 EDT by June, harbor
        - report Oct 19 20:10 EDT by June, harbor
        - report Oct 20 19:30 EDT by June, harbor
        - report Oct 22 15:00 EDT by June, harbor
        - report Nov 1 20:10 EST by June, harbor
        - report Nov 2 20:30 EST by June, harbor
        - report Nov 3 09:30 EST by June, harbor
        - report Nov 3 09:33 EST by June, mesa
        - report Nov 4 11:30 EST by June, mesa
        - report Nov 5 10:50 EST by June, mesa
        - report Nov 5 22:10 EST by June, mesa
        - report Nov 6 10:10 EST by June, mesa
        - report Nov 6 22:10 EST by June, mesa
        - report Nov 7 10:10 EST by June, mesa
        - report Nov 7 22:10 EST by June, mesa
        - report Nov 8 14:00 EST by June, mesa
        - access of June, harbor
        - access of Inés, harbor
        - access of June, mesa
        - access of Inés, mesa
    """)
