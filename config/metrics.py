"""Figures for Prometheus, and who may read them: counts and ages, never about one person."""

from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from clinic.queries.watch.engine_health import engine_health, limit_of, open_escalations_by_level
from config import task_figures  # noqa: F401 - counts from the beginning, before a task has run
from config.client_address import CAME_FORWARDED
from notifications.queries import budget_is_used, routes_down


class Backlog(Collector):
    """What waits in the tables, counted when asked."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: else registering would query the database while the project is still loading."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        health = engine_health(now=timezone.now())
        yield GaugeMetricFamily("kinwatch_unsent_pages", "Pages unsent for 30 s.", health.unsent_pages)
        yield GaugeMetricFamily("kinwatch_unscored_reports", "Not yet scored.", health.unscored_reports)
        yield GaugeMetricFamily(
            "kinwatch_oldest_unscored_seconds",
            "Age of the oldest.",
            health.oldest_unscored_seconds,
        )
        ages = GaugeMetricFamily("kinwatch_tick_age_seconds", "Since each engine moved.", labels=["engine"])
        for name, age in health.ticks.items():
            ages.add_metric([name], float("inf") if age is None else age)
        yield ages
        limits = GaugeMetricFamily(
            "kinwatch_tick_limit_seconds", "At which age an engine stands still.", labels=["engine"]
        )
        for name in health.ticks:
            limits.add_metric([name], limit_of(name).total_seconds())
        yield limits
        yield GaugeMetricFamily(
            "kinwatch_rounds_taken_up",
            "Rounds of the last minute that workers, beat or Redis were not there for.",
            len(health.taken_up),
        )
        failing = GaugeMetricFamily("kinwatch_failing_steps", "Of its last round.", labels=["engine"])
        for name, steps in health.failing.items():
            failing.add_metric([name], len(steps))
        yield failing
        down = GaugeMetricFamily(
            "kinwatch_routes_down", "Routes of the provider that fail.", labels=["route"]
        )
        for route in routes_down():
            down.add_metric([route], 1)
        yield down
        used = budget_is_used(timezone.now())
        yield GaugeMetricFamily("kinwatch_text_budget_used", "The month's budget of texts is used.", used)
        waiting = GaugeMetricFamily("kinwatch_open_escalations", "Waiting for a person.", labels=["level"])
        for level, count in open_escalations_by_level().items():
            waiting.add_metric([level], count)
        yield waiting


REGISTRY.register(Backlog())


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """With METRICS_TOKEN set: for its bearer. Without: for this machine itself, not through a proxy."""
    given = request.headers.get("Authorization", "")
    if not (holds_token(given) if settings.METRICS_TOKEN else _is_local(request)):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response


def holds_token(given: str) -> bool:
    """Whether this header brings METRICS_TOKEN."""
    return compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


def _is_local(request: HttpRequest) -> bool:
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and CAME_FORWARDED not in request.META
