from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from clinic.models import ProtocolVersion
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
