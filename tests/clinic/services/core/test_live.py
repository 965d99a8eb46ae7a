from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from channels.layers import channel_layers
from django.db import transaction

from clinic.models import Clinic, ConsoleWatch
from clinic.services.core import live
from clinic.services.watch import presence
from config.channel_layer import LoopSafeInMemoryChannelLayer


@pytest.fixture
def listener(clinic):
    """A channel in the clinic's group, on the embedded layer; call it for the frames that have come in."""
    before, layer = channel_layers["default"], LoopSafeInMemoryChannelLayer()
    channel_layers.set("default", layer)
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(live.group_of(clinic.pk), channel)

    def frames() -> list[dict]:
        queue = layer.channels.get(channel)
        found = []
        while queue is not None and not queue.empty():
            found.append(queue.get_nowait()[1]["frame"])
        return found

    yield frames
    channel_layers.set("default", before)


@pytest.mark.django_db(transaction=True)
def test_frame_leaves_after_the_commit_and_carries_a_reference_only(clinic, listener, now):
    with transaction.atomic():
        version = live.publish_change(
            clinic_id=clinic.pk, kind="escalation.opened", ref="r1", level="urgent", now=now
        )
        before_commit = listener()

    assert before_commit == []
    assert listener() == [
        {
            "type": "escalation.opened",
            "ref": "r1",
            "version": version,
            "level": "urgent",
            "at": now.isoformat(),
            "change": f"{clinic.pk}:{version}",
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_rolled_back_change_is_neither_counted_nor_told(clinic, listener, now):
    with pytest.raises(RuntimeError), transaction.atomic():
        live.publish_change(clinic_id=clinic.pk, kind="x", ref="r1", level=None, now=now)
        raise RuntimeError

    assert listener() == []
    assert Clinic.objects.get(pk=clinic.pk).live_version == 0


def test_heartbeat_carries_the_version_to_every_clinic(clinic, other_clinic, listener, now):
    Clinic.objects.filter(pk=clinic.pk).update(live_version=7)

    live.heartbeat(now=now)

    assert [(frame["type"], frame["version"]) for frame in listener()] == [("heartbeat", 7)]


def test_watching_console_is_one_row_until_it_goes_or_falls_silent(clinic, nurse, now):
    for second in (0, 10):
        one = presence.Watch("one", clinic.pk, nurse.pk)
        presence.mark_present([one], now=now + timedelta(seconds=second))
    others = [presence.Watch(name, clinic.pk, nurse.pk) for name in ("two", "three")]
    presence.mark_present(others, now=now)
    presence.mark_gone(channel="three")

    presence.delete_stale(now=now + timedelta(seconds=45))

    assert list(ConsoleWatch.objects.values_list("channel", flat=True)) == ["one"]
