"""A refusal stays in the audit: nobody asks whose a thing is within a transaction that the refusal undoes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = "clinic.access"
MODULES = sorted(path for app in ("clinic", "caregiver") for path in (ROOT / app).rglob("*.py"))

AUDITED_WITHIN = """
from django.db import transaction
from clinic.access import get_patient

@transaction.atomic
def change(by, patient_id):
    patient = _visible(by, patient_id)

def _visible(by, patient_id):
    return get_patient(by, patient_id)

def later(by, patient_id):
    with transaction.atomic():
        get_patient(by, patient_id)

def before(by, patient_id):
    patient = get_patient(by, patient_id)
    with transaction.atomic():
        patient.save()
"""


def asked_within(source: str) -> list[str]:
    """The functions that ask such a door within a transaction, themselves or by one of the same module."""
    tree = ast.parse(source)
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    doors = {
        name.asname or name.name
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and one.module == DOORS
        for name in one.names
        if name.name.startswith(("get_", "choose_"))
    }

    def asks(node: ast.AST, on_the_way: frozenset[str] = frozenset()) -> bool:
        names = called(node)
        deeper = (names & functions.keys()) - on_the_way
        return bool(names & doors) or any(asks(functions[one], on_the_way | {one}) for one in deeper)

    return [name for name, one in functions.items() if any(asks(part) for part in transactions(one))]


def called(node: ast.AST) -> set[str]:
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return {one.id for one in calls if isinstance(one, ast.Name)}


def transactions(function: ast.FunctionDef) -> Iterator[ast.AST]:
    if any(ast.unparse(one).startswith("transaction.atomic") for one in function.decorator_list):
        yield function
    for one in ast.walk(function):
        if isinstance(one, ast.With) and any("transaction.atomic" in ast.unparse(by) for by in one.items):
            yield one


@pytest.mark.parametrize("path", MODULES, ids=lambda one: str(one.relative_to(ROOT)))
def test_whose_it_is_is_asked_before_the_transaction(path):
    assert asked_within(path.read_text(encoding="utf-8")) == []


def test_both_ways_of_asking_too_late_are_found():
    assert asked_within(AUDITED_WITHIN) == ["change", "later"]
