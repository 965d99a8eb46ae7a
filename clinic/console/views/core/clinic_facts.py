"""What a clinic is here: its own facts, and what is left to do before the first patient is monitored."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import Permission, choose_clinic
from clinic.console.forms.core.clinic_facts import ClinicFactsForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.watch import setup_steps
from clinic.services.accounts import clinic_facts

WRONG = 422


@require_GET
@console_page(Permission.MANAGE_CLINIC)
def setup(request: ConsoleRequest) -> HttpResponse:
    page = setup_steps.of_clinic(
        user=request.user, clinic_slug=request.GET.get("clinic", ""), now=timezone.now()
    )
    return render(request, "console/core/setup.html", {"desk": request.desk, "page": page})


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_CLINIC)
def change(request: ConsoleRequest) -> HttpResponse:
    clinic, clinics = choose_clinic(request.user, request.GET.get("clinic", ""), Permission.MANAGE_CLINIC)
    form = ClinicFactsForm(request.POST or None, instance=clinic)
    if request.method == "POST" and form.is_valid():
        clinic_facts.change(
            clinic_id=clinic.pk,
            facts={name: form.cleaned_data[name] for name in clinic_facts.FACTS},
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Saved. Families read it from the next page on."))
        return redirect(f"{reverse('console_setup')}?clinic={clinic.slug}")
    # A form that was refused has written into its instance.
    clinic.refresh_from_db()
    page = {"clinic": clinic, "clinics": clinics}
    context = {"desk": request.desk, "page": page, "form": form}
    return render(request, "console/core/clinic_facts.html", context, status=WRONG if form.errors else 200)
