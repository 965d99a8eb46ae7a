"""Beat's weekly drill: begun once a week, and what it found stands until the next."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import EngineRound
from config.backups import weekly
from config.tasks import restore_drill


@pytest.fixture
def folder(settings, tmp_path):
    settings.BACKUP_FOLDER, settings.RESTORE_DRILL = str(tmp_path), "on"
    return tmp_path


def test_nothing_has_been_tried_yet(folder, now):
    weekly.check_last(now=now)


@pytest.mark.parametrize("word", ["no_dump", "rows_missing", "too_old"])
def test_word_of_the_last_drill_stands_until_one_passes(folder, now, word):
    result = folder / "drill-2026-W47.json"
    weekly.write_result(result, begun_at=now, ended_at=now, word=word)
    with pytest.raises(weekly.DrillFailed, match=word):
        weekly.check_last(now=now)

    weekly.write_result(folder / "drill-2026-W48.json", begun_at=now, ended_at=now, word="")
    weekly.check_last(now=now)


def test_drill_that_never_ends_is_found_after_six_hours(folder, now):
    (folder / "drill-2026-W47.json").write_text(json.dumps({"begun_at": now.isoformat()}))
    weekly.check_last(now=now + timedelta(hours=6))

    with pytest.raises(weekly.DrillFailed, match="unfinished"):
        weekly.check_last(now=now + timedelta(hours=6, seconds=1))


def test_folder_that_is_not_there_fails_the_step(folder, settings, now):
    settings.BACKUP_FOLDER = str(folder / "gone")

    with pytest.raises(FileNotFoundError):
        weekly.begin_due(now=now)


def test_round_of_beat_leaves_its_beginning_and_its_end(folder, now, db):
    (folder / f"drill-{timezone.now():%G-W%V}.json").write_text(json.dumps({"begun_at": now.isoformat()}))
    weekly.write_result(folder / "drill-9999-W01.json", begun_at=now, ended_at=now, word="")

    restore_drill()

    assert EngineRound.objects.get(name="drill").failing == []
