"""What `make bench-scale` calls a table that is read whole."""

from tests.bench.pages import LARGE_FROM, read_whole


def scan(kind: str, rows: int, **more: object) -> dict:
    return {
        "Node Type": kind,
        "Relation Name": "clinic_report",
        "Actual Rows": rows,
        "Actual Loops": 1,
        **more,
    }


def test_scan_of_all_rows_is_found_below_other_steps():
    plan = {"Node Type": "Sort", "Plans": [{"Node Type": "Hash", "Plans": [scan("Seq Scan", LARGE_FROM)]}]}
    assert list(read_whole(plan, {"clinic_report"})) == ["clinic_report"]


def test_rows_that_were_thrown_away_and_those_of_each_loop_count():
    thrown = scan("Seq Scan", 1, **{"Rows Removed by Filter": LARGE_FROM})
    often = scan("Seq Scan", LARGE_FROM // 2) | {"Actual Loops": 2}
    assert [list(read_whole(one, {"clinic_report"})) for one in (thrown, often)] == [["clinic_report"]] * 2


def test_index_counts_only_where_nothing_is_looked_up_in_it():
    whole = scan("Index Scan", LARGE_FROM)
    looked_up = scan("Index Scan", LARGE_FROM, **{"Index Cond": "(patient_id = 1)"})
    assert list(read_whole(whole, {"clinic_report"})) == ["clinic_report"]
    assert list(read_whole(looked_up, {"clinic_report"})) == []


def test_small_tables_and_first_rows_of_an_index_are_nobodys_concern():
    assert list(read_whole(scan("Seq Scan", LARGE_FROM), {"clinic_page"})) == []
    assert list(read_whole(scan("Index Scan", 20), {"clinic_report"})) == []
