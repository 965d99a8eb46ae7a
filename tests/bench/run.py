"""`make bench`: how things scale, as ratios measured in one run on this machine. No limits, no verdict."""

import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from websockets.sync.client import ClientConnection, connect  # noqa: E402

from tests.bench import against_floor, consoles, loading  # noqa: E402
from tests.bench.filling import open_many_escalations  # noqa: E402
from tests.bench.phone import measure_phone  # noqa: E402
from tests.processes import Api, Place, Template, on_services  # noqa: E402

QUIET = {"temp_value": 36.8, "temp_unit": "C"}
ROUNDS = 40
CONSOLES = 5
MANY = 1000


def main() -> None:
    print(f"{'services' if on_services() else 'embedded'} mode, median of {ROUNDS} calls\n")
    with tempfile.TemporaryDirectory() as folder:
        template = Template(Path(folder) / "template", redis_number=10)
        try:
            with template.place() as place:
                place.start_demo()
                measure(place)
            if on_services():
                with template.place() as place:
                    loading.load(place.environment["DATABASE_URL"].partition("?")[0], loading.SMALL)
                    figures = against_floor.measure(place)
                with template.place() as place:
                    figures.append(consoles.measure_frames(place))
                print("\n" + "\n".join(json.dumps(figure) for figure in figures))
        finally:
            template.remove()


def measure(place: Place) -> None:
    june, george = place.api(place.caregiver("June Whitaker")), place.patient("George Whitaker")["id"]
    nurse = place.api(place.staff("nurse@harbor.example"))
    submit(june, george)

    alone = timed(lambda: submit(june, george))
    with Consoles(place, nurse):
        watched = timed(lambda: submit(june, george))
    show("submit a report", alone)
    show(f"… with {CONSOLES} consoles connected", watched, alone)

    with ThreadPoolExecutor(16) as crowd:
        started = time.perf_counter()
        list(crowd.map(lambda _: submit(june, george), range(160)))
        each = (time.perf_counter() - started) / 160
    show("… 16 at a time, per report", each, alone)

    few = timed(lambda: nurse.call("GET", "escalations/?state=open").raise_for_status())
    show("worklist (API, first page), 2 open escalations", few)
    place.stop_all()
    open_many_escalations(place, MANY)
    place.start_demo()
    many = timed(lambda: nurse.call("GET", "escalations/?state=open").raise_for_status())
    show(f"… {MANY} open escalations", many, few)
    crowded = timed(lambda: submit(june, george))
    show(f"submit a report, {MANY} open escalations", crowded, alone)

    print()
    measure_phone(place)


def submit(api: Api, patient: str) -> None:
    report_id, body = api.report(patient, QUIET)
    answer = api.put(report_id, body)
    assert answer.status_code == 201, answer.text


def timed(call: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent)


class Consoles:
    """Consoles that are connected and read what comes."""

    def __init__(self, place: Place, nurse: Api) -> None:
        self.url = place.base_url.replace("http", "ws") + "/ws/console/"
        self.headers = {"Authorization": f"Bearer {nurse.token}"}

    def __enter__(self) -> None:
        self.lines = [connect(self.url, additional_headers=self.headers) for _ in range(CONSOLES)]
        for line in self.lines:
            threading.Thread(target=drain, args=(line,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        for line in self.lines:
            line.close()


def drain(line: ClientConnection) -> None:
    for _ in line:
        pass


def show(what: str, seconds: float, base: float | None = None) -> None:
    ratio = f"{seconds / base:>7.2f} x" if base else f"{'1':>7}  "
    print(f"{what:<50} {seconds * 1000:>8.1f} ms {ratio}")


if __name__ == "__main__":
    main()
