"""The gate of every editor page: who may enter, which pages there are, and what its browser may load."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONCE, NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.datastructures import MultiValueDictKeyError
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.users.models import UserProfile

from caregiver.queries.guidance import rights
from clinic.models import User
from clinic.queries.desk import header
from clinic.rules.core import strict_json

View = Callable[..., HttpResponseBase]

# Of Wagtail's own pages only these; the tree of pages, sites, users, collections and settings stay shut.
OPEN = frozenset(
    {
        "guidance_home",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_dismissibles",
        "wagtailadmin_block_preview",
    }
)
OPEN_NAMESPACES = (
    "wagtailadmin_editing_sessions",
    "guidance",
    "guidance_variants",
    "guidance_review",
    "guidance_use",
    "pictures",
    "wagtailsnippetchoosers_caregiver_picture",
)

# Pictures are added on their own page, where uploads are written anew.
# A variant is begun from its shared page.
SHUT = frozenset({"wagtailsnippetchoosers_caregiver_picture:create", "guidance_variants:add"})

# Rows have numbers; some of the library's addresses take any text. So do the numbers of blocks in its forms.
_NUMBERED = frozenset({"pk", "object_id"})
_NUMBER = re.compile(r"[0-9]{1,15}")
_COUNTED = re.compile(r"-(count|order)$")

# No form is sent by these: the library's scripts send JSON, whatever its type says.
_OF_SCRIPTS = frozenset({"PUT", "PATCH"})

# Wagtail's editor writes inline styles and previews the page in a frame of its own site.
POLICY = {
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "script-src": [SELF, NONCE],
    "object-src": [NONE],
}


def editor_page(view: View) -> View:
    """Educators and physicians enter; visitors sign in, family finds nothing, others are told why."""

    @csp_replace(POLICY)
    @xframe_options_sameorigin
    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/cms/")
        if not user.is_staff_member:
            raise Http404
        if not rights.desk_clinics(user).exists():
            return render(
                request,
                "console/core/not_allowed.html",
                {"desk": header.of_user(user=user, now=timezone.now())},
                status=403,
            )
        if not _is_open(request):
            raise Http404
        _refuse_broken(request, kwargs)
        _refuse_others(request, user, kwargs)
        _keep_time_zone(user)
        try:
            return view(request, *args, **kwargs)
        except MultiValueDictKeyError as error:
            raise BadRequest("a field is missing that every form of the editor has") from error

    return gated


def _refuse_broken(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    """What no page of the editor asks for and the library would take as it comes: Http404, BadRequest."""
    if not all(_NUMBER.fullmatch(str(kwargs[name])) for name in _NUMBERED & kwargs.keys()):
        raise Http404
    # The chooser of several pictures names rows by it; nothing else does.
    if not all(_NUMBER.fullmatch(number) for number in request.GET.getlist("id")):
        raise BadRequest("rows are named by numbers")
    if any(_COUNTED.search(name) and not _NUMBER.fullmatch(request.POST[name]) for name in request.POST):
        raise BadRequest("blocks are counted with numbers")
    if request.content_type == "application/json" or request.method in _OF_SCRIPTS:
        try:
            strict_json.parse(request.body)
        except ValueError as error:
            raise BadRequest("no JSON that can be kept") from error
    # A word alone would be taken for the name of a view.
    if any(given.get("next", "/")[:1] not in {"/", ""} for given in (request.GET, request.POST)):
        raise BadRequest("the way back is an address of this site")


def _refuse_others(request: HttpRequest, user: User, kwargs: dict[str, Any]) -> None:
    """A variant of a clinic where the person neither writes nor signs is not there for them: Http404."""
    match = request.resolver_match
    is_about_one = match is not None and (
        "guidance_variants" in match.namespaces or str(match.url_name).endswith("_variant")
    )
    pk = kwargs.get("pk") if is_about_one else None
    if kwargs.get("model_name") == "guidancevariant":
        pk = kwargs.get("object_id")
    if pk is not None and not rights.variants_of(user).filter(pk=pk).exists():
        raise Http404


def _keep_time_zone(user: User) -> None:
    """Times in the editor are the person's own, as everywhere else."""
    profile = UserProfile.get_for_user(user)
    if profile.current_time_zone != user.time_zone:
        profile.current_time_zone = user.time_zone
        profile.save(update_fields=["current_time_zone"])


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or match.view_name in SHUT:
        return False
    return match.view_name in OPEN or any(name in OPEN_NAMESPACES for name in match.namespaces)
