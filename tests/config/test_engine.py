"""Any process does what is due when nobody else does."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from celery.signals import beat_init
from django.conf import settings as live_settings
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

from clinic.models import EngineRound, Page, Report, Tick
from clinic.rules.core import turns
from clinic.services.core import ticks
from config import asgi, engine
from config.celery import app
from notifications.models import Message
from tests import cases, factories
from tests.processes import until

NAMES = list(live_settings.CELERY_BEAT_SCHEDULE)


@pytest.fixture
def everybody_fresh(db):
    for name in NAMES:
        ticks.begin(name=name, now=timezone.now())


@pytest.fixture
def emergency(clinic, patient):
    """One that came in half a minute ago, and that nobody has scored."""
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic), position=0)
    return factories.ReportFactory(
        patient=patient,
        answers=cases.FEVER,
        received_at=timezone.now() - timedelta(seconds=30),
    )


@pytest.fixture
def on(settings):
    settings.ENGINE_FALLBACK = True


def test_every_entry_of_the_schedule_records_its_rounds_under_its_own_name(db):
    for entry in live_settings.CELERY_BEAT_SCHEDULE.values():
        import_string(entry["task"])()

    assert sorted(EngineRound.objects.values_list("name", "failing")) == sorted((name, []) for name in NAMES)
    assert sorted(Tick.objects.values_list("name", flat=True)) == sorted(NAMES)


def test_overdue_work_is_done_once_in_the_order_of_the_schedule(db):
    assert [engine.run_next() for _ in range(len(NAMES) + 1)] == [*NAMES, None]


def test_nothing_is_done_while_somebody_does_it(everybody_fresh, emergency):
    assert engine.run_next() is None
    assert Report.objects.get().state == "received"


def test_emergency_is_scored_and_its_page_handed_to_the_provider(everybody_fresh, emergency):
    for name in ("clinic", "notifications"):
        EngineRound.objects.filter(name=name).update(begun_at=timezone.now() - timedelta(seconds=20))

    assert [engine.run_next() for _ in range(3)] == ["clinic", "notifications", None]

    assert Report.objects.get().state == "scored"
    assert Page.objects.filter(state="sent").count() == 1
    assert list(Message.objects.values_list("purpose", "state")) == [("page", "delivered")]


@pytest.mark.django_db(transaction=True)
def test_thread_does_it_and_ends_when_it_is_stopped(on, emergency):
    running = engine.Engine()
    running.start()
    try:
        until(lambda: Message.objects.filter(state="delivered").exists(), "the page")
    finally:
        running.stop()

    until(lambda: not running._thread.is_alive(), "the end of the thread")
    assert Page.objects.filter(state="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_threads_do_it_once(on, emergency, settings, monkeypatch):
    # One may send before the other has queued: the next round that sends is not long in coming here.
    hurried = {name: {**entry, "schedule": 1.0} for name, entry in live_settings.CELERY_BEAT_SCHEDULE.items()}
    settings.CELERY_BEAT_SCHEDULE = hurried
    monkeypatch.setattr(turns, "PATIENCE", timedelta(seconds=1))
    both = [engine.Engine(), engine.Engine()]
    for one in both:
        one.start()
    try:
        until(lambda: Message.objects.filter(state="delivered").exists(), "the page")
    finally:
        for one in both:
            one.stop()
    for one in both:
        until(lambda one=one: not one._thread.is_alive(), "the end of the thread")

    assert Page.objects.filter(state="sent").count() == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_looking_again_and_again_leaves_the_connection_as_it_is(on, monkeypatch):
    """Its options once grew with each look, until PostgreSQL took no connection after seven minutes."""
    connection = connections["default"]
    monkeypatch.setattr(connection, "settings_dict", {**connection.settings_dict})
    running = engine.Engine()
    assert running._look() is True
    once = connections["default"].settings_dict["OPTIONS"]

    assert running._look() is True

    assert connections["default"].settings_dict["OPTIONS"] == once


def test_switched_off_no_thread_starts(settings):
    settings.ENGINE_FALLBACK = False
    idle = engine.Engine()

    idle.start()
    idle.stop()

    assert idle._thread.ident is None


@pytest.mark.django_db(transaction=True)
def test_database_that_is_away_and_a_task_that_cannot_be_found_end_no_thread(on, settings):
    running = engine.Engine()
    settings.CELERY_BEAT_SCHEDULE = {"clinic": {"task": "clinic.tasks.nowhere", "schedule": 10.0}}
    assert running._look() is False

    settings.CELERY_BEAT_SCHEDULE = {"clinic": {"task": "clinic.tasks.tick", "schedule": 10.0}}
    connection = connections["default"]
    before = connection.settings_dict
    away = (
        {"NAME": "/nowhere/at/all"} if connection.vendor == "sqlite" else {"HOST": "127.0.0.1", "PORT": "1"}
    )
    connection.close()
    connection.settings_dict = {**before, **away}
    try:
        assert running._look() is False
    finally:
        connection.close()
        connection.settings_dict = before
    assert running._look() is True


@pytest.mark.django_db(transaction=True)
def test_its_connection_is_its_own_and_waits_for_nothing_for_ever():
    connection = connections["default"]
    before = connection.settings_dict
    connection.close()
    try:
        engine._use_own_connection()
        mine = connection.settings_dict["OPTIONS"]
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT 1").fetchone() == (1,)
    finally:
        connection.close()
        connection.settings_dict = before

    bounded = connection.vendor == "postgresql"
    assert ("statement_timeout" in mine.get("options", "")) is bounded
    assert "pool" not in mine


def test_web_process_carries_it_from_its_start_to_its_end(settings):
    settings.ENGINE_FALLBACK = False

    async def live() -> list[Any]:
        server = ApplicationCommunicator(asgi.application, {"type": "lifespan"})
        await server.send_input({"type": "lifespan.startup"})
        told = [await server.receive_output()]
        await server.send_input({"type": "lifespan.shutdown"})
        told.append(await server.receive_output())
        await server.wait()
        return [one["type"] for one in told]

    assert asyncio.run(live()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_worker_starts_it_after_its_pool_and_before_it_asks_for_the_broker():
    worker = app.Worker(pool="solo", quiet=True)
    steps = [step.name.rpartition(".")[2] for step in worker.blueprint.order]

    assert steps.index("Pool") < steps.index("WorkerStep") < steps.index("Consumer")


def test_beat_starts_it():
    names = [repr(receiver) for _, receiver in beat_init.receivers]

    assert any("start_engine" in name for name in names)
