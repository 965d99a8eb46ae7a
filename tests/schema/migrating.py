"""`python -m tests.schema.migrating`: `manage.py migrate` in half the time, for databases that tests copy.

Django draws all related models anew for each model that a migration creates or changes, which for hundreds of
models is most of the work. A new model has nothing that stands on it yet, so here only the new one is drawn;
and of a change for which Django draws the neighbors alone, and all others before rows are next read, only the
changed one. The tables are the same; test_schema.py compares them, and the demo's tests migrate without this.
With `--prepared` an SQLite database begins as the demo's does, and only the steps since are left.
"""

import os
import sys

import django
from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState


def _add_model(state: ProjectState, model: ModelState) -> None:
    key = (model.app_label, model.name_lower)
    is_new = key not in state.models
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" not in state.__dict__:
        return
    if is_new:
        state.apps.render_multiple([model])
    else:
        state.reload_model(*key)


_reload_model = ProjectState.reload_model


def _reload_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """`delay` is Django's word for a change that no other model stands on; what inherits does."""
    name = f"{app_label}.{model_name}"
    if not delay or "apps" not in state.__dict__ or any(name in one.bases for one in state.models.values()):
        _reload_model(state, app_label, model_name, delay)
        return
    state.is_delayed = True
    with state.apps.bulk_update():
        state.apps.unregister_model(app_label, model_name)
    state.apps.render_multiple([state.models[app_label, model_name]])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    ProjectState.add_model = _add_model
    ProjectState.reload_model = _reload_alone
    if "--prepared" in sys.argv:
        from config import prepared

        prepared.unpack()
    call_command("migrate", verbosity=0, interactive=False)
