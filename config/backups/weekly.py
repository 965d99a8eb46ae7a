"""The drill of each week, begun by beat where RESTORE_DRILL is set. What it found lies beside the dumps."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from config.env import BASE_DIR

# So long a drill may take. It is a process of its own: no task may.
LONGEST = timedelta(hours=6)
# Whoever lets go of a process that runs is warned, and nobody would collect it.
_begun: list[subprocess.Popen[bytes]] = []


class DrillFailed(Exception):
    """The newest dump would not come back; one word of deploy/README.md, or "unfinished"."""


def begin_due(*, now: datetime) -> None:
    """Begin this week's drill, if nobody has. OSError: nothing can be written into BACKUP_FOLDER."""
    result = _folder() / f"drill-{now:%G-W%V}.json"
    try:
        with result.open("x") as file:
            json.dump({"begun_at": now.isoformat()}, file)
    except FileExistsError:
        return
    command = [sys.executable, "manage.py", "restore_drill", "--result", str(result)]
    if settings.RESTORE_DRILL != "on":
        command += ["--beside", settings.RESTORE_DRILL]
    _begun[:] = [one for one in _begun if one.poll() is None]
    _begun.append(
        subprocess.Popen(  # noqa: S603
            command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def check_last(*, now: datetime) -> None:
    """DrillFailed where the last drill found something or never ended; /health/engine names the step."""
    found = sorted(_folder().glob("drill-*.json"))
    if not found:
        return
    last = json.loads(found[-1].read_text())
    if last.get("word"):
        raise DrillFailed(last["word"])
    if "ended_at" not in last and now - datetime.fromisoformat(last["begun_at"]) > LONGEST:
        raise DrillFailed("unfinished")


def write_result(file: Path, *, begun_at: datetime, ended_at: datetime, word: str) -> None:
    """`word` is empty where all came back."""
    said = {"begun_at": begun_at.isoformat(), "ended_at": ended_at.isoformat(), "word": word}
    file.write_text(json.dumps(said))


def _folder() -> Path:
    return Path(settings.BACKUP_FOLDER)
