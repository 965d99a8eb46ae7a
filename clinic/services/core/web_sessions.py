"""Sessions of browsers: what a person had open, and forms that were kept until they sign in."""

import json
from collections.abc import Collection
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session


def end(*, user_ids: Collection[UUID], mentioning: Collection[object] = ()) -> int:
    """End every session of these people, and every one in which one of these ids stands; returns how many.

    A session does not say whose it is before it is opened, so all that have not run out are opened.
    """
    owners = {str(pk) for pk in user_ids}
    words = [str(one) for one in mentioning]
    ended = []
    for session in Session.objects.iterator(chunk_size=500):
        kept = session.get_decoded()
        text = json.dumps(kept, default=str)
        if kept.get(SESSION_KEY) in owners or any(word in text for word in words):
            ended.append(session.pk)
    Session.objects.filter(pk__in=ended).delete()
    return len(ended)
