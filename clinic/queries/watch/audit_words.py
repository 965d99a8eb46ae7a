"""What an audit row says, in words, by the kind of act."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, tuple[str | Promise, dict[str, str | Promise]]] = {
    "looks": (
        _("Who looked"),
        {
            "patients.listed": _("Listed or searched patients"),
            "worklist.listed": _("Opened the worklist"),
            "escalations.listed": _("Listed alerts"),
            "patient.viewed": _("Opened the patient's page"),
            "clinic_transfer.viewed": _("Opened the offer of a patient"),
            "escalation.viewed": _("Opened an alert"),
            "report.viewed": _("Read a report"),
            "family_texts.viewed": _("Read the family's texts"),
            "writing.viewed": _("Looked at a written sentence"),
            "card_link.opened": _("Opened the emergency card by its code"),
            "audit.viewed": _("Looked at the audit"),
        },
    ),
    "refusals": (
        _("Refusals"),
        {
            "access.denied": _("Asked for what they may not see"),
            "access.refused": _("Tried what their role may not do"),
        },
    ),
    "sign_ins": (
        _("Signing in and out"),
        {
            "sign_in.done": _("Signed in"),
            "sign_out.done": _("Signed out"),
            "sign_in.failed": _("Sign-in failed"),
            "caregiver.signed_in": _("Family signed in"),
            "password.changed": _("Changed the password"),
            "factor.added": _("Added a second factor"),
            "factor.removed": _("Removed a second factor"),
            "factor.renewed": _("Made new recovery codes"),
            "factor.recovery_code_used": _("Used a recovery code"),
            "factor.failed": _("Second factor was wrong"),
            "desk.locked": _("Locked the desk"),
            "desk.unlocked": _("Unlocked the desk"),
            "desk.unlock_failed": _("Unlocking failed"),
        },
    ),
    "access": (
        _("Who may come in"),
        {
            "staff.added": _("Gave a role"),
            "staff.changed": _("Changed a role"),
            "staff.ended": _("Ended a role"),
            "user.added": _("Made a sign-in"),
            "user.changed": _("Changed a sign-in"),
            "sign_in.closed": _("Closed a sign-in"),
            "session.ended": _("Ended a session"),
            "family_device.arrived": _("Family signed in on a new phone"),
            "family_device.confirmed": _("Confirmed a family's phone"),
            "family_device.refused": _("Said that a phone is not the family's"),
            "family_device.ended": _("Signed a family's phone out"),
            "sign_ins.ended": _("Ended somebody's tokens and sessions"),
            "factor_reset.asked": _("Asked to take a second factor away"),
            "factor_reset.done": _("Took a second factor away, as the second person"),
            "factor_reset.withdrawn": _("Withdrew a request about a second factor"),
            "token.issued": _("Gave an API token"),
            "token.revoked": _("Revoked an API token"),
            "token.all_revoked": _("All API tokens of somebody ended"),
            "invitation.sent": _("Invited family by text"),
            "invitation.printed": _("Printed an invitation"),
            "invitation.redeemed": _("Family joined"),
            "invitation.revoked": _("Revoked an invitation"),
            "caregiver.number_changed": _("Family changed its own number"),
            "caregiver.renamed": _("Family changed its own name"),
            "caregiver.clock_changed": _("Family changed its own time zone"),
            "care_team.ended": _("Ended family's access"),
            "care_team.signed_out": _("Signed family out"),
            "clinic.added": _("Made the clinic"),
            "clinic.changed": _("Changed the clinic's settings"),
            "demo.loaded": _("Loaded the demo"),
        },
    ),
    "care": (
        _("Patients and alerts"),
        {
            "patient.enrolled": _("Enrolled the patient"),
            "patient.facts_changed": _("Changed what is known of the patient"),
            "patient.infusion_moved": _("Moved the day of infusion"),
            "patient.monitoring_started": _("Started monitoring"),
            "patient.paused": _("Paused monitoring"),
            "patient.resumed": _("Started monitoring again"),
            "patient.admitted": _("Recorded an admission to hospital"),
            "patient.discharged": _("Recorded a discharge"),
            "patient.relapsed": _("Recorded that the disease came back"),
            "patient.ended": _("Recorded the end of monitoring"),
            "patient.died": _("Recorded a death"),
            "patient.infused": _("Recorded an infusion"),
            "patient.transferred": _("Recorded a transfer to another clinic"),
            "patient.taken_over": _("Took the patient over from another clinic"),
            "clinic_transfer.offered": _("Offered the patient to another clinic"),
            "clinic_transfer.withdrawn": _("Withdrew an offer to another clinic"),
            "clinic_transfer.declined": _("Declined a patient of another clinic"),
            "clinic_transfer.accepted": _("Accepted a patient of another clinic"),
            "patient.event_taken_back": _("Took a life event back"),
            "patient.facts_corrected": _("Corrected facts"),
            "hold.placed": _("Placed a legal hold"),
            "hold.lifted": _("Lifted a legal hold"),
            "deletion.asked": _("Asked to delete a person"),
            "deletion.withdrawn": _("Withdrew a request to delete a person"),
            "deletion.done": _("Agreed to delete a person, as the second person"),
            "patient.erased": _("A patient's record was emptied"),
            "retention.applied": _("Data whose time was over went"),
            "person.erased": _("A caregiver's name and number were deleted"),
            "report.submitted": _("Sent a report"),
            "report.told": _("Entered a report for the family by telephone"),
            "phone_call.noted": _("Noted a call"),
            "escalation.opened": _("An alert was opened"),
            "escalation.report_attached": _("A report joined an alert"),
            "escalation.paged": _("Staff were paged"),
            "escalation.acknowledged": _("Took an alert"),
            "escalation.taken_over": _("Took an alert over"),
            "escalation.called": _("Logged a call to the family"),
            "escalation.noted": _("Wrote a note"),
            "escalation.lowered": _("Lowered a level"),
            "escalation.resolved": _("Closed an alert"),
            "escalation.reopened": _("Opened an alert again"),
            "alarm.cleared": _("An alarm about the system ended"),
        },
    ),
    "exports": (
        _("Exports"),
        {"audit.exported": _("Downloaded the audit"), "record.exported": _("Downloaded a patient's record")},
    ),
    "rules": (
        _("Rules and texts"),
        {
            "protocol_draft.started": _("Started a protocol draft"),
            "protocol_draft.saved": _("Saved a protocol draft"),
            "protocol_draft.submitted": _("Handed in a protocol draft"),
            "protocol_draft.approved": _("Approved a protocol draft"),
            "protocol_draft.sent_back": _("Sent a protocol draft back"),
            "protocol_draft.withdrawn": _("Withdrew a protocol draft"),
            "protocol.published": _("Published a protocol"),
            "ladder.changed": _("Changed who is paged when"),
        },
    ),
}
_WORDS = {action: words for _label, actions in KINDS.values() for action, words in actions.items()}


def in_words(action: str) -> str:
    """What was done; empty for an act that is shown by its code."""
    return str(_WORDS.get(action, ""))


def actions_of(kind: str) -> tuple[str, ...]:
    """The acts of a kind; none for a kind that does not exist."""
    return tuple(KINDS[kind][1]) if kind in KINDS else ()
