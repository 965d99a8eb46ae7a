"""Who may read the figures of workers, and what follows where nobody can listen."""

import socket

import pytest

from config import starting, worker_metrics


@pytest.fixture(autouse=True)
def _counts(monkeypatch, tmp_path):
    monkeypatch.setenv(starting.COUNTS, str(tmp_path))


def status(path="/metrics", address="127.0.0.1", **headers):
    told = []
    environ = {"PATH_INFO": path, "REMOTE_ADDR": address, "REQUEST_METHOD": "GET", **headers}
    worker_metrics.answer(environ, lambda line, headers: told.append(line))
    return told[0][:3]


@pytest.mark.parametrize(
    ("given", "found"), [("Bearer right", "200"), ("Bearer wrong", "404"), ("", "404"), ("right", "404")]
)
def test_with_a_token_they_are_for_its_bearer(settings, given, found):
    settings.METRICS_TOKEN = "right"

    assert status(address="10.0.0.8", HTTP_AUTHORIZATION=given) == found


@pytest.mark.parametrize(("address", "found"), [("127.0.0.1", "200"), ("::1", "200"), ("10.0.0.8", "404")])
def test_without_one_they_are_for_this_machine(settings, address, found):
    settings.METRICS_TOKEN = ""

    assert status(address=address) == found


@pytest.mark.parametrize("path", ["/", "/metrics/", "/health/live", ""])
def test_nothing_else_is_there(settings, path):
    settings.METRICS_TOKEN = ""

    assert status(path) == "404"


@pytest.mark.parametrize("address", ["127.0.0.1:{taken}", "127.0.0.1:99999", "127.0.0.1:", "nowhere", ":x"])
def test_where_nobody_can_listen_work_goes_on(monkeypatch, caplog, address):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv(starting.WORKER_METRICS, address.format(taken=taken.getsockname()[1]))

        worker_metrics.serve()

    assert "no figures of this process" in caplog.text


@pytest.mark.parametrize(
    ("program", "shared"),
    [
        ("/venv/lib/python/site-packages/celery/__main__.py", True),
        ("/venv/bin/celery", True),
        ("/venv/lib/python/site-packages/uvicorn/__main__.py", False),
        ("manage.py", False),
    ],
)
def test_only_workers_and_beat_share_counts(monkeypatch, program, shared):
    monkeypatch.delenv(starting.COUNTS)
    monkeypatch.setattr("sys.argv", [program])
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix: f"/tmp/{prefix}x")
    starting.share_counts()
    assert starting.COUNTS not in starting.os.environ

    monkeypatch.setenv(starting.WORKER_METRICS, "127.0.0.1:9101")
    starting.share_counts()

    assert (starting.os.environ.get(starting.COUNTS) is not None) is shared
