import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from clinic.console.rules_in_words.places import rule_name
from clinic.models import ProtocolDraft, ProtocolRehearsal
from clinic.protocols import default_vignettes
from clinic.services.protocols import drafts, rehearsals, simulation, versions
from tests import cases, factories


@pytest.fixture
def physician(clinic):
    return factories.StaffFactory(clinic=clinic, role="physician", user__name="Petra Physician").user


@pytest.fixture
def draft(clinic, nurse, client, now):
    client.force_login(nurse)
    return drafts.start(clinic_id=clinic.pk, by=nurse, now=now)


def item_address(draft, key="question.chills"):
    return reverse("console_protocol_item", args=[draft.pk, key])


def wording_address(draft, key="question.chills", language="en"):
    return reverse("console_protocol_wording", args=[draft.pk, key, language])


def filled(client, address, **changed):
    """The form as the browser would send it, with some fields typed over."""
    page = client.get(address)
    form = page.context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    return {**values, **changed}


def test_nurse_writes_and_physician_puts_it_in_force(client, draft, clinic, nurse, physician, now):
    address = wording_address(draft)
    saved = client.post(
        address,
        filled(client, address, **{"questions[chills].text.en": "Any chills?"}),
        follow=True,
    ).content.decode()
    client.post(reverse("console_protocol_rehearse", args=[draft.pk]))
    rehearsals.rehearse_next_chunk(now=now)
    seen = client.get(reverse("console_protocol_draft", args=[draft.pk])).content.decode()
    client.post(reverse("console_protocol_submit", args=[draft.pk]), {"reason": "Shorter"})
    client.force_login(physician)
    client.get(reverse("console_protocol_draft", args=[draft.pk]))
    client.post(reverse("console_protocol_approve", args=[draft.pk]), {"activate_at": ""})

    assert re.search("<del[^>]*>Any chills or shaking[?]</del>", saved)
    assert re.search("<ins[^>]*>Any chills[?]</ins>", saved)
    assert "worked cases come out as expected." in seen
    version = versions.current_version(clinic=clinic)
    assert (version.number, version.published_by) == (2, physician)


def test_second_person_reads_the_reasons_first_and_finds_nothing_to_type_over(client, draft, physician, now):
    address = item_address(draft, "question.temp")
    client.post(
        address,
        filled(client, address, **{"tables[temp].rows[1].from": 38.5, "tables[temp].rows[2].to": 38.4}),
    )
    client.post(reverse("console_protocol_rehearse", args=[draft.pk]))
    rehearsals.rehearse_next_chunk(now=now)
    page = reverse("console_protocol_draft", args=[draft.pk])
    client.get(page)
    client.post(
        reverse("console_protocol_cases", args=[draft.pk]),
        {
            "all_cases": "The line is higher on purpose.",
            **{f"case-{one['id']}": "" for one in client.get(page).context["page"].rehearsal.cases},
        },
    )
    client.post(reverse("console_protocol_submit", args=[draft.pk]), {"reason": "Fewer calls for 38.2"})
    client.force_login(physician)

    seen = client.get(page).content.decode()

    assert seen.index("Fewer calls for 38.2") < seen.index("What differs from the published version")
    assert "<dd>The line is higher on purpose.</dd>" in seen
    assert 'name="case-' not in seen
    assert item_address(draft, "question.temp") not in seen


def test_what_is_left_over_stands_with_what_it_is_left_of(client, draft):
    seen = client.get(item_address(draft, "question.temp")).content.decode()
    sentences = seen.split('<div class="protocol-sentence')[1:]
    otherwise = [one for one in sentences if "<p>otherwise" in one]

    assert otherwise
    assert all(one.startswith(" protocol-otherwise") for one in otherwise)


def test_draft_says_what_it_does_to_the_invented_cohort(client, draft, now, monkeypatch):
    monkeypatch.setattr(simulation, "PEOPLE", 4)
    address = reverse("console_protocol_draft", args=[draft.pk])
    client.post(
        wording_address(draft),
        filled(client, wording_address(draft), **{"questions[chills].text.en": "Any chills?"}),
    )
    client.post(reverse("console_protocol_rehearse", args=[draft.pk]))
    rehearsals.rehearse_next_chunk(now=now)
    waiting = client.get(address).content.decode()
    rehearsals.rehearse_next_chunk(now=now)

    done = client.get(address).content.decode()

    assert "They are still being counted" in waiting
    assert "They are still being counted" not in done
    assert "On 4 invented people" in done
    # Wording alone changes no level: both rule sets say the same of the same people.
    shares = re.search(r"Urgent and above: (\S+%) → (\S+%) of the reports to day 30", done)
    assert shares and shares[1] == shares[2]
    assert "urgent and above by rule" not in done


