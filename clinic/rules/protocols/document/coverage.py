"""Finds holes, overlaps and dead cases: every value has one outcome, and every outcome can happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby, pairwise
from typing import Any

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.condition_parser import Vocabulary
from clinic.rules.protocols.document.conditions import All, Compare, Condition, Not, Term
from clinic.rules.protocols.document.parts import Case, Scale, Table, TableRow
from clinic.rules.protocols.document.questions import Question
from clinic.rules.protocols.document.reachability import can_hold
from clinic.rules.protocols.document.vocabulary import ADDITION_FACTS, ADVICE_FACTS

ALWAYS = All(())


def problems(fields: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """Every "place: reason" found by trying out which cases can apply."""
    questions: dict[str, Question] = {question.key: question for question in fields["questions"]}
    return [
        *_split("columns", fields["columns"], vocabulary),
        *_asked(questions.values(), vocabulary),
        *_scales(fields["scales"], set(fields["columns"]), questions, vocabulary),
        *_tables(fields["tables"], questions, vocabulary),
        *_rules(fields, vocabulary),
        *_advice(fields),
        *_additions(fields),
    ]


def _compared(item: str, operator: str, number: float) -> Condition:
    return Compare(Term(name=item), operator, Term(number=number))


def _split(place: str, parts: Mapping[str, Condition], vocabulary: Vocabulary) -> Iterator[str]:
    """The conditions must share out all people: nobody in two, nobody in none."""
    for (one, first), (other, second) in combinations(parts.items(), 2):
        if can_hold(All((first, second)), vocabulary):
            yield f"{place}: “{one}” and “{other}” overlap"
    if can_hold(All(tuple(Not(part) for part in parts.values())), vocabulary):
        yield f"{place}: a hole, there is a case in which none of {', '.join(parts) or 'them'} applies"


def _asked(questions: Iterable[Question], vocabulary: Vocabulary) -> Iterator[str]:
    for question in questions:
        if question.ask_when is not None and not can_hold(question.ask_when, vocabulary):
            yield f"questions[{question.key}].ask_when: this can never hold"


def _unreachable(
    place: str, given: Condition, whens: Sequence[Condition | None], vocabulary: Vocabulary
) -> Iterator[str]:
    """Cases are tried in order: one that nothing is left for is dead."""
    earlier: list[Condition] = []
    for number, when in enumerate(whens, start=1):
        condition = when or ALWAYS
        if not can_hold(All((given, condition)), vocabulary):
            yield f"{place}[{number}]: this can never hold"
        elif not can_hold(All((given, condition, *(Not(before) for before in earlier))), vocabulary):
            yield f"{place}[{number}]: an earlier case always applies first"
        earlier.append(condition)


def _scales(
    scales: Iterable[Scale], columns: set[str], questions: Mapping[str, Question], vocabulary: Vocabulary
) -> Iterator[str]:
    for scale in scales:
        place, highest = f"scales[{scale.item}]", questions[scale.item].highest
        yield from _columns(place, scale, columns, highest)
        yield from _overrides(place, scale, vocabulary)


def _columns(place: str, scale: Scale, columns: set[str], highest: int) -> Iterator[str]:
    for name in sorted(columns ^ scale.columns.keys()):
        yield f"{place}.columns.{name}: " + (
            "it is missing" if name in columns else "there is no such column"
        )
    for name, levels in scale.columns.items():
        if len(levels) != highest:
            yield f"{place}.columns.{name}: {highest} levels are expected, one for each answer from 1"
        if list(levels) != sorted(levels):
            yield f"{place}.columns.{name}: a worse answer has a lower level"


def _overrides(place: str, scale: Scale, vocabulary: Vocabulary) -> Iterator[str]:
    earlier: list[Condition] = []
    for number, override in enumerate(scale.overrides, start=1):
        answered = _compared(scale.item, ">=", 1)
        if override.answer is not None:
            answered = _compared(scale.item, "=", override.answer)
        condition = All((answered, override.when or ALWAYS))
        if not can_hold(condition, vocabulary):
            yield f"{place}.overrides[{number}]: this can never hold"
        elif not can_hold(All((condition, *(Not(before) for before in earlier))), vocabulary):
            yield f"{place}.overrides[{number}]: an earlier override always applies first"
        earlier.append(condition)


def _tables(
    tables: Iterable[Table], questions: Mapping[str, Question], vocabulary: Vocabulary
) -> Iterator[str]:
    by_item = sorted(tables, key=lambda table: table.item)
    for item, group in groupby(by_item, key=lambda table: table.item):
        same, place = list(group), f"tables[{item}]"
        whens = {f"table {number}": table.when or ALWAYS for number, table in enumerate(same, start=1)}
        yield from _split(place, whens, vocabulary)
        for table in same:
            yield from _bounds(place, table.rows, questions[item].step)
            yield from _row_cases(place, table, vocabulary)


def _bounds(place: str, rows: Sequence[TableRow], step: float) -> Iterator[str]:
    """Rows stand from the highest to the lowest, each starting one step below the one before."""
    if not rows or rows[0].high is not None or rows[-1].low is not None:
        yield f"{place}.rows: a hole, the first row has no “to” and the last no “from”"
    for above, below in pairwise(rows):
        if above.low is None or below.high is None:
            yield f"{place}.rows: an overlap, only the first row may lack “to” and only the last “from”"
        elif round(above.low - below.high, 6) != round(step, 6):
            what = "a hole" if above.low - below.high > step else "an overlap"
            yield f"{place}.rows: {what} between {below.high:g} and {above.low:g}"
    for row in rows:
        if row.low is not None and row.high is not None and row.low > row.high:
            yield f"{place}.rows: from {row.low:g} is above to {row.high:g}"


def _row_cases(place: str, table: Table, vocabulary: Vocabulary) -> Iterator[str]:
    for number, row in enumerate(table.rows, start=1):
        limits = [_compared(table.item, ">=", row.low)] if row.low is not None else []
        limits += [_compared(table.item, "<=", row.high)] if row.high is not None else []
        given = All((table.when or ALWAYS, *limits))
        where = f"{place}.rows[{number}].cases"
        yield from _unreachable(where, given, [case.when for case in row.cases], vocabulary)
        if not row.cases or row.cases[-1].when is not None:
            yield f"{where}: a hole, the last case must apply always"


def _rules(fields: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[str]:
    for rule in fields["rules"]:
        place = f"rules[{rule.id}]"
        yield from _unreachable(f"{place}.cases", ALWAYS, [case.when for case in rule.cases], vocabulary)
        yield from _says_something(f"{place}.cases", rule.cases)
    for trend in fields["trends"]:
        for name, when in (("when", trend.when), ("raised.when", trend.raised_when)):
            if when is not None and not can_hold(when, vocabulary):
                yield f"trends[{trend.id}].{name}: this can never hold"


def _says_something(place: str, cases: Sequence[Case]) -> Iterator[str]:
    if not cases:
        yield f"{place}: there are none"
    for number, case in enumerate(cases, start=1):
        if case.level is Level.NONE:
            yield f"{place}[{number}].level: a rule must say more than none"


def _advice(fields: Mapping[str, Any]) -> Iterator[str]:
    for level, variants in fields["advice"].items():
        place = f"advice[{level}].variants"
        yield from _unreachable(place, ALWAYS, [variant.when for variant in variants], ADVICE_FACTS)
        if not variants or variants[-1].when is not None:
            yield f"{place}: a hole, the last one must apply always"
        if level is Level.EMERGENCY and not all("emergency" in variant.call for variant in variants):
            yield f"{place}: an emergency always offers the emergency call"


def _additions(fields: Mapping[str, Any]) -> Iterator[str]:
    for one in fields["additions"]:
        if one.when is not None and not can_hold(one.when, ADDITION_FACTS):
            yield f"additions[{one.code}].when: this can never hold"
