"""The printed record: tagged, in every script that families write in, with who it is about on every page."""

import io
import unicodedata
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from clinic.models import CareTeamMember, EscalationEvent, Patient, ReportMistake
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.patients.printable import MARK, Printer
from tests import cases, factories
from tests.clinic.services.patients.test_handing_out import unpacked
from tests.clinic.services.patients.whole_record import NUMBER, PATIENT, WholeRecord

pytestmark = pytest.mark.django_db
ARABIC, CHINESE = "سلمى الخطيب", "他今天很累，发烧三十九度"


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def printed(patient, by, now):
    return PdfReader(io.BytesIO(unpacked(patient, by, now)["record.pdf"]))


def words_of(reader):
    """As a reader copies them: letters that the font has in other shapes as they were written."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(unicodedata.normalize("NFKC", text).split())


def test_it_says_what_is_in_it_and_what_is_not(clinic, nurse, lead, now):
    words = words_of(printed(WholeRecord(clinic, nurse, now).patient, lead, now))

    for said in (
        *(PATIENT, NUMBER, "Monitoring ended", f"{PATIENT} is known here", "Temperature", "38.6"),
        *("Not in it: pictures of the written sentence", "record.fhir.json", f"Made by {lead.name}"),
    ):
        assert said in words
    assert MARK not in words


def test_it_is_tagged_and_has_title_language_maker_and_moment(patient, lead, now):
    lead.language = "es"
    lead.save()

    reader = printed(patient, lead, now + timedelta(microseconds=5))

    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "es")
    assert "/StructTreeRoot" in root
    assert (reader.metadata.title, reader.metadata.author) == ("Expediente del paciente", lead.name)
    assert reader.metadata.creation_date == now


def test_every_page_says_who_it_is_about_who_made_it_and_how_many_there_are(patient, caregiver, lead, now):
    patient.birth_date, patient.hospital_number = date(1961, 3, 7), "MRN77"
    patient.given_name, patient.family_name = "Ana", "Nuñez O’Brien"
    patient.save()
    for hours in range(1, 9):
        cases.report_by_family(patient, cases.NAUSEA, now - timedelta(hours=hours))

    reader = printed(patient, lead, now)

    count = len(reader.pages)
    assert count > 1
    for number, page in enumerate(reader.pages, start=1):
        words = " ".join(unicodedata.normalize("NFKC", page.extract_text()).split())
        for said in (
            *("Ana Nuñez O’Brien", "born Mar 7, 1961", "MRN77", patient.clinic.name),
            *(f"Made by {lead.name}", f"Page {number} of {count}"),
        ):
            assert said in words


def test_arabic_and_chinese_are_letters(patient, caregiver, lead, nurse, now):
    patient.given_name, patient.family_name = ARABIC.split()
    patient.save()
    alert = cases.escalate(patient, cases.FEVER, now)
    EscalationEvent.objects.create(escalation=alert, kind="note", at=now, by=nurse, text=CHINESE)

    words = words_of(printed(patient, lead, now))

    assert CHINESE.replace("，", ",") in words
    # Shaped, and so in whatever order the reader walks them: all of its letters are there.
    assert set(ARABIC) <= set(words)
    assert MARK not in words


def test_what_cannot_be_printed_is_marked_and_the_page_says_where_it_stands(patient, lead, nurse, now):
    alert = cases.escalate(patient, cases.FEVER, now)
    EscalationEvent.objects.create(
        escalation=alert, kind="note", at=now, by=nurse, text="Pale 😟😟 and ᚠᚢ tired"
    )

    files = unpacked(patient, lead, now)

    words = words_of(PdfReader(io.BytesIO(files["record.pdf"])))
    assert f"Pale {MARK} and {MARK} tired" in words
    assert "cannot be printed here" in words
    assert "😟" in files["record.html"].decode()
    assert "😟" in files["record.json"].decode()


def test_nothing_that_was_typed_is_read_as_markup(patient, lead, nurse, now):
    alert = cases.escalate(patient, cases.FEVER, now)
    typed = '#panic() $x$ \\ *bold* <label> @who "quoted" #read("/etc/passwd") {page} {pages}'
    EscalationEvent.objects.create(escalation=alert, kind="note", at=now, by=nurse, text=typed)

    assert typed in words_of(printed(patient, lead, now))


@pytest.mark.parametrize(
    ("written", "printable"),
    [
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("e\u0301", "é"),
        ("\u202eevil\u202c", "evil"),
        ("a\x00b\x07", "ab"),
        ("Đặng Thị Ánh", "Đặng Thị Ánh"),
        ("≥ 38 °C → ½", "≥ 38 °C → ½"),
        ("😀", MARK),
    ],
)
def test_text_is_made_printable(written, printable):
    assert Printer().text(written) == printable


def test_what_has_no_gap_may_be_broken_and_stays_whole():
    printed = Printer().text("x" * 90)

    assert (printed.count("\u200b"), printed.replace("\u200b", "")) == (2, "x" * 90)


def test_a_text_from_the_right_is_kept_apart_in_a_line_and_begins_there_alone():
    printer = Printer()

    assert printer.apart(ARABIC) == f"\u2068{ARABIC}\u2069"
    assert printer.alone(f"38.6 {ARABIC}") == {"text": f"38.6 {ARABIC}", "language": "ar"}
    assert printer.apart("Nuñez") == printer.alone("Nuñez") == "Nuñez"


def test_a_record_without_anything_in_it_can_be_printed(patient, lead, now):
    words = words_of(printed(patient, lead, now))

    assert "Alerts None Reports None" in words


def test_what_does_not_hold_any_more_is_said_to_be_so(patient, caregiver, nurse, lead, now):
    Patient.objects.filter(pk=patient.pk).update(created_at=now - timedelta(days=9))
    CareTeamMember.objects.filter(user=caregiver).update(ended_at=now, ended_by=nurse)
    relapse = life_events.record(
        patient_id=patient.pk, kind=Kind.RELAPSED, by=nurse, at=now, reason="Seen on a scan", now=now
    )
    life_events.take_back(patient_id=patient.pk, event_id=relapse.pk, by=nurse, reason="", now=now)
    first = factories.ReportFactory(patient=patient, author=caregiver)
    factories.ReportFactory(patient=patient, author=caregiver, corrects=first)
    wrong = factories.ReportFactory(patient=patient, author=caregiver)
    ReportMistake.objects.create(
        report=wrong, at=now, by=nurse, reason="Typed twice", of_another_person=False
    )
    factories.ReportFactory(patient=patient, author=caregiver, is_drill=True)

    words = words_of(printed(patient, lead, now))

    for said in (
        *("access ended", "Seen on a scan", "(taken back)", "A newer version of this report came in."),
        *("Entered in error. It does not count.", "Typed twice", "Test"),
    ):
        assert said in words
