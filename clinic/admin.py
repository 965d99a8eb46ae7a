"""The operators' admin: clinics, staff, on-call lists. No clinical record is shown or changed here."""

from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clinic.models import AccessRequest, Clinic, OnCall, Protocol, Staff, User
from clinic.models.access_request import AccessKind
from clinic.queries.desk import leaving as leaving_query
from clinic.queries.desk import leaving_words
from clinic.rules.core.zones import zone_names
from clinic.services.accounts import access_requests, leaving, operators
from clinic.services.core import released_numbers
from clinic.services.rota import coverage, shifts, standing_list

# What other packages bring along goes: a second factor that is deleted here would be reset by one person
# alone, and their pages answer some input with a fault. Their own modules register these, so they come first.
for _module in (
    "allauth.account.admin",
    "allauth.mfa.admin",
    "allauth.socialaccount.admin",
    "allauth.usersessions.admin",
    "taggit.admin",
):
    import_module(_module)
admin.site.unregister(list(admin.site._registry))
admin.site.site_title = settings.PRODUCT_NAME
admin.site.site_header = format_lazy("{} · {}", settings.PRODUCT_NAME, _("Operators"))
admin.site.index_title = _("Clinics, staff and the standing lists")


class NewStaffUserForm(AdminUserCreationForm):
    """A new sign-in for staff; caregivers come in by invitation only."""

    class Meta:
        model = User
        fields = ("email", "name")


class StaffUserForm(UserChangeForm):
    """Changes a sign-in of staff."""

    time_zone = forms.ChoiceField(choices=[(zone, zone) for zone in zone_names()])

    class Meta:
        model = User
        fields = ("email", "name", "language", "time_zone", "is_active", "is_staff", "is_superuser")


class _Chosen(AutocompleteSelect):
    """Shows a form again whatever was sent in it: Django's own would look for a key that none can be."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if self._may_be_key(one)], attr)

    def _may_be_key(self, given: str) -> bool:
        key = self.field.remote_field.model._meta.pk
        try:
            key.to_python(given)
        except ValidationError:
            return False
        return True


class _Chooses(BaseModelAdmin):
    """What is chosen by typing is chosen by ours."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = _Chosen(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class _BeginsEmpty(admin.ModelAdmin):
    """No address fills a form in: Django would look for whatever stands there."""

    def get_changeform_initial_data(self, _request: HttpRequest) -> dict[str, Any]:
        return {}


