import re

import pytest
from django.urls import reverse

from clinic.models import ProtocolDraft
from clinic.rules.protocols import editing
from clinic.services.protocols import drafts


@pytest.fixture
def draft(clinic, nurse, client, now):
    client.force_login(nurse)
    return drafts.start(clinic_id=clinic.pk, by=nurse, now=now)


def address(draft, key="question.temp"):
    return reverse("console_protocol_item", args=[draft.pk, key])


def filled(client, url, **changed):
    form = client.get(url).context["form"]
    return {bound.html_name: bound.value() for bound in form} | changed


def changed_places():
    draft = ProtocolDraft.objects.get()
    changes = editing.differences(draft.base_version.document, draft.document)
    return {change.place: change.after for change in changes}


CASE = "tables[temp].rows[3].cases[1].when"


def test_form_that_nobody_touched_changes_nothing(client, draft):
    for item in editing.items(draft.document):
        answer = client.post(address(draft, item.key), filled(client, address(draft, item.key)))
        assert answer.status_code == 302, item.key

    assert changed_places() == {}
    assert ProtocolDraft.objects.get().revision == 1


def test_sentence_is_changed_word_by_word(client, draft):
    typed = {
        "tables[temp].rows[1].from": "40,5",
        "tables[temp].rows[2].to": "40.4",
        "tables[temp].rows[6].level": "same_day",
        # The answer in “Chills: … or worse”.
        f"{CASE}~0": "2",
    }

    page = client.post(address(draft), filled(client, address(draft), **typed), follow=True).content.decode()

    assert changed_places() == {
        "tables[temp].rows[1].from": 40.5,
        "tables[temp].rows[2].to": 40.4,
        "tables[temp].rows[6].level": "same_day",
        CASE: "high_tier or neutropenia or chills >= 2 or (fever_hidden and early)",
    }
    assert re.search(
        r"Temperature from 40\.5\u00a0°C is an emergency</ins>.*\n.*<del[^>]*>40\.0\u00a0°C</del>", page
    )


def test_condition_can_be_written_anew(client, draft):
    written = filled(client, address(draft), **{CASE: "neutropenia or chills >= 3"})

    client.post(address(draft), written)

    assert changed_places() == {CASE: "neutropenia or chills >= 3"}


def test_sentence_and_its_text_at_once_are_refused_and_kept(client, draft):
    both = filled(client, address(draft), **{CASE: "neutropenia or chills >= 1", f"{CASE}~0": "3"})

    answer = client.post(address(draft), both)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "You changed both the sentence and its condition." in page
    assert "neutropenia or chills &gt;= 1</textarea>" in page
    assert changed_places() == {}


@pytest.mark.parametrize("typed", ["thirty", "", "NaN", "Infinity", "1e99", "999999999"])
def test_bad_number_is_told_at_its_sentence_and_kept(client, draft, typed):
    answer = client.post(
        address(draft), filled(client, address(draft), **{"tables[temp].rows[1].from": typed})
    )

    assert answer.status_code == 422
    assert "Enter a number." in answer.content.decode()
    assert typed in answer.content.decode()


def test_condition_that_cannot_be_read_is_saved_and_told_in_words(client, draft):
    client.post(address(draft), filled(client, address(draft), **{CASE: "feverish"}))

    page = client.get(reverse("console_protocol_draft", args=[draft.pk])).content.decode()

    assert "“feverish” is not a question, a patient fact or a definition" in page
    assert "“feverish” is not a question" in client.get(address(draft)).content.decode()


def test_wording_stands_apart_by_language(client, draft):
    english = reverse("console_protocol_wording", args=[draft.pk, "question.chills", "en"])
    spanish = reverse("console_protocol_wording", args=[draft.pk, "question.chills", "es"])

    form = client.get(spanish).context["form"]
    assert {name.rpartition(".")[2] for name in form.leaves} == {"es"}
    # The English stands beside it, for whoever translates.
    assert "Any chills or shaking?" in client.get(spanish).content.decode()
    assert "tables[" not in client.get(english).content.decode()
    client.post(spanish, filled(client, spanish, **{"questions[chills].label.es": "Frío"}))
    assert changed_places() == {"questions[chills].label.es": "Frío"}


@pytest.mark.parametrize("language", ["de", "xx", "EN"])
def test_language_that_the_protocol_lacks_is_not_found(client, draft, language):
    url = reverse("console_protocol_wording", args=[draft.pk, "question.chills", language])

    assert client.get(url).status_code == 404


def test_item_that_the_protocol_lacks_is_not_found(client, draft):
    assert client.get(address(draft, "question.nonsense")).status_code == 404
