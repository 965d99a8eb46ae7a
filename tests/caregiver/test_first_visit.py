"""All that a phone loads on its first visit, to work without a signal from then on."""

import gzip
import re
from pathlib import Path

import brotli
from django.contrib.staticfiles import finders
from django.test import Client

from caregiver.views.phone.shell import SHELL_FILES

# A limit of ours, well under what a slow line allows (80 kB). Reading numbers as they are meant, going by the
# time of observation and keeping the phone's word took the last of 60 kB; what a new phone is told, of 62;
# advice by the way to the clinic, and what a clinic adds for whom, of 62.5; reports that are
# kept until no back-up lacks them, of 64; what is said of one that the clinic lost, and the days
# since somebody came home, of 65; what a phone says of an emergency that it could not send, 1.3
# more; until when the clinic is closed, where that phone offers to tell it, 0.1. A lighter icon gave 0.5
# back; units in the words of five languages, and a draft that two tabs send, took 0.2.
ALLOWED = 66_400
_LINKED = re.compile(r'(?:href|src)="/static/([^"#]+)')


def _compressed(name: str) -> int:
    content = Path(str(finders.find(name))).read_bytes()
    return min(len(content), len(brotli.compress(content)))


def _answered(client: Client, path: str) -> int:
    """A page as it goes over the wire: gzip, without the random padding."""
    return len(gzip.compress(client.get(path).content, 6))


def test_first_visit_fits(device: Client, check_in_url: str) -> None:
    home = device.get("/").content.decode()
    files = {*_LINKED.findall(home), *SHELL_FILES}

    pages = {path: _answered(device, path) for path in ("/", "/offline/", "/sync/pack/", "/sw.js")}
    scripts = {name: _compressed(name) for name in files}

    total = sum(pages.values()) + sum(scripts.values())
    assert total <= ALLOWED, (total, pages, scripts)


def test_nothing_comes_from_anybody_else(device: Client, check_in_url: str) -> None:
    for path in ("/", check_in_url, "/offline/", "/history/"):
        page = device.get(path).content.decode()

        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []
