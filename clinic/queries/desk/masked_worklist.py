"""The worklist of a locked desk: how serious, how many, since when, by whom; no patient's name, no words."""

from dataclasses import replace

from clinic.queries.desk.alarms import AlarmSubject, OpenAlarm
from clinic.queries.desk.worklist import ChangedRows, DrillRow, Worklist
from clinic.queries.desk.worklist_rows import WorklistRow


def without_names(found: Worklist) -> Worklist:
    """Without names, phones of families, reasons and notes. Colleagues keep their names."""
    return replace(
        found,
        waiting=tuple(_masked_row(row) for row in found.waiting),
        handled=tuple(_masked_row(row) for row in found.handled),
        set_aside=tuple(_masked_row(row) for row in found.set_aside),
        drills=tuple(_masked_drill(drill) for drill in found.drills),
        alarms=tuple(_masked_alarm(alarm) for alarm in found.alarms),
        shift_ends_at=None,
    )


def rows_without_names(found: ChangedRows) -> ChangedRows:
    """The same of rows that changed."""
    return replace(found, rows=tuple(_masked_row(row) for row in found.rows))


def _masked_row(row: WorklistRow) -> WorklistRow:
    hold = replace(
        row.lease,
        snooze_reason="",
        transfer=replace(row.lease.transfer, text="") if row.lease.transfer else None,
        opinion=replace(row.lease.opinion, text="") if row.lease.opinion else None,
    )
    return replace(row, patient_name="", mark=None, reasons=(), more_reasons=0, late=None, lease=hold)


def _masked_drill(drill: DrillRow) -> DrillRow:
    return replace(drill, patient_name="", mark=None, can_answer=False)


def _masked_alarm(alarm: OpenAlarm) -> OpenAlarm:
    about = (
        AlarmSubject(staff_name=alarm.about.staff_name) if alarm.about and alarm.about.staff_name else None
    )
    return replace(alarm, about=about, can_clear=False, for_leads=False)
