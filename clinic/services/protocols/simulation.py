"""Runs a protocol on the invented cohort. Reads no row and writes none."""

from __future__ import annotations

from collections.abc import Sequence

from clinic.protocols import cohort_document
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.simulation import cohort, run
from clinic.rules.protocols.simulation.figures import Figures, figures
from clinic.rules.protocols.simulation.tally import Tally

PEOPLE = 200


class SimulationRefused(Exception):
    """What was asked for is outside of what the cohort is assumed for; the message says why."""


def assumptions() -> cohort.Cohort:
    """The table of assumptions that ships with the product."""
    return cohort.read(cohort_document())


def simulate(
    *,
    protocol: Protocol,
    seeds: Sequence[int] = (1,),
    people: int = PEOPLE,
    days: int | None = None,
    scale: float = 1.0,
    mix: cohort.Mix = cohort.AS_ASSUMED,
) -> Figures:
    """The figures of so many invented people for each seed, pooled; SimulationRefused."""
    table = assumptions()
    last_day = table.last_day if days is None else days
    if not 1 <= last_day <= table.last_day:
        raise SimulationRefused(f"days: 1 to {table.last_day}, further the cohort is not described")
    if people < 1 or scale <= 0:
        raise SimulationRefused("patients and scale must be above 0")
    if any(share is not None and not 0 <= share <= 1 for share in vars(mix).values()):
        raise SimulationRefused("shares of people: 0 to 100%")
    table = table.mixed(mix)
    tally = Tally()
    for seed in seeds:
        tally.add(run.run(protocol, table.scaled(scale), seed, range(people), last_day))
    return figures(tally)


def count_some(*, protocol: Protocol, seed: int, first: int, people: int, mix: cohort.Mix) -> Tally:
    """A few people of the cohort, counted, for a job that must not take long at a time."""
    table = assumptions().mixed(mix)
    return run.run(protocol, table, seed, range(first, first + people), table.last_day)
