"""The other systems that a clinic tells of events. A secret is shown in the answer that made it, once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import Permission
from clinic.console.forms.core.listeners import ListenerForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.watch import listeners as query
from clinic.services.watch import listeners

WRONG = 422
_REFUSALS: dict[str, str | Promise] = {
    "address": gettext_lazy(
        "Write it as https://host.example/path, without a user name, a number in place of a name or a port."
    ),
    "inside": gettext_lazy(
        "That name leads to a machine that is not on the internet. Ask your operator to name the host in "
        "LISTENER_INSIDE_HOSTS."
    ),
    "taken": gettext_lazy("This address is on the list already."),
    "many": gettext_lazy("There are ten already. End one that is not used any more."),
}


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_CLINIC)
def index(request: ConsoleRequest) -> HttpResponse:
    form = ListenerForm(request.POST or None)
    page = query.of_clinic(user=request.user, clinic_slug=request.GET.get("clinic", ""), now=timezone.now())
    if request.method == "POST" and form.is_valid():
        try:
            made = listeners.register(
                clinic_id=page.clinic.pk,
                address=form.cleaned_data["address"],
                by=request.user,
                now=timezone.now(),
            )
        except listeners.AddressRefused as refused:
            form.add_error("address", str(_REFUSALS[refused.code]))
        else:
            return _page(request, page.clinic.slug, ListenerForm(), made)
    return _page(request, page.clinic.slug, form)


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def renew(request: ConsoleRequest, listener_id: UUID) -> HttpResponse:
    made = listeners.renew_secret(listener_id=listener_id, by=request.user, now=timezone.now())
    return _page(request, made.listener.clinic.slug, ListenerForm(), made)


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def send_test(request: ConsoleRequest, listener_id: UUID) -> HttpResponse:
    listener = listeners.send_test(listener_id=listener_id, by=request.user, now=timezone.now())
    messages.success(request, _("A test event goes the way of all others. Look here again in two minutes."))
    return _back(listener.clinic.slug)


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def end(request: ConsoleRequest, listener_id: UUID) -> HttpResponse:
    listener = listeners.end(listener_id=listener_id, by=request.user, now=timezone.now())
    messages.success(request, _("That system is told nothing more."))
    return _back(listener.clinic.slug)


def _page(
    request: ConsoleRequest, slug: str, form: ListenerForm, made: listeners.MadeListener | None = None
) -> HttpResponse:
    page = query.of_clinic(user=request.user, clinic_slug=slug, now=timezone.now())
    context = {"desk": request.desk, "page": page, "form": form, "made": made}
    return render(request, "console/core/listeners.html", context, status=WRONG if form.errors else 200)


def _back(slug: str) -> HttpResponse:
    return redirect(f"{reverse('console_listeners')}?clinic={slug}")
