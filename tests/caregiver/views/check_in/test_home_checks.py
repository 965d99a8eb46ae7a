"""The guided check as a browser without scripts takes it."""

import re
from datetime import timedelta

import pytest

from caregiver.models import CheckinDraft
from clinic.models import HomeCheck, Report
from clinic.rules.reports.home_checks import STEPS, TASKS
from tests.caregiver import journeys


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def url(patient):
    return f"/thinking-check/{patient.pk}/"


@pytest.fixture
def with_baseline(patient):
    patient.baseline = {"home_check": 10}
    patient.save(update_fields=["baseline"])


def hidden(answer):
    """What the page would send along, as a browser reads it."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def walk(device, url, *, wrong=(), language="en"):
    """Through all steps with everything right but these; the answer to the last one."""
    page = device.post(url, {"step": "start", "language": language})
    for step in STEPS:
        fields = {task: "wrong" if task in wrong else "right" for task in step.tasks}
        page = device.post(url, {**hidden(page), **fields, "action": "go"})
    return page


def test_each_task_is_answered_in_words_that_fit_it(device, url, with_baseline):
    page = device.post(url, {"step": "start", "language": "en"})
    said = {}
    for step in STEPS:
        labels = re.findall(r'<label for="id_([a-z]+)_\d">(?:<bdi>)?\s*([^<]*?)\s*<', page.content.decode())
        said |= {task: [text for name, text in labels if name == task] for task in step.tasks}
        page = device.post(url, {**hidden(page), **dict.fromkeys(step.tasks, "right"), "action": "go"})

    assert said["year"] == said["third"] == ["Right", "Not right"]
    # "They did it": yes or no.
    assert said["command"] == said["sentence"] == said["counting"] == ["Yes", "No"]


def test_check_cannot_start_before_a_baseline_is_stored(device, url):
    for page in (device.get(url), device.post(url, {"step": "start", "language": "en"})):
        assert "There is no usual score on file" in words(page)
    assert not HomeCheck.objects.exists()


def test_before_the_infusion_the_same_pages_store_the_baseline(device, url, patient, clock):
    clock.shift(-timedelta(days=7).total_seconds())
    assert "points are the usual score" in words(device.get(url))

    page = device.get(walk(device, url, wrong=["town"]).url)

    patient.refresh_from_db()
    assert patient.baseline == {"home_check": 9}
    assert "9 of 10 points" in words(page) and "This is the usual score now." in words(page)
    assert not CheckinDraft.objects.exists()


def test_points_get_into_the_check_in_that_is_under_way(device, url, with_baseline, check_in_url, caregiver):
    report_id = journeys.start(device, check_in_url)
    guided = journeys.post_page(device, check_in_url, "thinking", report_id, confusion="0", action="guide")
    assert guided.url == url

    page = device.get(walk(device, url, wrong=["year", "counting"]).url)

    draft = CheckinDraft.objects.get()
    assert (draft.answers["home_check"], draft.answers["confusion"]) == ("8", 0)
    assert "8 of 10 points" in words(page) and "The usual score is 10. This is 2 lower." in words(page)
    assert "Call the 24-hour line now" in words(page)
    assert "Not sent yet." in words(page)
    assert f'href="{check_in_url}thinking/"' in page.content.decode()
    assert 'name="home_check" value="8"' in device.get(f"{check_in_url}thinking/").content.decode()


def test_points_come_first_where_no_check_in_was_begun(device, url, with_baseline, check_in_url):
    page = device.get(walk(device, url).url)

    assert "The usual score is 10. This is not lower." in words(page)
    assert f'href="{check_in_url}"' in page.content.decode()
    assert CheckinDraft.objects.get().answers == {"home_check": "10"}


def test_two_points_or_fewer_are_an_emergency_that_goes_out_at_once(device, url, with_baseline):
    answer = walk(device, url, wrong=TASKS[2:])

    report = Report.objects.get()
    assert (answer.url, report.answers) == (f"/reports/{report.pk}/", {"home_check": "2"})
    assert "Call 911 now" in words(device.get(answer.url))


def test_not_staying_awake_is_an_answer_on_every_page(device, url, with_baseline, patient):
    page = device.post(url, {"step": "start", "language": "en"})
    for step in STEPS:
        asked = device.post(url, {**hidden(page), "step": step.code, "action": "asleep"})
        assert "How awake are they?" in words(asked) and "As usual" not in words(asked)
    refused = device.post(url, {**hidden(asked)})
    assert (refused.status_code, "Choose how awake they are." in words(refused)) == (422, True)

    done = device.post(url, {**hidden(asked), "alertness": "1"})

    assert "They did not stay awake" in words(device.get(done.url))
    assert CheckinDraft.objects.get().answers == {"alertness": 1}
    hardly = device.post(url, {**hidden(asked), "alertness": "3"})
    assert hardly.url == f"/reports/{Report.objects.get().pk}/"


def test_patient_is_spoken_to_in_their_language_and_the_caregiver_in_theirs(
    device, url, with_baseline, patient
):
    patient.language = "es"
    patient.save(update_fields=["language"])
    start = device.get(url).content.decode()
    assert re.search(r'value="es"[^>]*checked', start)

    page = device.post(url, {"step": "start", "language": "es"})

    assert 'lang="es"' in page.content.decode()
    assert "¿En qué año estamos?" in words(page)
    assert "Ask one at a time. Do not help." in words(page)
    assert "Say, in Spanish:" in words(page)


def test_open_task_is_asked_again_and_what_was_answered_stays(device, url, with_baseline):
    page = device.post(url, {"step": "start", "language": "en"})
    refused = device.post(url, {**hidden(page), "year": "right", "action": "go"})

    assert refused.status_code == 422
    assert words(refused).count("Say whether this was right.") >= 3
    assert re.search(r'name="year" value="right"[^>]*checked', refused.content.decode())


def test_back_keeps_what_was_answered(device, url, with_baseline):
    page = device.post(url, {"step": "start", "language": "en"})
    fields = dict.fromkeys(STEPS[0].tasks, "right")
    second = device.post(url, {**hidden(page), **fields, "action": "go"})

    first = device.post(url, {**hidden(second), "action": "back"})

    assert "Time and place" in words(first)
    assert len(re.findall(r'value="right"[^>]*checked', first.content.decode())) == 4


def test_last_step_sent_alone_asks_for_the_first_one_that_is_open(device, url, with_baseline):
    page = device.post(url, {"step": "counting", "language": "en", "counting": "right", "action": "go"})

    assert (page.status_code, "Time and place" in words(page)) == (422, True)
    assert not HomeCheck.objects.exists()


def test_says_that_it_is_not_the_clinical_test_and_that_somebody_else_leads(device, url, with_baseline):
    page = words(device.get(url))

    assert "It is not the test that doctors use" in page
    assert "The patient must not do this alone" in page
