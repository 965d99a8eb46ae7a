"""What an installation is told to run is what the program is, and as narrow as it can be."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.urls import resolve

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
    [change] = re.findall(r"sed '([^']*)'", words)

    sample = (DEPLOY / "proxy" / "nginx.conf").read_text()
    changed = subprocess.run(["sed", change], input=sample, capture_output=True, text=True, check=True).stdout
    [[_before, servers]] = [
        pair for pair in zip(sample.splitlines(), changed.splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert servers.split("; ") == [
        "        server web1:8000 fail_timeout=2s",
        "server web2:8000 fail_timeout=2s;",
    ]
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


def test_command_reads_settings_as_systemd_does_and_believes_its_caller_first(tmp_path: Path):
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\npwd; echo "$@"; env\n')
    python.chmod(0o755)
    (tmp_path / "app").mkdir()
    shutil.copy(DEPLOY / "manage.sh", tmp_path / "manage")
    told = tmp_path / "settings"
    told.write_text(
        "# SECRET_KEY=in a comment\n\n"
        "DATABASE_URL=postgres://a:b@db.example/a?sslmode=verify-full&sslrootcert=system\n"
        "OIDC_GROUPS=river/nurse=Kinwatch Nurses; $(touch here) `id`\n"
        "EMAIL_URL=of the file\nHEARTBEAT_URL="
    )
    environment = {"PATH": os.environ["PATH"], "KINWATCH_ENV": str(told), "EMAIL_URL": ""}

    command = [str(tmp_path / "manage"), "check_setup", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    where, arguments, *seen = done.stdout.splitlines()
    assert (where, arguments) == (str(tmp_path / "app"), "manage.py check_setup --json")
    named = {"SECRET_KEY", "DATABASE_URL", "OIDC_GROUPS", "EMAIL_URL", "HEARTBEAT_URL"}
    assert {line for line in seen if line.split("=")[0] in named} == {
        "DATABASE_URL=postgres://a:b@db.example/a?sslmode=verify-full&sslrootcert=system",
        "OIDC_GROUPS=river/nurse=Kinwatch Nurses; $(touch here) `id`",
        "EMAIL_URL=",
        "HEARTBEAT_URL=",
    }
    assert not list(tmp_path.rglob("here"))


def test_command_without_its_settings_says_who_may_read_them(tmp_path: Path):
    environment = {"PATH": os.environ["PATH"], "KINWATCH_ENV": str(tmp_path / "none")}
    command = ["sh", str(DEPLOY / "manage.sh"), "migrate"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "cannot be read. As the service's user: runuser -u kinwatch -- " in done.stderr


KUBERNETES = [
    one
    for name in ("kinwatch", "migrate")
    for one in yaml.safe_load_all((DEPLOY / "kubernetes" / f"{name}.yaml").read_text())
]
RUNNING = {
    one["spec"]["template"]["metadata"]["labels"]["part"]: one
    for one in KUBERNETES
    if one["kind"] in {"Deployment", "Job"}
}


def container(part: str) -> dict:
    [found] = RUNNING[part]["spec"]["template"]["spec"]["containers"]
    return found


def test_cluster_runs_what_the_machine_runs():
    assert set(RUNNING) == {"web", "worker", "beat", "migrate"}
    assert "command" not in container("web")
    for part, service in (("worker", "worker1"), ("beat", "beat"), ("migrate", "migrate")):
        assert container(part)["command"] == OURS[service]["command"]
    assert {container(part)["image"] for part in RUNNING} == {OURS["web1"]["image"]}
    replicas = {part: one["spec"].get("replicas") for part, one in RUNNING.items()}
    assert replicas == {"web": 2, "worker": 2, "beat": 1, "migrate": None}
    # Two of beat work twice, so the old one goes first; of the others one is always there.
    assert RUNNING["beat"]["spec"]["strategy"] == {"type": "Recreate"}
    for part in ("web", "worker"):
        assert RUNNING[part]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


@pytest.mark.parametrize("part", sorted(RUNNING))
def test_pods_write_nothing_and_may_nothing(part):
    pod, one = RUNNING[part]["spec"]["template"]["spec"], container(part)

    assert pod["automountServiceAccountToken"] is False
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, 10001)
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    # Secrets come from secrets alone, and only the owner's job knows the owner's address.
    assert {each["name"] for each in one.get("env", ())} <= {"WORKER_METRICS"}
    named = [source["secretRef"]["name"] for source in one["envFrom"]]
    assert named == ["kinwatch-env", *(["kinwatch-migrate"] if part == "migrate" else [])]


def test_probes_ask_addresses_that_exist():
    probes = [
        container("web")[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")
    ]

    assert probes == ["/health/live", "/health/ready", "/health/live"]
    assert [resolve(path).url_name for path in probes]


def test_workers_and_beat_show_their_figures_and_no_web_process_twice():
    told = {name: one.get("environment", {}).get("WORKER_METRICS") for name, one in OURS.items()}
    address = "0.0.0.0:9101"
    assert {name for name, one in told.items() if one == address} == {"worker1", "worker2", "beat"}
    assert {one for one in told.values() if one} == {address}

    for part in RUNNING:
        env = container(part).get("env", ())
        shown = [one["value"] for one in env if one["name"] == "WORKER_METRICS"]
        ports = [one["containerPort"] for one in container(part).get("ports", ()) if one["name"] == "metrics"]
        assert (shown, ports) == (([address], [9101]) if part in {"worker", "beat"} else ([], []))


def test_only_the_ingress_and_prometheus_speak_to_pods():
    policies = {one["metadata"]["name"]: one["spec"] for one in KUBERNETES if one["kind"] == "NetworkPolicy"}

    assert set(policies) == {"inside", "web", "figures"}
    assert policies["inside"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    web, figures = {"app": "kinwatch", "part": "web"}, {"app": "kinwatch"}
    for name, pods, ports in (("web", web, ["http"]), ("figures", figures, ["http", "metrics"])):
        [rule] = policies[name]["ingress"]
        assert policies[name]["podSelector"] == {"matchLabels": pods}
        assert [list(one) for one in rule["from"]] == [["namespaceSelector"]]
        assert [one["port"] for one in rule["ports"]] == ports
