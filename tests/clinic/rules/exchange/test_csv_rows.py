"""Files of spreadsheets: their encodings, dividers, formulas, and whatever else stands in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.exchange import csv_rows
from clinic.rules.exchange.rows import MOST_ROWS, Trouble, Unreadable

HEAD = "given_name,family_name,birth_date,hospital_number"


def one(line, head=HEAD):
    (row,) = csv_rows.read_patients(f"{head}\n{line}\n".encode()).rows
    return row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(encoding, divider, end):
    text = f"{HEAD}\nRenée,Núñez,1960-03-02,MRN-1\n".replace(",", divider).replace("\n", end)

    (row,) = csv_rows.read_patients(text.encode(encoding)).rows

    assert (row.number, row.troubles) == (2, ())
    assert row.facts == {
        "given_name": "Renée",
        "family_name": "Núñez",
        "birth_date": "1960-03-02",
        "hospital_number": "MRN-1",
    }


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (b" \n", Trouble.EMPTY),
        ("Renée".encode("latin-1"), Trouble.WRONG_ENCODING),
        (b"\xff\xfea", Trouble.WRONG_ENCODING),
        (f"{HEAD}\na\x00b,c,1960-01-01,\n".encode(), Trouble.UNPRINTABLE),
        (b"given_name,family_name\n", Trouble.NO_COLUMNS),
        (b"given_name,given_name,family_name,birth_date\n", Trouble.COLUMN_TWICE),
        (b"given_name,family_name,birth_date,weight\n", Trouble.UNKNOWN_COLUMN),
        (f"{HEAD}\na,b\n".encode(), Trouble.WRONG_CELLS),
        (f'{HEAD}\n"a,b\n'.encode(), Trouble.NOT_READABLE),
        (f"{HEAD}\n{'a,b,1960-01-01,1' * 40_000}\n".encode(), Trouble.NOT_READABLE),
        (f"{HEAD}\n".encode() + b"a,b,1960-01-01,\n" * (MOST_ROWS + 1), Trouble.TOO_MANY),
        (b"x" * (csv_rows.LARGEST_BYTES + 1), Trouble.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_says_why(body, trouble):
    with pytest.raises(Unreadable) as refused:
        csv_rows.read_patients(body)

    assert refused.value.trouble in {trouble, Trouble.WRONG_CELLS}


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("=1+1,Reed,1960-03-02,", ("given_name", Trouble.FORMULA)),
        ("'=1+1,Reed,1960-03-02,", ("given_name", Trouble.FORMULA)),
        ("Walter,@SUM,1960-03-02,", ("family_name", Trouble.FORMULA)),
        ("Walter,Re\x07ed,1960-03-02,", ("family_name", Trouble.UNPRINTABLE)),
        (f"Walter,{'R' * 201},1960-03-02,", ("family_name", Trouble.TOO_LONG)),
        ("Walter,,1960-03-02,", ("family_name", Trouble.NEEDED)),
        ("Walter,Reed,2/3/1960,", ("birth_date", Trouble.NO_DAY)),
        ("Walter,Reed,19600302,", ("birth_date", Trouble.NO_DAY)),
        ("Walter,Reed,1960-02-30,", ("birth_date", Trouble.NO_DAY)),
    ],
)
def test_cell_that_cannot_be_says_which_and_why(line, trouble):
    assert trouble in one(line).troubles


def test_apostrophe_of_a_name_stays():
    assert one("'Akau,O'Brien,1960-03-02,").facts["given_name"] == "'Akau"


def test_somebody_twice_by_number_or_by_name():
    rows = csv_rows.read_patients(
        f"{HEAD}\nA,B,1960-01-01,mrn 1\nC,D,1961-01-01,MRN1\nb,A,1960-01-01,\nE,F,1962-01-01,\n".encode()
    ).rows

    assert [bool(row.troubles) for row in rows] == [True, True, True, False]


def test_answers_of_one_form_are_one_row():
    head = "patient_id,course,form,day,item,value"
    rows = csv_rows.read_outcomes(
        f"{head}\np,1,follow_up,30,contact_on,2026-11-01\np,1,follow_up,30,gcsf_days,4\n"
        "p,1,follow_up,100,contact_on,2026-11-01\n".encode()
    ).rows

    assert [row.facts["answers"] for row in rows] == [
        {"contact_on": "2026-11-01", "gcsf_days": 4},
        {"contact_on": "2026-11-01"},
    ]
    assert not any(row.troubles for row in rows)


@pytest.mark.parametrize("line", ["p,x,follow_up,30,a,b", "p,1,other,30,a,b", ",1,follow_up,30,a,b"])
def test_form_that_cannot_be_is_refused(line):
    (row,) = csv_rows.read_outcomes(f"patient_id,course,form,day,item,value\n{line}\n".encode()).rows

    assert row.troubles


@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: f"{HEAD}\n{text}".encode("utf-8", "replace"))
)
def test_whatever_comes_is_rows_or_a_refusal(body):
    try:
        rows = csv_rows.read_patients(body).rows
    except Unreadable as refused:
        assert refused.trouble in Trouble
    else:
        assert all(row.troubles or row.facts for row in rows)
