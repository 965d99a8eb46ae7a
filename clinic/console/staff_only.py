"""Keeps a family out of pages that are for staff alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def not_for_family(view: View) -> View:
    """Family sign in by a texted code and have no password here: for them these pages do not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.is_staff_member:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
