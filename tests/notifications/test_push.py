import asyncio
import logging
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import channel_layers, get_channel_layer

from notifications import push


class BrokenLayer:
    async def group_send(self, group: str, event: dict[str, Any]) -> None:
        raise ConnectionError("redis is gone")


class HangingLayer:
    async def group_send(self, group: str, event: dict[str, Any]) -> None:
        await asyncio.sleep(60)


@pytest.fixture
def layer() -> Any:
    """Put another layer in place for one test."""

    def put(other: Any) -> None:
        channel_layers.set("default", other)

    before = get_channel_layer()
    yield put
    channel_layers.set("default", before)


@pytest.fixture(autouse=True)
def _asked_at_once() -> Any:
    """A layer that hung in one test is left in peace in no other."""
    yield
    push._rest.until = 0.0


@pytest.mark.django_db
def test_frame_reaches_the_group() -> None:
    async def listen_and_send() -> dict[str, Any]:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add("clinic.1", channel)
        await asyncio.to_thread(push.send, "clinic.1", {"ref": "r", "version": 7})
        return await asyncio.wait_for(layer.receive(channel), 5)

    event = async_to_sync(listen_and_send)()

    assert event == {"type": "live.frame", "frame": {"ref": "r", "version": 7}}


def test_broken_layer_is_logged_and_costs_nothing(layer: Any, caplog: pytest.LogCaptureFixture) -> None:
    layer(BrokenLayer())

    push.send("clinic.1", {"version": 7})

    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_hung_layer_is_given_up(layer: Any, caplog: pytest.LogCaptureFixture) -> None:
    layer(HangingLayer())

    push.send("clinic.1", {"version": 7})

    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [TimeoutError]


async def test_call_from_a_running_loop_does_not_raise(caplog: pytest.LogCaptureFixture) -> None:
    push.send("clinic.1", {"version": 7})

    assert len(caplog.records) == 1


def test_layer_that_hung_is_not_waited_for_at_every_frame(
    layer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    layer(HangingLayer())

    for version in range(50):
        push.send("clinic.1", {"version": version})

    assert len(caplog.records) == 1
