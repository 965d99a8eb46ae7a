"""The API tokens that somebody has made: seen once, named, ended at a press."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.console.forms.accounts.tokens import TokenForm
from clinic.console.staff_only import not_for_family
from clinic.services.core import tokens


@never_cache
@require_safe
@not_for_family
@login_required
def index(request: HttpRequest) -> HttpResponse:
    return _page(request, TokenForm())


@never_cache
@require_POST
@not_for_family
@login_required
@reauthentication_required
def make(request: HttpRequest) -> HttpResponse:
    """Shows the token in its answer and nowhere else; a session that lies open makes none."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = tokens.make_own(by=request.user, now=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
    except tokens.TooManyTokens:
        form.add_error(None, _("You have many tokens already. Revoke one that you do not use."))
        return _page(request, form, status=422)
    return _page(request, TokenForm(), made=made)


@require_POST
@not_for_family
@login_required
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    try:
        tokens.revoke(token_id=token_id, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except tokens.UnknownToken as error:
        raise Http404 from error
    messages.success(request, _("That token works no more."))
    return redirect("account_tokens")


def _page(request: HttpRequest, form: TokenForm, made: str = "", status: int = 200) -> HttpResponse:
    in_force = tokens.list_in_force(user=request.user, now=timezone.now())  # type: ignore[arg-type]
    context = {"form": form, "tokens": in_force, "made": made}
    return render(request, "account/tokens.html", context, status=status)
