"""The table of threats says what is in the tree. `make check-threats` shows that each test fails without."""

from tests.threats import table


def test_every_threat_has_its_controls_their_tests_and_a_row_in_the_document():
    assert table.problems() == []


def test_what_is_not_so_is_named(tmp_path):
    for control in (one for threat in table.read() for one in threat.controls):
        for name in (control.file, control.test_file, table.DOCUMENT):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")

    found = table.problems(tmp_path)

    for kind in (
        "times, not once: ",
        "has no test ",
        f"{table.DOCUMENT} does not name ",
        "differ in what is open",
    ):
        assert any(kind in one for one in found), kind
    assert {int(one.partition(":")[0]) for one in found} == {*range(1, table.COUNT + 1)}
