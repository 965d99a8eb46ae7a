"""Bundles of other systems: what is ours of them, and what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.exchange import fhir_rows
from clinic.rules.exchange.rows import RowKind, Trouble, Unreadable

WALTER = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [
        {"use": "nickname", "given": ["Wally"]},
        {"use": "official", "family": "Reed", "given": ["Walter"]},
    ],
    "identifier": [
        {"value": "999-99"},
        {"type": {"coding": [{"code": "MR"}]}, "value": "MRN-1"},
    ],
    "birthDate": "1960-03-02",
    "communication": [
        {"language": {"coding": [{"code": "en"}]}},
        {"language": {"coding": [{"code": "zh-Hans"}]}, "preferred": True},
    ],
}


def infusion(day, text="Yescarta", **more):
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "usedCode": [{"text": text}],
        "performedDateTime": day,
        **more,
    }


def stay(status, **period):
    return {
        "resourceType": "Encounter",
        "status": status,
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/p1"},
        "period": period,
    }


def read(*resources, **bundle):
    document = {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources], **bundle}
    return fhir_rows.read(
        document,
        find_product=lambda text: {"Yescarta": "axi-cel", "Kymriah": "tisa-cel"}.get(text, ""),
        find_disease=lambda text: {"Large B-cell lymphoma": "LBCL"}.get(text, ""),
    )


def test_patient_is_read_by_official_name_medical_record_number_and_preferred_language():
    (row,) = read(WALTER).rows

    assert row.facts == {
        "given_name": "Walter",
        "family_name": "Reed",
        "birth_date": "1960-03-02",
        "hospital_number": "MRN-1",
        "language": "zh-hans",
        "key": "p1",
    }


def test_last_infusion_counts_and_what_is_no_infusion_does_not():
    found = read(
        WALTER,
        infusion("2026-11-17T10:00:00Z", "tisagenlecleucel (Kymriah)"),
        infusion("2025-01-05"),
        infusion("2026-12-01", status="not-done"),
        infusion("2026-12-02", "appendectomy"),
    )

    facts = found.rows[0].facts
    assert (facts["infusion_date"], facts["product"]) == ("2026-11-17", "tisa-cel")
    assert found.left_out == {"Procedure": 2}


def test_stays_in_hospital_follow_their_patient():
    rows = read(
        stay("in-progress", start="2026-11-20T10:00:00-05:00"),
        stay("finished", start="2026-11-01T10:00:00-05:00", end="2026-11-03T10:00:00-05:00"),
        stay("planned", start="2026-12-20T10:00:00-05:00"),
        stay("in-progress", start="2026-11-20"),
        WALTER,
    ).rows

    assert [(row.kind, row.person == rows[0].person, bool(row.troubles)) for row in rows] == [
        (RowKind.PATIENT, True, False),
        (RowKind.ADMITTED, True, False),
        (RowKind.DISCHARGED, True, False),
        (RowKind.ADMITTED, True, True),
    ]
    assert all(row.facts["hospital_number"] == "MRN-1" for row in rows)


def test_reports_of_a_family_and_what_is_about_nobody_are_left_out():
    report = {"resourceType": "QuestionnaireResponse", "subject": {"reference": "Patient/p1"}}
    stranger = {"resourceType": "Condition", "subject": {"reference": "Patient/other"}}

    assert read(WALTER, report, report, stranger).left_out == {"QuestionnaireResponse": 2, "Condition": 1}


def test_disease_is_known_by_its_name_or_kept_in_words():
    def disease(text):
        condition = {
            "resourceType": "Condition",
            "code": {"text": text},
            "subject": {"reference": "Patient/p1"},
        }
        return read(condition, WALTER).rows[0].facts["disease"]

    assert disease("Large B-cell lymphoma") == "LBCL"
    assert disease("Lupus") == "Lupus"


def test_two_people_with_one_number_are_refused():
    rows = read(WALTER, {**WALTER, "id": "p2"}).rows

    assert all(("", Trouble.TWICE_HERE) in row.troubles for row in rows)


@pytest.mark.parametrize(
    ("document", "trouble"),
    [
        (None, Trouble.NO_BUNDLE),
        ([], Trouble.NO_BUNDLE),
        ({"resourceType": "Patient", "entry": []}, Trouble.NO_BUNDLE),
        ({"resourceType": "Bundle", "entry": {}}, Trouble.NO_BUNDLE),
        ({"resourceType": "Bundle", "entry": [1]}, Trouble.NOT_READABLE),
        ({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": 5}}]}, Trouble.NOT_READABLE),
        ({"resourceType": "Bundle", "entry": []}, Trouble.NO_PATIENT),
    ],
)
def test_what_is_no_bundle_of_patients_says_so(document, trouble):
    with pytest.raises(Unreadable) as refused:
        fhir_rows.read(document, find_product=str, find_disease=str)

    assert refused.value.trouble is trouble


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["Patient/p1", "1960-03-02"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *WALTER,
                    *infusion("2026-11-17"),
                    "coding",
                    "code",
                    "text",
                    "value",
                    "given",
                    "family",
                    "reference",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.lists(st.tuples(st.sampled_from(["Patient", "Procedure", "Encounter", "Condition"]), JSON), max_size=4)
)
def test_whatever_stands_in_a_resource_it_is_rows_or_a_refusal(resources):
    made = [
        {**(content if isinstance(content, dict) else {}), "resourceType": kind}
        for kind, content in resources
    ]
    found = read(WALTER, *made)

    assert found.rows[0].facts["family_name"] == "Reed"
