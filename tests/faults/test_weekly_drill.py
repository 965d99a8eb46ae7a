"""The process that beat begins for the drill of the week, as it really runs."""

import json
from datetime import timedelta

import pytest

from config.backups import weekly
from tests.processes import until

pytestmark = pytest.mark.faults


def test_it_is_begun_once_a_week_in_a_process_of_its_own(tmp_path, settings, now, monkeypatch):
    folder = tmp_path
    settings.BACKUP_FOLDER, settings.RESTORE_DRILL = str(folder), "on"
    monkeypatch.setenv("BACKUP_FOLDER", str(folder))
    weekly.begin_due(now=now)
    weekly.begin_due(now=now + timedelta(hours=1))

    (result,) = folder.glob("drill-*.json")
    until(lambda: "ended_at" in json.loads(result.read_text() or "{}"), "the drill")
    assert result.name == "drill-2026-W47.json"
    # There is no dump in the folder.
    with pytest.raises(weekly.DrillFailed, match="no_dump"):
        weekly.check_last(now=now)
