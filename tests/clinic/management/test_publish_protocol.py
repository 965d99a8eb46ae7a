import copy
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from clinic.models import AuditEvent, ProtocolVersion, SystemAlarm
from clinic.protocols import default_document
from tests import factories


@pytest.fixture
def bare_clinic(db):
    return factories.ClinicFactory(slug="new", name="New Clinic", protocol=False)


@pytest.fixture
def operator(db):
    return factories.UserFactory(email="op@clinic.example")


def test_default_protocol_is_published(bare_clinic, operator):
    out = StringIO()

    call_command("publish_protocol", "new", "OP@clinic.example", stdout=out)

    assert out.getvalue() == "New Clinic: car-t version 1 is published.\n"
    assert ProtocolVersion.objects.get(protocol__clinic=bare_clinic).published_by == operator


def test_protocol_from_a_file(bare_clinic, operator, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(dict(default_document("car-t"))), encoding="utf-8")

    call_command("publish_protocol", "new", operator.email, "--file", str(path), stdout=StringIO())

    assert ProtocolVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none", "op@clinic.example"], "There is no clinic “none”."),
        (["new", "x@y.example"], "Nobody signs in with “x@y.example”."),
        (["new", "op@clinic.example", "--file", "missing.yaml"], "missing.yaml cannot be read"),
    ],
)
def test_mistakes_are_told_in_one_line(bare_clinic, operator, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("publish_protocol", *arguments)


def test_wrong_protocol_is_refused_with_every_place(bare_clinic, operator, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("code: car-t\n", encoding="utf-8")

    with pytest.raises(CommandError, match="“questions” is missing"):
        call_command("publish_protocol", "new", operator.email, "--file", str(path))

    assert ProtocolVersion.objects.count() == 0


@pytest.fixture
def physician(bare_clinic):
    return factories.StaffFactory(clinic=bare_clinic, role="physician").user


@pytest.fixture
def published(bare_clinic, operator):
    call_command("publish_protocol", "new", operator.email, stdout=StringIO())


@pytest.fixture
def changed(tmp_path):
    document = copy.deepcopy(dict(default_document("car-t")))
    document["questions"][0]["text"]["en"] = "Something else?"
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(path)


def publish(operator, changed, monkeypatch, *more, typed=factories.PASSWORD):
    monkeypatch.setattr("clinic.management.commands.publish_protocol.getpass", lambda _prompt: typed)
    call_command("publish_protocol", "new", operator.email, "--file", changed, *more, stdout=StringIO())


def test_change_of_a_protocol_needs_a_second_person(published, operator, changed, monkeypatch):
    with pytest.raises(CommandError, match="needs a second person"):
        publish(operator, changed, monkeypatch)

    assert ProtocolVersion.objects.count() == 1


def test_same_protocol_again_needs_nobody(published, operator):
    call_command("publish_protocol", "new", operator.email, stdout=StringIO())

    assert ProtocolVersion.objects.count() == 1


def test_physician_who_types_their_password_is_the_second(
    published, bare_clinic, operator, physician, changed, monkeypatch
):
    publish(operator, changed, monkeypatch, "--second", physician.email)

    row = AuditEvent.objects.filter(action="protocol.published").latest("pk")
    assert (row.actor_id, row.detail["number"], row.detail["second"]) == (operator.pk, 2, str(physician.pk))
    assert SystemAlarm.objects.get(kind="rules_published").clinic == bare_clinic


@pytest.mark.parametrize("who", ["the same", "a nurse", "of another clinic", "wrong password", "unknown"])
def test_no_way_around_the_second_person(published, bare_clinic, operator, changed, monkeypatch, who):
    make = factories.StaffFactory
    email = {
        "the same": lambda: make(user=operator, clinic=bare_clinic, role="physician").user.email,
        "a nurse": lambda: make(clinic=bare_clinic, role="nurse").user.email,
        "of another clinic": lambda: make(role="physician").user.email,
        "wrong password": lambda: make(clinic=bare_clinic, role="physician").user.email,
        "unknown": lambda: "x@y.example",
    }[who]()
    typed = "something else" if who == "wrong password" else factories.PASSWORD

    with pytest.raises(CommandError):
        publish(operator, changed, monkeypatch, "--second", email, typed=typed)

    assert ProtocolVersion.objects.filter(protocol__clinic=bare_clinic).count() == 1
