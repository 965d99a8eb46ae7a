"""`make audit` against a small database of vulnerabilities on this machine, and against none."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests import audit

LOCK = "".join(f"{pinned} --hash=sha256:{'0' * 64}\n" for pinned in ("sound==1.0", "weak==2.0"))
WEAKNESS = {
    "id": "PYSEC-2026-1",
    "details": "made up",
    "affected": [
        {
            "package": {"name": "weak", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}],
        }
    ],
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "requirements-dev.txt").write_text(LOCK)
    return tmp_path


@pytest.fixture
def database(monkeypatch):
    """Answers as OSV does; `known` says of which package it knows a vulnerability."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = {"vulns": [WEAKNESS]} if asked["package"]["name"] in server.known else {}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(known).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.known = set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
    yield server
    server.shutdown()
    server.server_close()


def test_lock_without_a_known_vulnerability_is_sound(project, database, capsys):
    assert audit.main(project) == audit.SOUND
    assert capsys.readouterr().out == "requirements-dev.txt: no known vulnerability.\n"


def test_vulnerability_is_named_with_the_version_that_mends_it(project, database, capsys):
    database.known.add("weak")

    assert audit.main(project) == audit.VULNERABLE
    assert capsys.readouterr().out == "requirements-dev.txt: weak 2.0: PYSEC-2026-1, mended in 2.1\n"


def test_silent_service_is_one_line_and_no_success(project, database, capsys):
    database.shutdown()
    database.server_close()

    assert audit.main(project) == audit.UNKNOWN
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"requirements-dev.txt: not audited: {audit.UNREACHABLE} (")
    # And why, in the words of whoever tried.
    assert "Connection refused" in err


def test_package_that_the_service_left_out_is_no_success(project, database, capsys):
    (project / "requirements-dev.txt").write_text(f"{LOCK}odd==not-a-version --hash=sha256:{'0' * 64}\n")

    assert audit.main(project) == audit.UNKNOWN
    assert "not audited" in capsys.readouterr().err


def test_javascript_lock_is_audited_too(project, database, capsys, monkeypatch):
    (project / "package-lock.json").write_text("{}")
    monkeypatch.setenv("PATH", "")

    assert audit.main(project) == audit.UNKNOWN
    assert (
        capsys.readouterr().err
        == "package-lock.json: not audited: npm is not installed, and only npm reads it.\n"
    )


def test_known_vulnerability_outweighs_a_silent_service(project, database, capsys, monkeypatch):
    (project / "package-lock.json").write_text("{}")
    monkeypatch.setenv("PATH", "")
    database.known.add("weak")

    assert audit.main(project) == audit.VULNERABLE
