"""What an installation is told to run is what the program is, and as narrow as it can be."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = {name: one for name, one in SERVICES.items() if one.get("image") == "kinwatch"}
PROCFILE = dict(line.split(": ", 1) for line in (DEPLOY / "Procfile").read_text().splitlines())


def image_command() -> list[str]:
    [words] = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    return yaml.safe_load(words)


def test_two_web_processes_two_workers_and_one_beat():
    assert set(OURS) == {"web1", "web2", "worker1", "worker2", "beat", "migrate"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_containers_write_nothing_and_may_nothing(name):
    one = OURS[name]

    assert (one["read_only"], one["user"], one["cap_drop"]) == (True, "10001", ["ALL"])
    assert "no-new-privileges:true" in one["security_opt"]
    assert "ports" not in one and "privileged" not in one


def test_commands_are_those_of_the_other_ways_to_run_it():
    inside = [word.replace("0.0.0.0", "127.0.0.1") for word in image_command()]

    assert inside == shlex.split(PROCFILE["web"])
    assert "command" not in OURS["web1"] | OURS["web2"]
    for name, kind in (("worker1", "worker"), ("worker2", "worker"), ("beat", "beat")):
        assert OURS[name]["command"] == shlex.split(PROCFILE[kind])
        unit = (DEPLOY / "systemd" / f"kinwatch-{kind}.service").read_text()
        assert f"/opt/kinwatch/venv/bin/{PROCFILE[kind]}\n" in unit


def test_database_and_redis_have_no_network():
    assert SERVICES["postgres"]["network_mode"] == SERVICES["redis"]["network_mode"] == "none"


def test_proxy_is_the_sample_with_our_web_processes():
    words = " ".join(SERVICES["proxy"]["command"])
    [[before, after]] = re.findall(r"s/(server [^/]*)/([^/]*)/", words)

    sample = (DEPLOY / "proxy" / "nginx.conf").read_text()
    assert len(re.findall(before, sample)) == 1
    assert after == "server web1:8000; server web2:8000;"
    certificate = next(one for one in SERVICES["proxy"]["volumes"] if "certificate" in one)
    assert f"ssl_certificate {certificate.split(':')[1]}/" in sample


def test_every_file_that_is_named_is_there():
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and source != "./certificate":
                assert (DEPLOY / source).exists(), source
    image = (DEPLOY / "Containerfile").read_text()
    assert "/source/deploy/build.sh" in image
    for part in re.findall(r"^for part in (.*); do$", (DEPLOY / "build.sh").read_text(), re.MULTILINE)[
        0
    ].split():
        assert (ROOT / part).exists(), part


def test_settings_of_the_example_are_read_by_the_program():
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "kinwatch.env.example").read_text(), re.MULTILINE)
    program = "".join(path.read_text() for path in (ROOT / "config").rglob("*.py"))

    assert named
    assert [name for name in named if f'"{name}"' not in program] == []


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_read_by_the_plainest_shell(script: Path):
    subprocess.run(["sh", "-n", str(script)], check=True)