class _Kept(_Chooses, _BeginsEmpty):
    """Rows of the record are ended, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _record(
    record: Callable[..., None], request: HttpRequest, fields: Collection[str], change: bool, **subject: Any
) -> None:
    record(fields=fields, is_new=not change, by=request.user, now=timezone.now(), **subject)


def _ending(staff: Staff) -> str:
    """What ending a role would do, gaps first."""
    found = leaving_query.of_staff(staff, now=timezone.now())
    return " ".join([*leaving_words.gaps_made(found), *leaving_words.what_ends(found)])


def _warn_of_gaps(admin_page: admin.ModelAdmin, request: HttpRequest, roles: Any) -> None:
    """Called before the roles end: afterwards a gap is there already, and no longer made by it."""
    for staff in roles.select_related("user", "clinic"):
        found = leaving_query.of_staff(staff, now=timezone.now())
        for gap in leaving_words.gaps_made(found):
            admin_page.message_user(request, f"{staff.clinic}: {gap}", messages.WARNING)


_REFUSED = {
    "own": _("Nobody gives access to themselves. Your own password is changed on Your account."),
    "asked_already": _("This has been asked for already."),
    "second_person": _("A second person has to agree: not you, and not the one who gets in."),
    "lead_needed": _("A lead of the clinic has to agree."),
    "closed": _("This request is closed."),
    "cannot": _("It cannot be done any more: somebody has this role or this address."),
}


def _ask(admin_page: admin.ModelAdmin, request: HttpRequest, **wanted: Any) -> None:
    try:
        access_requests.ask(by=request.user, now=timezone.now(), **wanted)  # type: ignore[arg-type]
    except access_requests.RequestRefused as refused:
        admin_page.message_user(request, _REFUSED[refused.code], messages.ERROR)
    else:
        words = _("Nothing has changed yet: a lead of %(clinic)s has to agree.") % wanted
        admin_page.message_user(request, words, messages.WARNING)


@admin.register(User)
class StaffUserAdmin(_BeginsEmpty, UserAdmin):
    form, add_form = StaffUserForm, NewStaffUserForm
    list_display = ("email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Person"), {"fields": ("language", "time_zone")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "closing_ends")}),
    )
    readonly_fields = ("closing_ends",)
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Family members are not operators' business."""
        return super().get_queryset(request).filter(email__isnull=False)

    @admin.display(description=_("closing this sign-in"))
    def closing_ends(self, user: User) -> str:
        roles = Staff.objects.filter(user=user, ended_at__isnull=True).select_related("user", "clinic")
        return format_html_join("", "<p><strong>{}</strong> {}</p>", ((r.clinic, _ending(r)) for r in roles))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change and "email" in form.changed_data:
            self._ask_for_address(request, obj, form)
        closes = change and "is_active" in form.changed_data and not obj.is_active
        if closes:
            # Closed by the service below, with everything that hangs on it.
            obj.is_active = True
        super().save_model(request, obj, form, change)
        fields = [name for name in form.changed_data if not (closes and name == "is_active")]
        _record(operators.record_sign_in, request, fields, change, user=obj)
        if closes:
            _warn_of_gaps(self, request, obj.staff_roles.filter(ended_at__isnull=True))
            leaving.close_sign_in(user=obj, by=request.user, now=timezone.now())  # type: ignore[arg-type]

    def _ask_for_address(self, request: HttpRequest, user: User, form: Any) -> None:
        """With a role somewhere, the address waits for a second person and the rest is saved."""
        clinic = access_requests.clinic_to_ask(user)
        if clinic is None:
            return
        address, user.email = user.email, form.initial["email"]
        form.changed_data.remove("email")
        _ask(self, request, clinic=clinic, user=user, kind=AccessKind.ADDRESS, value=address)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Of somebody with a role it waits for a second person; that no password opens any more does not."""
        user = self.get_object(request, unquote(id))
        clinic = access_requests.clinic_to_ask(user) if user else None
        if request.method == "POST" and user and clinic and self.has_change_permission(request, user):
            form = self.change_password_form(user, request.POST)
            if form.is_valid() and form.cleaned_data["set_usable_password"]:
                value = make_password(form.cleaned_data["password1"])
                _ask(self, request, clinic=clinic, user=user, kind=AccessKind.PASSWORD, value=value)
                return HttpResponseRedirect(reverse("admin:clinic_user_change", args=[user.pk]))
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HttpResponseRedirect.status_code:
            _record(operators.record_sign_in, request, ["password"], True, user=User.objects.get(pk=id))
        return response

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnCallForm(forms.ModelForm):
    """One line of the standing list; whoever is put on it must count as coverage, as on a shift."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        staff = cleaned.get("staff")
        if staff is None or self.errors or not self.has_changed():
            return cleaned
        try:
            if staff.clinic_id != self.instance.clinic_id:
                raise shifts.WrongRole
            standing_list.require_eligible(clinic=staff.clinic, staff=staff, now=timezone.now())
        except shifts.WrongRole:
            self.add_error("staff", _("Only a nurse or a physician with a current role at this clinic."))
        except shifts.NotReachable:
            self.add_error(
                "staff", _("This person's number is not verified, or their last test is too long ago.")
            )
        return cleaned


class OnCallInline(_Chooses, admin.TabularInline):
    model = OnCall
    form = OnCallForm
    extra = 0
    autocomplete_fields = ("staff",)


