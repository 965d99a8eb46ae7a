"""The staff's own account: sign-in, and a page that says what they can do here."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from clinic.access import Permission, clinics_with
from clinic.console.staff_only import not_for_family
from clinic.queries.core.staff_roles import roles_of
from notifications.providers.chosen import push_key
from notifications.queries import push_targets


def sign_in(request: HttpRequest) -> HttpResponse:
    """Staff sign-in. Somebody signed in as family is sent to their own pages."""
    if request.user.is_authenticated and not request.user.is_staff_member:
        return redirect("caregiver_home")
    response: HttpResponse = allauth_views.login(request)
    return response


@never_cache
@not_for_family
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Who am I here, what can I do, how do I sign in."""
    return render(
        request,
        "account/home.html",
        {
            "roles": roles_of(request.user),  # type: ignore[arg-type]
            "may_watch": clinics_with(request.user, Permission.WATCH_CONSOLE).exists(),
            "push_key": push_key(),
            "devices": push_targets(request.user.pk),  # type: ignore[arg-type]
            "may_write": clinics_with(request.user, Permission.EDIT_CONTENT).exists(),
            "may_approve": clinics_with(request.user, Permission.APPROVE_RED_FLAGS).exists(),
        },
    )


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Operators sign in like all staff. Who is signed in and still sent here is no operator."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or "/admin/")
