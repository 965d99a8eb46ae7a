"""Celery and Channels. Numbers and their reasons: docs/architecture.md, "Jobs and live push"."""

from typing import Any

from kombu.entity import Exchange, Queue

from config import env

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_DB_REUSE_MAX = 100
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: a process that gave up after a long outage would be missing when the broker is back.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"


# What somebody waits for goes past what nobody does: ticks, pages, texts and emergencies are in the first,
# from which a worker takes while it holds something. Other reports and what works in parts wait in turn.
CELERY_TASK_DEFAULT_QUEUE, _IN_TURN = "celery", "in_turn"
CELERY_TASK_QUEUES = tuple(
    Queue(name, Exchange(name), routing_key=name)  # type: ignore[no-untyped-call]
    for name in (CELERY_TASK_DEFAULT_QUEUE, _IN_TURN)
)
_PATIENT = ("score_report", "rehearse", "replay", "apply_retention", "watch_audit", "plan", "keep_ledger")
CELERY_TASK_ROUTES = {f"clinic.tasks.{name}": {"queue": _IN_TURN} for name in _PATIENT}


def _every(task: str, seconds: int) -> dict[str, Any]:
    """A task that waits in the queue longer than its interval is thrown away: the next is there."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


# The name is that under which the task records its rounds. The tick drains every table of due work; see
# clinic/tasks.py and notifications/tasks.py. In this order any process takes them up (config/engine.py)
# when nobody else does.
CELERY_BEAT_SCHEDULE = {
    "clinic": _every("clinic.tasks.tick", 10),
    "notifications": _every("notifications.tasks.tick", 10),
    "shifts": _every("clinic.tasks.watch_shifts", 30),
    # Whoever watches from outside alarms when two of these are missed.
    "audit": _every("clinic.tasks.audit", 120),
    "caregiver": _every("caregiver.tasks.guidance_tick", 10),
    # A made-up report, taken back again (clinic/services/watch/self_test.py).
    "self_test": _every("clinic.tasks.self_test_engine", 300),
    "plan": _every("clinic.tasks.plan", 300),
    "rota": _every("clinic.tasks.check_rota", 300),
    "ledger": _every("clinic.tasks.keep_ledger", 900),
    "rehearsals": _every("clinic.tasks.rehearse", 60),
    # Once a night, in chunks.
    "replays": _every("clinic.tasks.replay", 60),
    # The audit's chain: sealed each minute, walked once a night.
    "seals": _every("clinic.tasks.watch_audit", 60),
    # Other systems that clinics told us to tell.
    "listeners": _every("clinic.tasks.send_events", 15),
    # What has been kept long enough, once a night, in parts.
    "retention": _every("clinic.tasks.apply_retention", 60),
    # Once a week and person, whenever it runs.
    "overdue_guidance": _every("caregiver.tasks.tell_of_overdue_guidance", 3600),
    "leftovers": _every("caregiver.tasks.clear_leftovers", 3600),
    # Last, because it is the one that needs Redis.
    "heartbeat": _every("clinic.tasks.heartbeat", 10),
}

# "on", or the address of a PostgreSQL where a database may be made: the newest dump is restored there weekly.
if RESTORE_DRILL := env.text("RESTORE_DRILL", ""):
    CELERY_BEAT_SCHEDULE["drill"] = _every("config.tasks.restore_drill", 3600)


def broker(url: str | None) -> dict[str, Any]:
    """Broker settings: a real one where an address is given, else in memory in this process."""
    if not url:
        return {"url": "memory://localhost/", "options": {"polling_interval": 0.02}}
    if not url.startswith(("redis", "rediss")):
        return {"url": url, "options": {}}
    # Time-outs bound what a hung Redis can cost a request; visibility is longer than any task.
    options = {
        "visibility_timeout": 120,
        "queue_order_strategy": "priority",
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        # kombu's own patience would cost every request 6 s when Redis is down; the tick is there anyway.
        "max_retries": 0,
    }
    return {"url": url, "options": options}


def channel_layers(url: str | None) -> dict[str, Any]:
    """Redis pub/sub survives a Redis restart with no socket lost; embedded needs the loop-safe layer."""
    if url:
        backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
        return {"default": {"BACKEND": backend, "CONFIG": {"hosts": [url]}}}
    backend = "config.channel_layer.LoopSafeInMemoryChannelLayer"
    return {"default": {"BACKEND": backend, "CONFIG": {"capacity": 1000}}}


REDIS_URL = env.text("REDIS_URL", "")
# Every process does what is due when no worker does (config/engine.py). Where there is only one process,
# worker and beat are threads of it.
ENGINE_FALLBACK = env.text("ENGINE_FALLBACK", "on" if REDIS_URL else "off") != "off"
CELERY_BROKER = broker(env.text("CELERY_BROKER_URL", REDIS_URL))
CELERY_BROKER_URL = CELERY_BROKER["url"]
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER["options"]
CHANNEL_LAYERS = channel_layers(REDIS_URL)


def caches(url: str | None) -> dict[str, Any]:
    """Rate limits need one store for all processes: Redis, or the one embedded process's memory."""
    if url:
        return {"default": {"BACKEND": "config.cache.CacheOrMemory", "LOCATION": url}}
    return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


CACHES = caches(REDIS_URL)
