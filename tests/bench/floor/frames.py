"""The least that a live line can cost: a Celery task that tells a group, and a socket that is in it."""

import os
from typing import Any

import django
from celery import Celery
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings

REDIS = os.environ["REDIS_URL"]

settings.configure(
    SECRET_KEY="only-for-a-bench-on-this-machine",
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS]}}
    },
)
django.setup()

from asgiref.sync import async_to_sync  # noqa: E402

app = Celery("floor", broker=REDIS)
app.conf.task_default_queue = "floor"


@app.task(name="floor.tell")
def tell(about: str) -> None:
    async_to_sync(get_channel_layer().group_send)("all", {"type": "told", "about": about})


class Line(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add("all", self.channel_name)
        await self.accept()

    async def told(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["about"])


application = Line.as_asgi()
