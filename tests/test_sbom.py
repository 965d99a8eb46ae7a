"""`make sbom` of small locks, and of ours."""

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests import sbom

HASHES = [f"--hash=sha256:{letter * 64}" for letter in "ab"]
SOUND = f"Sound_Part==1.0 ; python_version < '4' \\\n    {HASHES[0]} \\\n    {HASHES[1]}\n"
CHECK = f"check[extra]==2.0 \\\n    --hash=sha256:{'c' * 64}\n    # via nobody\n"
PACKAGES = {
    "": {"name": "kinwatch"},
    "node_modules/@scope/tool": {"version": "3.0.0", "integrity": "sha512-AAAA"},
    "node_modules/other/node_modules/@scope/tool": {"version": "3.0.0", "integrity": "sha512-AAAA"},
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "requirements.txt").write_text(SOUND)
    (tmp_path / "requirements-dev.txt").write_text(CHECK + SOUND)
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": PACKAGES}))
    return tmp_path


def written(root, capsys):
    assert sbom.main(root) == 0
    return capsys.readouterr().out


def test_every_locked_part_is_listed_once_with_its_hashes(project, capsys):
    made = json.loads(written(project, capsys))

    parts = {one["purl"]: one for one in made["components"]}
    assert {url: part["scope"] for url, part in parts.items()} == {
        "pkg:pypi/sound-part@1.0": "required",
        "pkg:pypi/check@2.0": "excluded",
        "pkg:npm/%40scope/tool@3.0.0": "excluded",
    }
    hashes = parts["pkg:pypi/sound-part@1.0"]["externalReferences"][0]["hashes"]
    assert [one["content"][0] for one in hashes] == ["a", "b"]
    assert parts["pkg:npm/%40scope/tool@3.0.0"]["externalReferences"][0]["hashes"] == [
        {"alg": "SHA-512", "content": "000000"}
    ]


def test_ours_is_valid_and_holds_what_production_installs(capsys):
    text = written(sbom.ROOT, capsys)

    made = json.loads(text)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    required = [one for one in made["components"] if one["scope"] == "required"]
    pinned = [line for line in (sbom.ROOT / "requirements.txt").read_text().splitlines() if "==" in line[:60]]
    assert len(required) == len({line.split(" ")[0] for line in pinned if line[0].isalnum()})
    assert "registry" not in text