def test_wrong_number_is_told_at_its_field_and_nothing_typed_is_lost(client, draft):
    address = item_address(draft, "question.temp")

    answer = client.post(address, filled(client, address, **{"tables[temp].rows[2].from": "thirty-eight"}))

    assert answer.status_code == 422
    assert 'value="thirty-eight"' in answer.content.decode()
    assert ProtocolDraft.objects.get().revision == 1


def test_hole_between_bands_is_told_on_the_draft_and_on_the_page(client, draft):
    address = item_address(draft, "question.temp")
    client.post(address, filled(client, address, **{"tables[temp].rows[2].from": "38,5"}))

    told = client.get(reverse("console_protocol_draft", args=[draft.pk])).content.decode()

    assert "no level is given between 37.9 and 38.5" in told
    assert "no level is given between 37.9 and 38.5" in client.get(address).content.decode()
    assert reverse("console_protocol_rehearse", args=[draft.pk]) not in told


def test_second_saver_sees_the_conflict_and_keeps_the_text(client, draft, physician, now):
    address = wording_address(draft)
    mine = filled(client, address, **{"questions[chills].text.en": "Mine"})
    drafts.save(
        draft_id=draft.pk,
        revision=1,
        values={"questions[chills].text.en": "Theirs"},
        by=physician,
        now=now,
    )

    answer = client.post(address, mine)
    page = answer.content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', page)
    again = client.post(address, {**mine, "revision": revision[1]})

    assert answer.status_code == 409
    assert "Petra Physician saved this draft while you were writing." in page
    assert "Mine</textarea>" in page
    assert again.status_code == 302
    assert ProtocolDraft.objects.get().revision == 3


def test_refusal_stands_on_the_page_with_the_reason_that_was_typed(client, draft):
    answer = client.post(
        reverse("console_protocol_submit", args=[draft.pk]), {"reason": "Because of the audit"}
    )

    assert answer.status_code == 409
    assert "The draft is the same as the published version." in answer.content.decode()
    assert "Because of the audit</textarea>" in answer.content.decode()


def test_reasons_for_cases_are_kept_without_nul(client, draft):
    client.post(
        reverse("console_protocol_cases", args=[draft.pk]),
        {"case-V01": "Meant\x00 so", "case-V07": "", "all_cases": "The line moves"},
    )

    assert ProtocolDraft.objects.get().accepted_cases == {"V01": "Meant so", "V07": "The line moves"}


def test_rehearsal_names_cases_and_rules_in_words(client, draft, patient, now):
    cases.escalate(patient, cases.FEVER_AND_CONFUSION, now - timedelta(days=1))
    address = item_address(draft, "rule.C1_fever_neuro")
    client.post(address, filled(client, address, **{"rules[C1_fever_neuro].cases[1].level": "watch"}))
    address = item_address(draft, "question.confusion")
    columns = {f"scales[confusion].columns.early[{n}]": "watch" for n in (1, 2, 3)}
    client.post(address, filled(client, address, **columns))
    client.post(reverse("console_protocol_rehearse", args=[draft.pk]))
    rehearsals.rehearse_next_chunk(now=now)

    page = client.get(reverse("console_protocol_draft", args=[draft.pk])).content.decode()

    failing = ProtocolRehearsal.objects.get().cases
    titles = {one["id"]: one["title"] for one in default_vignettes()}
    labels = re.findall(r'<label class="label" for="case-([^"]+)"><span lang="en">([^<]+)</span>', page)
    assert failing
    assert labels == [(one["id"], escape(titles[one["id"]])) for one in failing]


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("temp", "Temperature"),
        ("C1_fever_neuro", "Fever and a change in thinking, speech or wakefulness"),
        ("T3_persisting:pain", "A sign lasts for several reports: Pain"),
        ("A2_three_watch", "Several areas at “Watch”"),
        ("rejected:pulse", "An answer that cannot be right: Pulse"),
        ("missed", "No report"),
        ("of_old", "of_old"),
    ],
)
def test_rule_that_fired_has_a_name(draft, rule, name):
    assert rule_name(rule, draft.document) == name


def test_every_rule_of_the_worked_cases_has_words(draft):
    rules = {rule for case in default_vignettes() for rule in case.get("rules", ())}

    assert [rule for rule in rules if rule_name(rule, draft.document) == rule] == []


def test_outsiders_find_no_draft(client, draft, other_nurse, caregiver):
    for person in (other_nurse, caregiver):
        client.force_login(person)
        assert client.get(reverse("console_protocol_draft", args=[draft.pk])).status_code == 404
        assert client.post(item_address(draft)).status_code == 404


def test_overview_costs_the_same_with_three_clinics(client, clinic, nurse):
    client.force_login(nurse)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("console_protocols")).status_code == 200
        return len(seen)

    # The first page of a session notes the desk besides.
    queries()
    one = queries()
    for _ in range(2):
        factories.StaffFactory(user=nurse)

    assert queries() == one
