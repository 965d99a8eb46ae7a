"""The Celery application: the fast lane. The database stays the truth (docs/architecture.md)."""

import logging
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, celeryd_init, task_postrun, worker_ready
from django.conf import settings
from django.utils.module_loading import import_string

from clinic import row_scope
from config import starting

starting.choose_settings()
starting.share_counts()
with starting.one_line_for_problems():
    # Read now, because Celery would tell of a missing variable in pages of program.
    settings.INSTALLED_APPS  # noqa: B018

logger = logging.getLogger(__name__)


class EngineTask(Task):
    """The engine works for every clinic, in whatever process a task runs."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with row_scope.everything():
            return super().__call__(*args, **kwargs)


app = Celery("kinwatch", task_cls=EngineTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# By name, because the engine needs the apps loaded, and this module is read before they are.
app.steps["worker"].add("config.engine:WorkerStep")


@celeryd_init.connect
@beat_init.connect
def refuse_unmeant_demo(**_: Any) -> None:
    with starting.one_line_for_problems():
        starting.refuse_unmeant_demo()


@celeryd_init.connect
@beat_init.connect
def start_traces(**_: Any) -> None:
    """Before a worker makes its processes, each of which goes on with them."""
    starting.start_traces()


@beat_init.connect
def start_engine(**_: Any) -> None:
    """Before the first look at the broker, which may be away."""
    import_string("config.engine.start_in_beat")()


@worker_ready.connect
@beat_init.connect
def give_figures(**_: Any) -> None:
    """After the processes of a worker are there, so that none of them holds the address."""
    import_string("config.worker_metrics.serve")()


@task_postrun.connect
def count_task(task: Task, state: str | None = None, **_: Any) -> None:
    import_string("config.task_figures.count")(task.name, state or "unknown")


@beat_init.connect
def sweep_at_once(**_: Any) -> None:
    """Drain every table once when beat starts: what a crash left must not wait for the first interval."""
    for entry in app.conf.beat_schedule.values():
        try:
            app.send_task(entry["task"], retry=False)
        except Exception:
            logger.warning("broker unreachable, the first tick will do it")
