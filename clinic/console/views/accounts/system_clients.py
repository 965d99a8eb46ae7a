"""The other systems that read a clinic's records. A session that lies open lets none in."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
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
from clinic.console.forms.accounts.system_clients import KeysForm, SystemClientForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models import SystemClient
from clinic.queries.watch import system_clients as query
from clinic.services.accounts import system_clients
from clinic.services.accounts.system_clients import SystemRefused

WRONG = 422
# Under which field, and what.
_REFUSALS: dict[str, tuple[str, str | Promise]] = {
    "one": ("address", gettext_lazy("Give its address or its keys, and not both.")),
    "address": (
        "address",
        gettext_lazy(
            "Write it as https://host.example/path, without a user name, a number in place of a name or "
            "a port."
        ),
    ),
    "inside": (
        "address",
        gettext_lazy(
            "That name leads to a machine that is not on the internet. Ask your operator to name the "
            "host in LISTENER_INSIDE_HOSTS."
        ),
    ),
    "json": (
        "document",
        gettext_lazy("This cannot be read. Paste all of it, from the first { to the last }."),
    ),
    "shape": ("document", gettext_lazy('This is no JSON Web Key Set. It begins with "keys".')),
    "secret": (
        "document",
        gettext_lazy(
            "This holds a private key. Nothing was kept. Tell its maker that the key has been seen, and ask "
            "for the public one of a new pair."
        ),
    ),
    "unusable": (
        "document",
        gettext_lazy("No key in it can be used. It needs RSA of 2048 bits or P-384, each with a name (kid)."),
    ),
    "many_keys": ("document", gettext_lazy("These are too many keys.")),
    "kinds": ("kinds", gettext_lazy("Choose what it may read.")),
    "taken": ("name", gettext_lazy("A system of this name is on the list already.")),
    "many": ("name", gettext_lazy("There are ten already. End one that is not used any more.")),
}


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_CLINIC)
@reauthentication_required(allow_get=True)
def index(request: ConsoleRequest) -> HttpResponse:
    form = SystemClientForm(request.POST or None)
    slug = request.GET.get("clinic", "")
    if request.method == "POST" and form.is_valid():
        page = query.of_clinic(user=request.user, clinic_slug=slug)
        said = form.cleaned_data
        try:
            system_clients.register(
                clinic_id=page.clinic.pk,
                name=said["name"],
                kinds=said["kinds"],
                keys=system_clients.keys_from(address=said["address"], document=said["document"]),
                by=request.user,
                now=timezone.now(),
            )
        except SystemRefused as refused:
            _say(form, refused)
        else:
            messages.success(
                request, _("It may ask for tokens now. Give its maker what stands beside its name.")
            )
            return _back(page.clinic.slug)
    return _page(request, slug, form)


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_CLINIC)
def keys(request: ConsoleRequest, client_id: UUID) -> HttpResponse:
    # Before the password is asked for: whose it is not learns that there is nothing.
    client = system_clients.managed(client_id=client_id, by=request.user)
    answer: HttpResponse = _keys(request, client)
    return answer


@reauthentication_required(allow_get=True)
def _keys(request: ConsoleRequest, client: SystemClient) -> HttpResponse:
    form = KeysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            system_clients.replace_keys(
                client_id=client.pk,
                keys=system_clients.keys_from(**form.cleaned_data),
                by=request.user,
                now=timezone.now(),
            )
        except SystemRefused as refused:
            _say(form, refused)
        else:
            messages.success(request, _("The new keys count. The ones before open nothing more."))
            return _back(client.clinic.slug)
    context = {"desk": request.desk, "client": client, "form": form}
    return render(request, "console/accounts/system_keys.html", context, status=_status(form))


@require_POST
@console_page(Permission.MANAGE_CLINIC)
def end(request: ConsoleRequest, client_id: UUID) -> HttpResponse:
    client = system_clients.end(client_id=client_id, by=request.user, now=timezone.now())
    messages.success(request, _("That system reads nothing more."))
    return _back(client.clinic.slug)


def _page(request: ConsoleRequest, slug: str, form: SystemClientForm) -> HttpResponse:
    context = {
        "desk": request.desk,
        "page": query.of_clinic(user=request.user, clinic_slug=slug),
        "form": form,
        "fhir_address": f"{settings.PUBLIC_BASE_URL}/fhir",
    }
    return render(request, "console/accounts/system_clients.html", context, status=_status(form))


def _say(form: forms.Form, refused: SystemRefused) -> None:
    field, words = _REFUSALS[refused.code]
    form.add_error(field, str(words))


def _status(form: forms.Form) -> int:
    return WRONG if form.errors else 200


def _back(slug: str) -> HttpResponse:
    return redirect(f"{reverse('console_systems')}?clinic={slug}")
