"""What watches the watchers: alarms about the system itself, ticks, and consoles that really watch."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AlarmKind(models.TextChoices):
    """Why staff must not rely on the screen alone."""

    UNSCORED = "unscored", _("A report has not been scored")
    NO_ON_CALL = "no_on_call", _("Nobody is on call")
    NO_ROLE_ON_CALL = "no_role_on_call", _("Nobody of a role that must answer is on call")
    PAGE_FAILED = "page_failed", _("A page could not be delivered")
    OPTED_OUT = "opted_out", _("A family stopped our texts: call them")
    NO_NIGHT_WATCH = "no_night_watch", _("A family has not said who is awake tonight")
    TEXT_RECEIVED = "text_received", _("A text message came in that nobody has read")
    HELP_ASKED = "help_asked", _("A family asks for a person by text: call them now")
    DEATH_TOLD = "death_told", _("A family's text may tell of a death: read it now")
    STOP_ASKED = "stop_asked", _("A family may want no more texts: ask them")
    NUMBER_BAD = "number_bad", _("A family's phone number does not work")
    NUMBER_SILENT = "number_silent", _("A text did not reach a family")
    STAFF_NUMBER = "staff_number", _("Texts do not reach a member of the team")
    TEXTS_HELD = "texts_held", _("Texts are not going out")
    PROVIDER_DOWN = "provider_down", _("Texts or calls are not going out: watch this page")
    BUDGET_LOW = "budget_low", _("Most of this month's texts are used")
    BUDGET_OUT = "budget_out", _("This month's texts are used up: reminders have stopped")
    ROTA_GAP = "rota_gap", _("The rota has a gap")
    UNREACHABLE = "unreachable", _("A person on the rota cannot be reached for certain")
    SHIFT_UNCONFIRMED = "shift_unconfirmed", _("A shift has not been confirmed")
    DRILL_MISSED = "drill_missed", _("A test page was not answered")
    UNWATCHED = "unwatched", _("Nobody is watching the console")
    TEST_UNANSWERED = "test_unanswered", _("The weekly test was not answered")
    HANDOVER_UNSIGNED = "handover_unsigned", _("A shift handover is not signed yet")
    LEDGER_WRONG = "ledger_wrong", _("The count of pages does not add up")
    REPLAY_DIFFERS = "replay_differs", _("A stored report no longer gives the level that was stored")
    NOBODY_WATCHES = "nobody_watches", _("Nobody of this family can report any more: who watches now?")
    HOME_AGAIN = "home_again", _("Home from hospital: ask who helps now, their numbers and the next check-in")
    CALL_FAMILY = "call_family", _("This patient has died: somebody should call the family")
    TRANSFER_OFFERED = "transfer_offered", _("Another clinic offers to hand a patient over: answer it")
    TRANSFER_DECLINED = "transfer_declined", _("The other clinic does not take the patient over")
    AUDIT_BROKEN = "audit_broken", _("The audit trail does not hold")
    REFUSALS = "refusals", _("Somebody was often refused")
    ACCESS_GIVEN = "access_given", _("Access was given or changed here")
    SYSTEM_LET_IN = "system_let_in", _("A system that reads records was added, or has other keys")
    CODES_ASKED = "codes_asked", _("Somebody asks for many sign-in codes of a family")
    CODES_FLOOD = "codes_flood", _("Somebody asks for sign-in codes of many families")
    DEVICE_WAITS = "device_waits", _("A family's new phone waits: ask them, then confirm it")
    DEVICE_REFUSED = "device_refused", _("A family says that a phone which signed in is not theirs")
    PASSWORDS_TRIED = "passwords_tried", _("Somebody tries passwords of a member of the team")
    RULES_PUBLISHED = "rules_published", _("A protocol was published from the command line")
    EMERGENCY_ACCESS = "emergency_access", _("A record was opened in an emergency: look at it")
    ACCESS_ASKED = "access_asked", _("An operator asks for access here: agree or refuse")
    RISK_LOWERING = "risk_lowering", _("A lower risk waits for a second person")
    RISK_SUGGESTED = "risk_suggested", _("A higher risk is suggested: answer it")
    LISTENER_STUCK = "listener_stuck", _("Another system does not take what it is told")
    IMPORT_WAITS = "import_waits", _("The hospital's system sent something that a person must settle")


# What concerns who sees what: shown to whoever reads the audit, and ended by nobody else.
FOR_LEADS = frozenset(
    {
        AlarmKind.AUDIT_BROKEN,
        AlarmKind.REFUSALS,
        AlarmKind.ACCESS_GIVEN,
        AlarmKind.SYSTEM_LET_IN,
        AlarmKind.PASSWORDS_TRIED,
        AlarmKind.RULES_PUBLISHED,
        AlarmKind.EMERGENCY_ACCESS,
        AlarmKind.ACCESS_ASKED,
        AlarmKind.LISTENER_STUCK,
    }
)
# What waits for somebody's decision ends with it, and with no press of "Done".
WAITS_FOR_DECISION = frozenset(
    {
        AlarmKind.EMERGENCY_ACCESS,
        AlarmKind.ACCESS_ASKED,
        AlarmKind.RISK_LOWERING,
        AlarmKind.RISK_SUGGESTED,
        AlarmKind.IMPORT_WAITS,
    }
)


class SystemAlarm(models.Model):
    """One open alarm per clinic, kind and subject; cleared when the cause is gone or a person clears it."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=20, choices=AlarmKind.choices)
    # A reference, never clinical text: the id of a report, page, caregiver or member of staff.
    subject = models.CharField(max_length=80, blank=True)
    raised_at = models.DateTimeField(default=timezone.now)
    # When the leads last got a text about it (services/rota/coverage).
    leads_texted_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "subject"],
                condition=models.Q(cleared_at__isnull=True),
                name="alarm_open_once",
            ),
            # The program clears an alarm too, when its cause is gone; a person never without a time.
            models.CheckConstraint(
                name="alarm_cleared_by_with_at",
                condition=models.Q(cleared_by__isnull=True) | models.Q(cleared_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Tick(models.Model):
    """When each engine last finished a whole round; /health/engine and the console's banner read it."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class EngineRound(models.Model):
    """The last round of each engine, whole or not: when somebody began it, and what failed in it.

    Processes take turns by compare-and-set on `begun_at` (services/core/ticks.py).
    """

    name = models.CharField(max_length=30, primary_key=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # When a process last had to begin it because nobody had in time: workers, beat or broker were away.
    taken_up_at = models.DateTimeField(null=True, blank=True)
    # Steps as module.function, such as "reminders.remind_due"; never a word about a person.
    failing = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name


class ConsoleWatch(models.Model):
    """An open console with a heartbeat. Old rows mean that nobody is looking."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=200, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at:%H:%M:%S}"
