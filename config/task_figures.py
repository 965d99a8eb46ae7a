"""What became of tasks, by their names, in whatever process they ran."""

from prometheus_client import Counter

tasks = Counter("kinwatch_tasks_total", "Tasks that were run, by how they ended.", ["task", "outcome"])


def count(name: str, state: str) -> None:
    """One more; `state` as Celery has it."""
    tasks.labels(name, state.lower()).inc()
