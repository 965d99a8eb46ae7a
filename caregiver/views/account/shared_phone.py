"""A phone that two people of a family share: each page knows who holds it now."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caregiver.services.account import sign_in as service
from caregiver.views.core import family_device, held_forms
from caregiver.views.core.gate import CaregiverRequest, caregiver_page
from clinic.access import NotVisible, get_cared_for
from clinic.models import Patient, User
from clinic.queries.patients import shared_numbers

# The number to which a code or a link was texted before this session was signed in.
_PROVEN = "proven_number"


def note_proven_number(request: HttpRequest) -> None:
    """Somebody has just been signed in by a text to their number."""
    request.session[_PROVEN] = str(request.user.phone or "") if request.user.is_authenticated else ""


def people_of(request: CaregiverRequest, patient: Patient) -> list[User]:
    """Who may hold this phone now; empty where nobody shares it, or no text has proven the number.

    A phone that waits names nobody.
    """
    if family_device.waits(request):
        return []
    if not request.user.phone or request.session.get(_PROVEN) != str(request.user.phone):
        return []
    return shared_numbers.sharers_of(user=request.user, patient=patient)


def hand_over(request: CaregiverRequest, patient: Patient, person_id: str) -> bool:
    """The one who was chosen holds the phone from now on; False where nobody was chosen who may."""
    people = {str(one.pk) for one in people_of(request, patient)}
    if person_id not in people:
        return False
    person = service.switch(by=request.user, to=UUID(person_id), patient_id=patient.pk, now=timezone.now())
    if person != request.user:
        # The same session goes on: it is the same phone, and a second tap must still find it.
        request.session[SESSION_KEY] = str(person.pk)
        request.session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        request.session.pop(held_forms.HELD_FORM_KEY, None)
        request.user = person
        family_device.note_sign_in(request, person)
    return True


@require_POST
@caregiver_page
def choose(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    """From the home page: "this is me"."""
    patient = get_cared_for(request.user, patient_id)
    if not hand_over(request, patient, request.POST.get("person", "")):
        raise NotVisible("user")
    messages.success(request, _("You go on as %(name)s.") % {"name": request.user.name})
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(target)
    return redirect("caregiver_patient", patient_id)