@admin.register(Clinic)
class ClinicAdmin(_Kept):
    list_display = ("name", "slug", "time_zone", "line_phone")
    prepopulated_fields = {"slug": ("name",)}
    exclude = ("live_version", "filled_layers", "call_code_required")
    inlines = (OnCallInline,)

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _record(operators.record_clinic, request, form.changed_data, change, clinic=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            standing_list.follow_up_change(clinic=form.instance, by=request.user, now=timezone.now())  # type: ignore[arg-type]


@admin.register(Staff)
class StaffAdmin(_Kept):
    list_display = ("user", "clinic", "role", "phone", "ended_at")
    list_filter = ("clinic", "role")
    search_fields = ("user__name", "user__email")
    autocomplete_fields = ("user",)
    exclude = ("created_at",)

    @admin.display(description=_("if the role ends now"))
    def ending(self, staff: Staff) -> str:
        return _ending(staff)

    def save_model(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:
        """A moment in "ended at" ends the role now; an ended one cannot be changed or opened again.

        A new one waits for a lead, where the clinic has people: then nothing is saved here.
        """
        if not change and (obj.user == request.user or access_requests.needs_second_for_role(obj.clinic)):
            wanted = {"clinic": obj.clinic, "user": obj.user, "role": obj.role, "phone": obj.phone}
            _ask(self, request, kind=AccessKind.ROLE, **wanted)
            return
        ends, obj.ended_at = bool(obj.ended_at), None
        if "phone" in form.changed_data:
            # Only the person can prove a number, on "My shifts".
            obj.phone_verified_at = obj.phone_tested_at = None
        super().save_model(request, obj, form, change)
        _record(operators.record_role, request, form.changed_data, change, staff=obj)
        if "phone" in form.changed_data:
            released_numbers.release(old=str(form.initial.get("phone") or ""), now=timezone.now())
            coverage.check_clinic(clinic=obj.clinic, now=timezone.now())
        if ends:
            _warn_of_gaps(self, request, Staff.objects.filter(pk=obj.pk))
            leaving.end_role(staff_id=obj.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]

    def log_addition(self, request: HttpRequest, obj: Staff, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(self, request: HttpRequest, obj: Staff, post_url_continue: str | None = None) -> Any:
        if obj._state.adding:
            return HttpResponseRedirect(reverse("admin:clinic_staff_changelist"))
        return super().response_add(request, obj, post_url_continue)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who, where and as what stays: another role is a new row, and the old one ends."""
        return ("user", "clinic", "role", "ending") if obj else ()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        never = ("created_at", "ended_by", "phone_verified_at", "phone_tested_at")
        return never if obj else (*never, "ended_at")


@admin.register(AccessRequest)
class AccessRequestAdmin(_Kept):
    """What waits for a lead. Another operator agrees where a clinic has no other lead; any may withdraw."""

    list_display = ("user", "kind", "role", "clinic", "asked_by", "asked_at")
    list_display_links = None
    actions = ("agree", "withdraw")

    def get_queryset(self, request: HttpRequest) -> Any:
        return access_requests.open_ones().select_related("user", "clinic", "asked_by")

    @admin.action(description=_("Agree, as the second person"))
    def agree(self, request: HttpRequest, rows: Any) -> None:
        self._decide(access_requests.agree, request, rows)

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, rows: Any) -> None:
        self._decide(access_requests.withdraw, request, rows)

    def _decide(self, act: Callable[..., Any], request: HttpRequest, rows: Any) -> None:
        for row in rows:
            try:
                act(request_id=row.pk, by=request.user, now=timezone.now())
            except access_requests.RequestRefused as refused:
                self.message_user(request, _REFUSED[refused.code], messages.ERROR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Protocol)
class ProtocolAdmin(_Kept):
    """To see which versions a clinic has published; `manage.py publish_protocol` publishes."""

    list_display = ("clinic", "code", "latest")

    @admin.display(description=_("latest version"))
    def latest(self, protocol: Protocol) -> int | None:
        return protocol.versions.order_by("-number").values_list("number", flat=True).first()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
