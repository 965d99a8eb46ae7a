"""The second wall: PostgreSQL keeps the rows of other clinics back, whatever is asked.

The first wall, `clinic/access.py`, is taken out here or gone round. That nothing is kept back which should be
there, every other test on PostgreSQL shows: they all run as the program's own role.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from caregiver.models import GuidanceVariant, VariantEdition
from clinic import access, row_scope
from clinic.models import AuditEvent, CareTeamMember, Clinic, EmergencyAccess, Patient, Staff, User
from clinic.services.demo import loading
from config import row_security
from tests import databases, factories
from tests.architecture.conftest import client_of, make_people, make_world
from tests.processes import on_services

NAMING = ("given_name", "family_name", "hospital_number", "birth_date")
OF_CLINICS = [one for one in row_security.models() if not row_security.is_shared(one)]


def test_every_table_has_a_way_to_its_clinic_or_a_reason_not_to() -> None:
    labels = {one._meta.label for one in row_security.models()}

    assert [one._meta.label for one in OF_CLINICS if row_security.way_to_clinic(one) is None] == [
        "clinic.AuditEvent"
    ]
    assert row_security.SHARED.keys() <= labels
    assert len(OF_CLINICS) > 50


def path_to_clinic(model: type[Model]) -> str:
    """As the ORM spells it, such as escalation__clinic."""
    key = row_security.way_to_clinic(model)
    if key is None:
        return "clinic_id"
    parent = key.remote_field.model
    return key.name if parent is Clinic else f"{key.name}__{path_to_clinic(parent)}"


if on_services():
    pytestmark = pytest.mark.django_db

    @pytest.fixture(scope="module")
    def _demo(for_the_whole_file: Callable[[], AbstractContextManager[None]]) -> None:
        """Two clinics with a story each, and one with one of everything."""
        with for_the_whole_file():
            loading.load(now=timezone.now())
            make_world(make_people())

    @pytest.fixture
    def clinics(_demo: None, db: None) -> list[Clinic]:
        return list(Clinic.objects.filter(slug__in=("harbor", "mesa")).order_by("slug"))

    @pytest.fixture
    def nurse(clinics: list[Clinic]) -> Any:
        """Of the first clinic alone."""
        elsewhere = Staff.objects.filter(clinic=clinics[1]).values("user")
        roles = Staff.objects.filter(clinic=clinics[0], role="nurse").exclude(user__in=elsewhere)
        return roles.select_related("user").first().user

    @contextmanager
    def working_for(user: Any) -> Iterator[None]:
        token = row_scope.enter_person(user.pk) if user else row_scope.enter_nobody()
        try:
            yield
        finally:
            row_scope.leave(token)

    def ids(model: type[Model], **facts: Any) -> set[Any]:
        return set(model._base_manager.filter(**facts).values_list("pk", flat=True))

    def read_as_reports() -> Iterator[tuple[str, str, str]]:
        """Table, column and value of each text that this role may read."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
                " JOIN pg_type ON pg_type.oid = atttypid WHERE relnamespace = 'public'::regnamespace"
                " AND relkind = 'r' AND attnum > 0 AND typname IN ('varchar', 'text', 'date', 'jsonb')"
                " AND has_column_privilege(%s, pg_class.oid, attnum, 'SELECT')",
                [row_security.REPORTS],
            )
            columns = cursor.fetchall()
            cursor.execute(f"RESET ROLE; SET ROLE {row_security.REPORTS}")
            for table, column in columns:
                cursor.execute(f'SELECT DISTINCT "{column}"::text FROM "{table}"')
                for (value,) in cursor.fetchall():
                    # In a document each word between quotes is a value of its own.
                    yield from ((table, column, one) for one in (value or "").split('"'))
            cursor.execute(f"RESET ROLE; SET ROLE {row_security.APP}")

    def test_nobody_gets_a_row_of_another_clinic_from_any_table(clinics: list[Clinic], nurse: Any) -> None:
        own = {one: ids(one, **{path_to_clinic(one): clinics[0].pk}) for one in OF_CLINICS}
        others = {one: ids(one) - own[one] for one in OF_CLINICS}
        assert sum(map(bool, others.values())) > 30, "too little to hide"

        for model in OF_CLINICS:
            with working_for(nurse):
                found = ids(model)
            with working_for(None):
                nothing = ids(model)
            if model is AuditEvent:
                found, nothing = found - ids(model, clinic_id=None), nothing - ids(model, clinic_id=None)
            assert found == own[model], model._meta.label
            assert nothing == set(), model._meta.label

    def test_family_gets_rows_of_its_patients_clinics_and_none_when_the_last_link_has_ended(
        clinics: list[Clinic],
    ) -> None:
        link = CareTeamMember.objects.filter(patient__clinic=clinics[0], ended_at__isnull=True).first()
        assert link is not None

        with working_for(link.user):
            assert ids(Patient, clinic=clinics[1]) == set()
            assert link.patient_id in ids(Patient)
        link.user.care_links.update(ended_at=timezone.now(), ended_by=link.user)

        with working_for(link.user):
            assert ids(Patient) == set()

    def test_with_the_first_wall_taken_out_the_record_of_another_clinic_is_not_there(
        clinics: list[Clinic], nurse: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = Patient.objects.filter(clinic=clinics[0], is_synthetic=False).earliest("created_at")
        other = Patient.objects.filter(clinic=clinics[1], is_synthetic=False).earliest("created_at")
        monkeypatch.setattr(access, "patients_visible_to", lambda user: Patient.objects.all())
        client = client_of(nurse)

        def answers() -> list[int]:
            return [client.get(f"/api/v1/patients/{one.pk}/").status_code for one in (own, other)]

        assert answers() == [200, 404]
        with databases.as_owner():
            assert answers() == [200, 200], "nothing but the second wall held"

    def test_nothing_is_written_at_another_clinic(clinics: list[Clinic], nurse: Any) -> None:
        with working_for(nurse):
            assert Patient.objects.filter(clinic=clinics[1]).update(family_name="Gone") == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Staff.objects.create(user=nurse, clinic=clinics[1], role="nurse")

    def test_own_guidance_that_went_live_is_read_by_all_and_written_by_its_clinic(
        clinics: list[Clinic], nurse: Any
    ) -> None:
        theirs = factories.VariantEditionFactory(clinic=clinics[1], slug="fever")

        with working_for(None):
            assert theirs.pk in ids(VariantEdition)
        with working_for(nurse):
            assert ids(GuidanceVariant, clinic=clinics[1]) == set()
            factories.VariantEditionFactory(clinic=clinics[0], slug="fever")
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                factories.VariantEditionFactory(clinic=clinics[1], slug="fever", number=2)

    def test_what_was_told_within_a_transaction_that_failed_is_told_again(
        clinics: list[Clinic], nurse: Any
    ) -> None:
        with working_for(nurse):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
            assert ids(Patient, clinic=clinics[1]) == set()
            assert ids(Patient)
        assert ids(Patient, clinic=clinics[1])

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE {} SET id = id",
            "DELETE FROM {}",
            "TRUNCATE {}",
            "ALTER TABLE {} ADD COLUMN more integer",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE {} OWNER TO CURRENT_USER",
        ],
    )
    @pytest.mark.parametrize(
        "table",
        [
            "clinic_auditevent",
            "clinic_protocolversion",
            "caregiver_guidanceedition",
            "caregiver_variantedition",
            "caregiver_variantcomparison",
        ],
    )
    def test_the_programs_role_may_only_add_to_what_never_changes(
        db: None, table: str, statement: str
    ) -> None:
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(table))

    def test_reports_role_counts_and_neither_writes_nor_reads_secrets(clinics: list[Clinic]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"RESET ROLE; SET ROLE {row_security.REPORTS}")
            cursor.execute("SELECT count(DISTINCT clinic_id) FROM clinic_patient")
            assert cursor.fetchone()[0] >= 2
        for statement in (
            "UPDATE clinic_patient SET family_name = ''",
            "SELECT * FROM clinic_user",
            "SELECT * FROM clinic_apitoken",
            "SELECT * FROM notifications_message",
            "SELECT * FROM django_session",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute(f"RESET ROLE; SET ROLE {row_security.APP}")

    def test_reports_role_writes_no_table_and_owns_nothing(db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND (pg_has_role(%(role)s, relowner, 'MEMBER') OR has_table_privilege(%(role)s, oid,"
                " 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))",
                {"role": row_security.REPORTS},
            )
            assert cursor.fetchall() == []
            cursor.execute(
                "SELECT seqrelid::regclass FROM pg_sequence"
                " WHERE has_sequence_privilege(%s, seqrelid, 'USAGE')",
                [row_security.REPORTS],
            )
            assert cursor.fetchall() == []

    def test_nothing_that_reports_can_read_says_who_somebody_is(clinics: list[Clinic]) -> None:
        people = [*User.objects.values_list("name", "email", "phone"), *Patient.objects.values_list(*NAMING)]
        phones = Staff.objects.values_list("phone", flat=True)
        naming = {str(one) for one in (*(part for row in people for part in row), *phones) if one}
        assert len(naming) > 50

        said = {f"{table}.{column}": one for table, column, one in read_as_reports() if one in naming}

        assert said == {}

    def test_command_makes_roles_that_sign_in_and_says_what_is_left(as_owner: None) -> None:
        said = StringIO()
        # Tables with keys that are still to be checked cannot be changed.
        connection.check_constraints()

        call_command("database_roles", app="kinwatch_test_web", reports="kinwatch_test_counts", stdout=said)
        call_command("database_roles", app="kinwatch_test_web", reports="kinwatch_test_counts", stdout=said)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolname, rolsuper, rolcanlogin, pg_has_role(oid, %s, 'MEMBER') FROM pg_roles"
                " WHERE rolname LIKE 'kinwatch_test_%%' ORDER BY rolname",
                [row_security.APP],
            )
            rows = cursor.fetchall()
        assert rows == [
            ("kinwatch_test_counts", False, True, False),
            ("kinwatch_test_web", False, True, True),
        ]
        assert said.getvalue().count("kinwatch_test_web is made") == 1

    def test_whoever_may_make_no_roles_is_told_so(db: None) -> None:
        with pytest.raises(CommandError, match="may not make roles"), transaction.atomic():
            call_command("database_roles", app="kinwatch_test_web")
        with pytest.raises(CommandError, match="choose other names"):
            call_command("database_roles", app=row_security.APP)

    def test_record_that_is_held_open_in_an_emergency_opens_its_clinic_for_as_long(
        clinics: list[Clinic], nurse: Any
    ) -> None:
        """The grain of this wall is a clinic; which patient it is, the first wall knows."""
        patient = Patient.objects.filter(clinic=clinics[1], is_synthetic=False)[0]
        now = timezone.now()
        opened = factories.EmergencyAccessFactory(patient=patient, user=nurse, opened_at=now, told_at=now)

        def seen() -> bool:
            with working_for(nurse):
                return Patient.objects.filter(pk=patient.pk).exists()

        assert seen()
        # Its time is over (what PostgreSQL calls now is when this file's transaction began, at times minutes
        # ago); and, though somebody moved its end, the hour is.
        for opened_at, ends_at in (
            (now - timedelta(minutes=50), now - timedelta(minutes=20)),
            (now - timedelta(hours=2), now + timedelta(hours=1)),
        ):
            EmergencyAccess.objects.filter(pk=opened.pk).update(opened_at=opened_at, ends_at=ends_at)
            assert not seen(), ends_at
        EmergencyAccess.objects.filter(pk=opened.pk).update(opened_at=now, ends_at=now + timedelta(hours=1))
        assert seen()
        EmergencyAccess.objects.filter(pk=opened.pk).update(ended_at=now)
        assert not seen()
        EmergencyAccess.objects.filter(pk=opened.pk).update(ended_at=None)
        Staff.objects.filter(user=nurse).update(ended_at=now, ended_by=nurse)
        assert not seen()
