"""A clinic of any size beside the demo's people, written by the database itself.

Every row is a copy of one of the demo's with other ids and times (`jsonb_populate_record`), so a new column
needs nothing here. Only for PostgreSQL, as the owner of the tables; keys are not checked while it writes.
"""

import hashlib
import sys
import time
import uuid
from dataclasses import dataclass

import psycopg

# Whose rows are copied: a patient of the demo, her daughter, and one of her scored reports.
_TEMPLATES = """
CREATE TEMP TABLE template AS
SELECT to_jsonb(patient) AS patient, to_jsonb(link) AS link, to_jsonb(person) AS person,
       to_jsonb(report) AS report, to_jsonb(assessment) AS assessment,
       (SELECT to_jsonb(token) FROM clinic_apitoken token WHERE token.user_id = person.id LIMIT 1) AS token
FROM clinic_patient patient
JOIN clinic_careteammember link ON link.patient_id = patient.id AND link.ended_at IS NULL
JOIN clinic_user person ON person.id = link.user_id
JOIN clinic_report report ON report.patient_id = patient.id AND report.state = 'scored'
JOIN clinic_assessment assessment ON assessment.report_id = report.id
WHERE patient.given_name = 'George' AND patient.family_name = 'Whitaker'
  AND EXISTS (SELECT 1 FROM clinic_apitoken token WHERE token.user_id = person.id)
ORDER BY assessment.level = 'none' DESC, report.received_at DESC LIMIT 1
"""

_PEOPLE = """
INSERT INTO clinic_user SELECT row.* FROM template, generate_series(1, {patients}) n,
    jsonb_populate_record(NULL::clinic_user, person || jsonb_build_object(
        'id', md5('person' || n)::uuid, 'phone', '+1617' || (2000000 + n), 'email', NULL,
        'name', 'Kin ' || n, 'search_text', 'kin ' || n)) AS row;
INSERT INTO clinic_apitoken SELECT row.* FROM template, generate_series(1, {patients}) n,
    jsonb_populate_record(NULL::clinic_apitoken, token || jsonb_build_object(
        'id', nextval('clinic_apitoken_id_seq'), 'user_id', md5('person' || n)::uuid, 'owner_mark', '',
        'expires_at', now() + interval '30 days',
        'token_hash', encode(sha256(('{token}' || n)::bytea), 'hex'))) AS row;
INSERT INTO clinic_patient SELECT row.* FROM template, generate_series(1, {patients}) n,
    jsonb_populate_record(NULL::clinic_patient, patient || jsonb_build_object(
        'id', md5('patient' || n)::uuid, 'family_name', 'Patient-' || lpad(n::text, 5, '0'),
        'given_name', (ARRAY['Ada','Ben','Cleo','Dev','Eve','Finn','Gus','Hana'])[1 + n % 8],
        'hospital_number', 'B' || n, 'infusion_date', (now() - interval '{days} days')::date,
        'monitored_since', now() - interval '{days} days', 'created_at', now() - interval '{days} days',
        'search_text', 'patient-' || lpad(n::text, 5, '0') || ' b' || n)) AS row;
INSERT INTO clinic_careteammember SELECT row.* FROM template, generate_series(1, {patients}) n,
    jsonb_populate_record(NULL::clinic_careteammember, link || jsonb_build_object(
        'id', nextval('clinic_careteammember_id_seq'), 'user_id', md5('person' || n)::uuid,
        'patient_id', md5('patient' || n)::uuid, 'started_at', now() - interval '{days} days')) AS row;
"""

# Twice a day, the last one this morning; the check-in that each answers; who sent it.
_REPORTS = """
CREATE TEMP TABLE sent AS
SELECT md5('report' || n || '-' || k)::uuid AS id, md5('patient' || n)::uuid AS patient_id,
       md5('person' || n)::uuid AS author_id,
       date_trunc('hour', now()) - interval '1 hour' - k * interval '12 hours'
       - n % 60 * interval '1 minute' AS at
FROM generate_series(1, {patients}) n, generate_series(0, {each} - 1) k;
{reports};
{assessments};
INSERT INTO clinic_checkin (id, patient_id, due_at, state, report_id, kind, silence_level)
    SELECT sent.id, patient_id, at, 'done', sent.id, 'scheduled', '' FROM sent;
INSERT INTO clinic_auditevent
    (at, clinic_id, actor_id, actor_kind, action, subject_type, subject_id, patient_id, detail,
     correlation_id)
    SELECT at, (patient ->> 'clinic_id')::uuid, author_id, 'person', 'report.submitted', 'report', id::text,
           patient_id, '{{"late": false}}', id
    FROM sent, template ORDER BY at;
"""

# Of every fiftieth report staff were told; each was answered. Of `{opened}` patients one is open now.
_ESCALATIONS = """
CREATE TEMP TABLE told AS
SELECT id, patient_id, at, row_number() OVER (ORDER BY at) AS n FROM sent
WHERE ('x' || left(md5('told' || id::text), 7))::bit(28)::int % 50 = 0;
INSERT INTO clinic_escalation (id, clinic_id, patient_id, level, severity, state, is_drill, version,
        opened_at, waiting_since, acknowledged_at, acknowledged_by_id, resolved_at, resolved_by_id, outcome,
        resolution_note, protocol_version_id, ladder, snooze_reason)
    SELECT told.id, (patient ->> 'clinic_id')::uuid, patient_id, 'urgent', 3, 'resolved', false, 3, at, at,
           at + interval '4 minutes', nurse.user_id, at + interval '40 minutes', nurse.user_id,
           'clinic_visit', '', (report ->> 'protocol_version_id')::bigint, '[]', ''
    FROM told, template, nurse;
INSERT INTO clinic_escalation (id, clinic_id, patient_id, level, severity, state, is_drill, version,
        opened_at, waiting_since, outcome, resolution_note, protocol_version_id, ladder, snooze_reason)
    SELECT md5('open' || n)::uuid, (patient ->> 'clinic_id')::uuid, md5('patient' || n)::uuid, 'same_day', 2,
           'open', false, 1, now() - n * interval '1 minute', now() - n * interval '1 minute', '', '',
           (report ->> 'protocol_version_id')::bigint, real.ladder, ''
    FROM template, generate_series(1, {opened}) n,
         (SELECT ladder FROM clinic_escalation WHERE jsonb_typeof(ladder) = 'object' LIMIT 1) AS real;
INSERT INTO clinic_escalationevent (escalation_id, kind, at, by_id, report_id, cause, level, text, outcome)
    SELECT told.id, kind, at + after, CASE WHEN by_person THEN nurse.user_id END,
           CASE WHEN kind = 'opened' THEN told.id END, '', 'urgent', '',
           CASE WHEN kind = 'resolved' THEN 'clinic_visit' ELSE '' END
    FROM told, nurse, (VALUES ('opened', interval '0', false), ('paged', interval '1 second', false),
        ('acknowledged', interval '4 minutes', true), ('resolved', interval '40 minutes', true))
        AS line (kind, after, by_person);
UPDATE clinic_assessment SET level = 'urgent', reasons = urgent.reasons FROM told, (
    SELECT reasons FROM clinic_assessment WHERE level = 'urgent' ORDER BY id LIMIT 1
) AS urgent WHERE report_id = told.id;
INSERT INTO notifications_message (id, dedupe_key, channel, "to", body, purpose, service, language, priority,
        state, expires_at, attempts, attempted_at, provider_sid, error_code, created_at, changed_at)
    SELECT told.id, 'bench:' || told.id, 'sms', '+16175550101', 'Open your list.', 'page', 'paging', 'en', 1,
           'delivered', at + interval '1 hour', 1, at, 'SM' || md5(told.id::text), '', at, at FROM told;
INSERT INTO clinic_page (id, escalation_id, number, role, step, attempt, channel, phone, to_line, code,
        due_at, state, staff_id, message_id, sent_at, created_at, to_holder)
    SELECT told.id, told.id, 1, '', 0, 1, 'sms', '+16175550101', false, '', at, 'sent', nurse.id, told.id,
           at, at, false FROM told, nurse;
"""

_NURSE = """
CREATE TEMP TABLE nurse AS
SELECT staff.id, staff.user_id FROM clinic_staff staff, template
WHERE staff.clinic_id = (patient ->> 'clinic_id')::uuid AND role = 'nurse' AND ended_at IS NULL
ORDER BY staff.id LIMIT 1
"""


@dataclass(frozen=True)
class Size:
    """So many patients with so many reports each; `opened` of them wait on the worklist."""

    patients: int
    each: int
    opened: int = 40

    @property
    def reports(self) -> int:
        return self.patients * self.each


SMALL = Size(patients=200, each=5)
LARGE = Size(patients=5000, each=200)
TOKEN = "a-token-of-the-bench-"


# Written at once; their indexes are made afterwards, which takes a fraction of keeping them meanwhile.
_GROWING = ("clinic_report", "clinic_assessment", "clinic_checkin", "clinic_auditevent")


def load(url: str, size: Size) -> float:
    """Write it into this database, once; gives the seconds that it took."""
    began = time.monotonic()
    values = {"patients": size.patients, "each": size.each, "opened": size.opened, "token": TOKEN}
    values["days"] = size.each // 2 + 2
    with psycopg.connect(url) as connection:
        # Neither keys nor triggers: all of it fits together, and the audit is sealed as it stands.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET LOCAL work_mem = '256MB'")
        for part in (_TEMPLATES, _NURSE, _PEOPLE):
            connection.execute(part.format(**values))
        indexes = _drop_indexes(connection)
        values["reports"] = _copies(
            *(connection, "clinic_report", "report"),
            **dict.fromkeys(("observed_at", "sent_at", "received_at", "scored_at"), "sent.at"),
            **{name: f"sent.{name}" for name in ("id", "patient_id", "author_id")},
            corrects_id="NULL",
            body_hash="md5(sent.id::text)",
        )
        values["assessments"] = _copies(
            *(connection, "clinic_assessment", "assessment"),
            id="nextval('clinic_assessment_id_seq')",
            report_id="sent.id",
            assessed_at="sent.at",
        )
        connection.execute(_REPORTS.format(**values))
        for index in indexes:
            connection.execute(index)
        connection.execute(_ESCALATIONS.format(**values))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def _copies(connection: psycopg.Connection, table: str, template: str, **changed: str) -> str:
    """One row for each in `sent`: that of the template, with what is another's in each."""
    names = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    ).fetchall()
    columns = [name for (name,) in names]
    shown = ", ".join(changed.get(name, f'one."{name}"') for name in columns)
    quoted = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({quoted}) SELECT {shown} FROM sent, (SELECT {table}.* FROM {table}, template "
        f"WHERE {table}.id::text = {template} ->> 'id') AS one"
    )


def _drop_indexes(connection: psycopg.Connection) -> list[str]:
    """Those that hold no constraint; gives what makes them again."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique",
        [list(_GROWING)],
    ).fetchall()
    for name, _definition in found:
        connection.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def patient_id(number: int) -> str:
    """Of the patient with this number, from 1."""
    return id_of(f"patient{number}")


def id_of(name: str) -> str:
    return str(uuid.UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()))


if __name__ == "__main__":
    print(f"{load(sys.argv[1], LARGE if 'large' in sys.argv else SMALL):.0f} s")
