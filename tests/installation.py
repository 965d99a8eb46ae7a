"""docs/install.md as a stranger follows it on this machine: its own command lines, in their order.

What a machine of its own would have is put beside it: folders for what is written, roles and a database with
names of their own, a Redis and ports of its own, and small commands in the place of those that take root.
"""

import os
import re
import shlex
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from tests.databases import administer
from tests.faults.test_proxy import make_certificate, start_proxy
from tests.own_redis import OwnRedis
from tests.processes import ROOT, Place, free_port

DOCUMENT = ROOT / "docs" / "install.md"
# What root does on a machine of its own, and nobody here. `runuser -u NAME -- …` is whoever runs the test.
STAND_INS = {
    "apt-get": "exit 0",
    "useradd": "exit 0",
    "chown": "exit 0",
    "runuser": 'shift 3; exec "$@"',
    "systemctl": 'echo "$@" >>"$SYSTEMCTL"',
}


def section(title: str) -> str:
    """What stands under this heading."""
    [found] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    return found


def commands(title: str) -> list[str]:
    """The blocks of commands under this heading, each without its margin."""
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", section(title), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _margin, block in blocks]


def by_hand(title: str) -> list[str]:
    """The settings that the table under this heading leaves to the reader."""
    cells = re.findall(r"^ *\| (`[^|]*) \|", section(title), re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)]


@dataclass
class Installation:
    """One in a folder; `settings` are in every process' environment, beside those of its file."""

    folder: Path
    redis: OwnRedis
    settings: Mapping[str, str]
    port: int = field(default_factory=free_port)
    name: str = field(default_factory=lambda: f"kinwatch_{uuid.uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        for part in ("bin", "etc/systemd/system", "etc/nginx", "opt"):
            (self.folder / part).mkdir(parents=True)
        # What requirements.txt names is here already, and nothing is fetched in a test.
        (self.folder / "opt/venv").symlink_to(sys.prefix)
        for command, body in STAND_INS.items():
            path = self.folder / "bin" / command
            path.write_text(f"#!/bin/sh\n{body}\n")
            path.chmod(0o755)
        self.certificate = make_certificate(self.folder)
        # Else something would be made where others have theirs.
        lacking = [there for there in self._changes if there not in DOCUMENT.read_text()]
        assert not lacking, f"{DOCUMENT.name} no longer says {lacking}"

    @property
    def base_url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @cached_property
    def place(self) -> Place:
        """Where its processes run."""
        return Place(self.folder, self._environment(), free_port(), seed={}, root=self.folder / "opt/app")

    # --- Following the document ---

    def run(self, block: str) -> subprocess.CompletedProcess[str]:
        """A block of commands, in the shell in which the blocks before it were typed, as it were."""
        state = shlex.quote(str(self.folder / "shell"))
        script = f"set -ae\n[ ! -e {state} ] || . {state}\n{self._here(block)}\nexport -p >{state}\n"
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=ROOT,
            env=self._environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        for line in self._of_systemctl():
            self._start(line)
        return done

    def fill_in(self, values: Mapping[str, str]) -> None:
        """By hand, into the file of settings."""
        path = self.folder / "etc/kinwatch.env"
        text = path.read_text()
        for name, value in values.items():
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            assert found == 1, name
        path.write_text(text)

    def remove(self) -> None:
        self.place.stop_all()
        administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        for role in (self.name, f"{self.name}_owner"):
            administer(f'DROP ROLE IF EXISTS "{role}"')

    # --- This machine in the place of that of the document ---

    @cached_property
    def _changes(self) -> dict[str, str]:
        server = urlsplit(os.environ["DATABASE_URL"])
        return {
            "/opt/kinwatch": f"{self.folder}/opt",
            "/etc/": f"{self.folder}/etc/",
            "name=watch.clinic.example": "name=127.0.0.1",
            "https://$name": f"https://$name:{self.port}",
            "redis://127.0.0.1/0": self.redis.url,
            "@127.0.0.1/kinwatch": f"@{server.hostname}:{server.port or 5432}/{self.name}",
            "postgres://kinwatch:": f"postgres://{self.name}:",
            "kinwatch_owner": f"{self.name}_owner",
            "ROLE kinwatch ": f"ROLE {self.name} ",
            "DATABASE kinwatch ": f"DATABASE {self.name} ",
            "--app kinwatch": f"--app {self.name}",
        }

    def _here(self, text: str) -> str:
        for there, here in self._changes.items():
            text = text.replace(there, here)
        return text

    def _environment(self) -> dict[str, str]:
        """Nothing of the test's own settings: what a shell of root's has, and where things are here."""
        server = urlsplit(os.environ["DATABASE_URL"])
        return {
            **{name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ},
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "PGHOST": server.hostname or "",
            "PGPORT": str(server.port or 5432),
            "PGUSER": server.username or "",
            "PGPASSWORD": server.password or "",
            "PGDATABASE": "postgres",
            "SYSTEMCTL": f"{self.folder}/systemctl",
            "KINWATCH_ENV": f"{self.folder}/etc/kinwatch.env",
            "REQUESTS_CA_BUNDLE": str(self.certificate),
            **self.settings,
        }

    def _of_systemctl(self) -> list[str]:
        path = self.folder / "systemctl"
        told = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return told

    def _start(self, asked: str) -> None:
        """What systemd would start."""
        if asked == "restart nginx":
            start_proxy(self.place, self.port, {}, sample=self.folder / "etc/nginx/nginx.conf")
        elif asked.startswith("enable --now "):
            for unit in asked.removeprefix("enable --now ").split():
                self._start_unit(unit)
        else:
            assert asked == "daemon-reload", asked

    def _start_unit(self, name: str) -> None:
        unit = self._here((self.folder / f"etc/systemd/system/{name}.service").read_text())
        # Where one can be taken by others of this machine.
        unit = unit.replace("--port 8000", f"--port {self.place.port}")
        unit = re.sub(r"(?<=WORKER_METRICS=127\.0\.0\.1:)\d+", lambda _: str(free_port()), unit)
        told = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
        assert told["WorkingDirectory"] == str(self.place.root)
        lines = [*Path(told["EnvironmentFile"]).read_text().splitlines(), told.get("Environment", "")]
        named = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        self.place.start(
            name,
            shlex.split(told["ExecStart"]),
            **{name: value for name, value in named.items() if name not in self.settings},
        )
