"""`make bench-scale`: every page of a small clinic and of one with a million reports, a storm, 500 consoles.

One JSON line a figure.

It fails where a page reads a large table whole. On PostgreSQL only. `PATIENTS` and `EACH` (reports of each)
make the large one smaller.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.bench import consoles, loading, storm  # noqa: E402
from tests.processes import Template, on_services  # noqa: E402

# As the engine has counted, which does so before anybody looks.
_MEASURE = """
import json
from django.utils import timezone
from clinic.services.outcomes import alarm_tallies, tallies
from clinic.services.paging import ledgers
tallies.count_all(now=timezone.now())
for count_due in (alarm_tallies.count_due, ledgers.count_due):
    while count_due(now=timezone.now()):
        pass
from tests.bench import pages
for found in pages.measure():
    print(json.dumps({"page": found.page.name, "ms": found.milliseconds, "statements": found.statements,
                      "slowest_statement_ms": round(found.slowest[0], 1), "read_whole": sorted(found.whole)}))
"""


def main() -> None:
    if not on_services():
        sys.exit("make bench-scale needs DATABASE_URL and REDIS_URL.")
    large = loading.Size(int(os.environ.get("PATIENTS", "5000")), int(os.environ.get("EACH", "200")))
    with tempfile.TemporaryDirectory() as folder:
        template = Template(Path(folder) / "template", redis_number=10)
        try:
            found = [measure(template, size) for size in (loading.SMALL, large)]
            with template.place() as place:
                loading.load(place.environment["DATABASE_URL"].partition("?")[0], loading.SMALL)
                for line in storm.measure(place):
                    print(json.dumps(line), flush=True)
            with template.place() as place:
                for line in consoles.measure(place):
                    print(json.dumps(line), flush=True)
        finally:
            template.remove()
    for small, other in zip(*found, strict=True):
        ratio = round(other["ms"] / small["ms"], 2)
        print(json.dumps({"figure": "page", **other, "small_ms": small["ms"], "ratio": ratio}))
    whole = [f"{page['page']} reads {table} whole" for page in found[1] for table in page["read_whole"]]
    if whole:
        sys.exit("\n".join(whole))


def measure(template: Template, size: loading.Size) -> list[dict]:
    """Each page of a clinic of this size."""
    with template.place() as place:
        seconds = loading.load(place.environment["DATABASE_URL"].partition("?")[0], size)
        print(
            json.dumps({"figure": "loaded", "reports": size.reports, "seconds": round(seconds)}), flush=True
        )
        shell = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "-c", _MEASURE]
        done = subprocess.run(
            shell, cwd=ROOT, env=place.environment, check=True, capture_output=True, text=True
        )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


if __name__ == "__main__":
    main()
