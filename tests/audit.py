"""`make audit`: known vulnerabilities of everything that is locked, as the OSV database tells them.

Ends with 0 when everything was looked up and nothing is known, 1 when something is, 2 when the service
did not answer for everything: nothing may look sound that nobody has looked at.
OSV_URL names a mirror of the database's query address, for networks that reach no other.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
SOUND, VULNERABLE, UNKNOWN = 0, 1, 2
UNREACHABLE = "the vulnerability service did not answer, so nothing is known about it"


class NotAnswered(Exception):
    """Why one of the locks could not be looked up, as one line."""


def main(root: Path) -> int:
    """Says one line for each lock and for each vulnerability, and how it ended."""
    ends = [_told("requirements-dev.txt", python_findings, root)]
    if (root / "package-lock.json").exists():
        ends.append(_told("package-lock.json", javascript_findings, root))
    # A known vulnerability is worse news than a silent service.
    return VULNERABLE if VULNERABLE in ends else max(ends)


def python_findings(root: Path) -> list[str]:
    """The lock for tests, which holds all of production's. NotAnswered."""
    command = [PIP_AUDIT, "--requirement", "requirements-dev.txt", "--disable-pip", "--require-hashes"]
    # Not the package index: many mirrors of it answer "not found", which pip-audit takes for sound.
    command += ["--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off"]
    if mirror := os.environ.get("OSV_URL"):
        command += ["--osv-url", mirror]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    answer = _json(done.stdout)
    if not answer.get("dependencies"):
        raise NotAnswered(_unreachable(done.stderr))
    if skipped := [each["name"] for each in answer["dependencies"] if "skip_reason" in each]:
        raise NotAnswered(f"the vulnerability service left out {', '.join(skipped)}.")
    return list(_python_lines(answer["dependencies"]))


def javascript_findings(root: Path) -> list[str]:
    """What npm says of its lock, without installing anything. NotAnswered."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotAnswered("npm is not installed, and only npm reads it.")
    command = [npm, "audit", "--package-lock-only", "--json"]
    answer = _json(subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout)
    if "vulnerabilities" not in answer:
        raise NotAnswered(_unreachable(str(answer.get("message", ""))))
    return [
        f"{name}: {found['severity']}, {found['range']}" for name, found in answer["vulnerabilities"].items()
    ]


def _told(lock: str, findings: Any, root: Path) -> int:
    try:
        found = findings(root)
    except NotAnswered as reason:
        print(f"{lock}: not audited: {reason}", file=sys.stderr)
        return UNKNOWN
    for line in found:
        print(f"{lock}: {line}")
    if not found:
        print(f"{lock}: no known vulnerability.")
    return VULNERABLE if found else SOUND


def _python_lines(dependencies: list[dict[str, Any]]) -> Iterator[str]:
    for each in dependencies:
        for found in each["vulns"]:
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            yield f"{each['name']} {each['version']}: {found['id']}, mended in {mended}"


def _unreachable(said: str) -> str:
    """With the last line of what the tool said of it, such as that the name could not be resolved."""
    because = said.strip().splitlines()[-1:]
    return f"{UNREACHABLE} ({because[0]})." if because else f"{UNREACHABLE}."


def _json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


if __name__ == "__main__":
    sys.exit(main(ROOT))
