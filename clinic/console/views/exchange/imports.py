"""What the hospital's systems have, brought in by a file: looked at, taken, and taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission
from clinic.console.forms.exchange.imports import ImportForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.rules.exchange.rows import Unreadable
from clinic.rules.exchange.verdicts import Source
from clinic.services.exchange import imports, looking, settling, undoing

WRONG = 422


@require_http_methods(["GET", "POST"])
@console_page(Permission.IMPORT_RECORDS)
def index(request: ConsoleRequest) -> HttpResponse:
    now = timezone.now()
    page = looking.open_list(by=request.user, clinic_slug=request.GET.get("clinic", ""), now=now)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = imports.stage(
                clinic=page.clinic,
                source=Source(form.cleaned_data["source"]),
                body=form.body(),
                by=request.user,
                now=now,
            )
        except Unreadable as wrong:
            form.add_trouble(wrong.trouble, wrong.about)
        except imports.ImportedBefore as taken:
            if not taken.is_other:
                messages.info(request, _("This file was taken before. This is what came of it."))
                return redirect("console_import", taken.import_id)
            form.add_error("file", _("Another bundle with the same identifier was taken before."))
        else:
            return redirect("console_import", found.pk)
    context = {"desk": request.desk, "page": page, "form": form}
    return render(request, "console/exchange/imports.html", context, status=WRONG if form.errors else 200)


@require_http_methods(["GET", "POST"])
@console_page(Permission.IMPORT_RECORDS)
def detail(request: ConsoleRequest, import_id: UUID) -> HttpResponse:
    """The preview, and afterwards what came of it. A press looks again, takes it, or tries again."""
    now = timezone.now()
    if request.method == "POST":
        another = frozenset(
            int(one) for one in request.POST.getlist("another") if one.isdecimal() and len(one) < 7
        )
        act = request.POST.get("act", "")
        try:
            if act == "take":
                imports.confirm(import_id=import_id, by=request.user, now=now)
                messages.success(request, _("Taken. This is what came of it."))
            elif act == "again":
                imports.try_again(import_id=import_id, another=another, by=request.user, now=now)
                messages.success(request, _("Tried again. This is what came of it."))
            else:
                imports.preview(import_id=import_id, another=another, by=request.user, now=now)
        except imports.Undone:
            messages.error(request, _("This import was taken back. Send the file again."))
        except imports.ImportedBefore as taken:
            messages.info(request, _("This file was taken before. This is what came of it."))
            return redirect("console_import", taken.import_id)
        return redirect("console_import", import_id)
    page = looking.open_import(import_id=import_id, by=request.user, now=now)
    return render(request, "console/exchange/import.html", {"desk": request.desk, "page": page})


@require_POST
@console_page(Permission.IMPORT_RECORDS)
def undo(request: ConsoleRequest, import_id: UUID) -> HttpResponse:
    try:
        undoing.undo(import_id=import_id, by=request.user, now=timezone.now())
    except undoing.NotCommitted:
        messages.error(request, _("Nothing of this is on record."))
        return redirect("console_import", import_id)
    kept = looking.open_import(import_id=import_id, by=request.user, now=timezone.now()).kept
    done = _("Taken back. Nothing of it is on record any more.")
    stayed = ngettext(
        "Taken back, except %(count)s row. It says why.",
        "Taken back, except %(count)s rows. Each says why.",
        kept,
    ) % {"count": kept}
    messages.success(request, stayed if kept else done)
    return redirect("console_import", import_id)


@require_GET
@console_page(Permission.MANAGE_PATIENTS)
def waiting(request: ConsoleRequest) -> HttpResponse:
    page = looking.open_waiting(
        by=request.user, clinic_slug=request.GET.get("clinic", ""), now=timezone.now()
    )
    return render(request, "console/exchange/waiting.html", {"desk": request.desk, "page": page})


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def settle(request: ConsoleRequest, row_id: UUID) -> HttpResponse:
    row = settling.settle(row_id=row_id, by=request.user, now=timezone.now())
    messages.success(request, _("Settled."))
    return redirect(f"{reverse('console_imports_waiting')}?clinic={row.clinic.slug}")
