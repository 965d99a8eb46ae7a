"""Celery and Channels. Numbers and their reasons: docs/architecture.md, "Jobs and live push"."""

from typing import Any

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
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"

# The tick drains every table of due work; see clinic/tasks.py and notifications/tasks.py.
CELERY_BEAT_SCHEDULE = {
    "clinic-tick": {"task": "clinic.tasks.tick", "schedule": 10.0, "options": {"expires": 10}},
    "notifications-tick": {"task": "notifications.tasks.tick", "schedule": 10.0, "options": {"expires": 10}},
    "console-heartbeat": {"task": "clinic.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "clinic-shifts": {"task": "clinic.tasks.watch_shifts", "schedule": 30.0, "options": {"expires": 30}},
    # Whoever watches from outside alarms when two of these are missed.
    "clinic-audit": {"task": "clinic.tasks.audit", "schedule": 120.0, "options": {"expires": 120}},
    "clinic-ledger": {"task": "clinic.tasks.keep_ledger", "schedule": 900.0, "options": {"expires": 900}},
    "clinic-rota": {"task": "clinic.tasks.check_rota", "schedule": 3600.0, "options": {"expires": 3600}},
    "caregiver-guidance": {
        "task": "caregiver.tasks.guidance_tick",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "clinic-plan": {"task": "clinic.tasks.plan", "schedule": 300.0, "options": {"expires": 300}},
    "clinic-rehearse": {"task": "clinic.tasks.rehearse", "schedule": 60.0, "options": {"expires": 60}},
    "caregiver-clear": {
        "task": "caregiver.tasks.clear_leftovers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}


def broker(url: str | None) -> dict[str, Any]:
    """Broker settings: a real one where an address is given, else in memory in this process."""
    if not url:
        return {"url": "memory://localhost/", "options": {"polling_interval": 0.02}}
    if not url.startswith(("redis", "rediss")):
        return {"url": url, "options": {}}
    # Time-outs bound what a hung Redis can cost a request; visibility is longer than any task.
    options = {
        "visibility_timeout": 120,
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
CELERY_BROKER = broker(env.text("CELERY_BROKER_URL", REDIS_URL))
CELERY_BROKER_URL = CELERY_BROKER["url"]
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER["options"]
CHANNEL_LAYERS = channel_layers(REDIS_URL)


def caches(url: str | None) -> dict[str, Any]:
    """Rate limits need one store for all processes: Redis, or the one embedded process's memory."""
    if url:
        return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


CACHES = caches(REDIS_URL)
