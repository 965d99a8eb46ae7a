"""Alert rules and the dashboard ask for figures that there are, by labels that they have."""

import json
import re

import pytest
import yaml
from django.utils import timezone

from clinic.services.core import ticks
from notifications.models import RouteTrouble
from tests.processes import ROOT

MONITORING = ROOT / "deploy" / "monitoring"
RULES = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
PANELS = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
ASKED = {
    **{f"alert {one['alert']}": one["expr"] for one in RULES},
    **{f"panel {one['title']}": one["targets"][0]["expr"] for one in PANELS},
}
# Prometheus makes it itself, for each process that it asks.
UP = 'up{job="",instance=""} 1.0\n'
OURS = r"\b(?:kinwatch|django|process)_[a-z_]+|\bup\b"


@pytest.fixture
def figures(client, patient):
    """As Prometheus reads them: name with its label names."""
    now = timezone.now()
    ticks.begin(name="plan", now=now)
    ticks.end(name="plan", begun_at=now, failing=["plan.plan"], now=now)
    RouteTrouble.objects.create(route="calls", since=now, last_at=now, down_at=now)
    client.get("/")
    text = client.get("/metrics").content.decode() + UP
    # A counter with labels that nothing has happened to yet is declared and has no value.
    found = {name: set() for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)}
    for name, labels in re.findall(r"^([a-z_]+)(?:\{(.*)\})? ", text, re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r"(\w+)=", labels))
    return found


@pytest.mark.django_db
def test_every_figure_that_is_asked_for_is_there(figures):
    lacking = {
        what: missing
        for what, expression in ASKED.items()
        if (missing := set(re.findall(OURS, expression)) - figures.keys())
    }

    assert lacking == {}


@pytest.mark.django_db
def test_figures_are_grouped_by_labels_that_they_have(figures):
    for what, expression in ASKED.items():
        for label in re.findall(r"by \((\w+)\)", expression):
            names = set(re.findall(OURS, expression)) - {"up"}
            # Counters without a value yet show no labels.
            known = [figures[name] for name in names if figures[name]]
            assert label == "le" or all(label in labels for labels in known), (what, label)


def test_every_alert_says_what_it_is_and_what_to_do():
    for rule in RULES:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "todo"}, rule["alert"]
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_brackets_of_every_expression_close():
    for what, expression in ASKED.items():
        for opened, closed in ("()", "[]", "{}"):
            assert expression.count(opened) == expression.count(closed), what
