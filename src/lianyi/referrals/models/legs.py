"""What each candidate receiver was asked, every step that was taken, and what is said or shown beside the steps."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.referrals.models.cases import Request
from lianyi.referrals.models.partners import ExternalPartner
from lianyi.referrals.states import Disposition, EntryMode, LegState, Side, TaskStatus
from lianyi.registry.models import Department, Institution


class Leg(ProvenancedRecord):
    """What one candidate receiver was asked, and where it stands. Only the walk of the table changes its state."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="legs")
    number = models.PositiveSmallIntegerField(_("number"))
    from_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="sent_legs", verbose_name=_("sender")
    )
    to_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="received_legs",
        verbose_name=pgettext_lazy("side of a referral", "receiver"),
    )
    to_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    external_partner = models.ForeignKey(
        ExternalPartner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="legs",
        verbose_name=_("partner outside the network"),
    )
    task_status = models.CharField(max_length=16, choices=TaskStatus.choices, default=TaskStatus.DRAFT, editable=False)
    state = models.CharField(
        _("state"), max_length=24, choices=LegState.choices, default=LegState.DRAFT, editable=False
    )
    is_open = models.BooleanField(default=True, editable=False)
    held_from = models.CharField(max_length=24, blank=True, editable=False)
    cancel_asked = models.BooleanField(_("cancellation asked"), default=False, editable=False)
    ball_side = models.CharField(_("whose move"), max_length=12, choices=Side.choices, blank=True, editable=False)
    ball_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="legs_to_move",
        verbose_name=_("whose move"),
        editable=False,
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    responsible = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="legs_answered_for",
        verbose_name=_("answers for the patient"),
        editable=False,
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    departed_at = models.DateTimeField(_("departed"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    taken_over_at = models.DateTimeField(_("taken over"), null=True, blank=True)
    outcome_at = models.DateTimeField(_("outcome sent"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    expected_at = models.DateTimeField(_("expected"), null=True, blank=True)
    expected_return_on = models.DateField(_("expected return"), null=True, blank=True)
    contact = models.CharField(_("named contact"), max_length=120, blank=True)
    reservation = models.CharField(_("bed or appointment"), max_length=120, blank=True)
    reserved_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    no_shows = models.PositiveSmallIntegerField(_("times not come"), default=0)
    reschedules = models.PositiveSmallIntegerField(_("dates changed"), default=0)
    transport = models.JSONField(_("transport"), default=dict, blank=True)
    transport_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("transport by")
    )
    disposition = models.CharField(_("disposition"), max_length=16, choices=Disposition.choices, blank=True)
    alternative = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("alternative")
    )
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    entry_mode = models.CharField(_("entered"), max_length=16, choices=EntryMode.choices, default=EntryMode.LIVE)
    is_reopened = models.BooleanField(_("reopened"), default=False)
    was_accepted = models.BooleanField(default=False, editable=False)
    is_acknowledged = models.BooleanField(_("outcome read"), default=False)
    diverted_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="diverted_to"
    )

    class Meta:
        verbose_name = _("leg of a referral")
        verbose_name_plural = _("legs of referrals")
        ordering = ["request_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="leg_number_unique_in_request"),
            # The last word against two hospitals accepting one patient: the database itself allows one.
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(was_accepted=True, is_open=True),
                name="one_accepted_leg_per_request",
            ),
            models.CheckConstraint(
                condition=Q(to_institution__isnull=False) | Q(external_partner__isnull=False),
                name="leg_has_receiver",
            ),
            models.CheckConstraint(
                condition=Q(to_institution__isnull=True) | ~Q(to_institution=F("from_institution")),
                name="leg_goes_elsewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["ball_institution", "due_at"], name="leg_to_move", condition=~Q(ball_side="")),
            models.Index(fields=["to_institution", "state"], name="leg_received_open", condition=Q(is_open=True)),
            models.Index(fields=["from_institution", "state"], name="leg_sent_open", condition=Q(is_open=True)),
            models.Index(
                fields=["from_institution"], name="leg_to_reroute", condition=Q(is_open=False) & ~Q(ball_side="")
            ),
            models.Index(fields=["to_institution", "-sent_at"], name="leg_received"),
            models.Index(fields=["from_institution", "-sent_at"], name="leg_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}.{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("referrals:case", args=[self.pk])


class LegEvent(models.Model):
    """One step of a leg. Rows are only ever added; what happened and when it was written down are both kept."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="events")
    rule = models.CharField(max_length=4)
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(max_length=24, choices=LegState.choices, blank=True)
    to_state = models.CharField(max_length=24, choices=LegState.choices)
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    entry_mode = models.CharField(max_length=16, choices=EntryMode.choices, default=EntryMode.LIVE)
    spoken_by = models.CharField(_("said by"), max_length=120, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    text = models.TextField(_("in words"), blank=True)
    facts = models.JSONField(default=dict)
    command_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        ordering = ["leg_id", "id"]
        indexes = [models.Index(fields=["step", "occurred_at"])]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.step}"


class Question(ProvenancedRecord):
    """More information asked of the sender, with its answer."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("due"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        ordering = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Message(models.Model):
    """Free talk beside a case; it never changes a state."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="messages")
    text = models.TextField(_("message"))
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("message")
        ordering = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"message {self.pk}"


class ClosingProposal(ProvenancedRecord):
    """Another record shows that the patient is elsewhere, discharged or dead; whoever must move says what follows."""

    class Fact(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        DISCHARGED = "discharged", _("discharged")
        DIED = "died", _("died")
        ARRIVED = "arrived", _("arrived")

    class State(models.TextChoices):
        OPEN = "open", _("to be answered")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="proposals")
    fact = models.CharField(_("what was seen"), max_length=10, choices=Fact.choices)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("where")
    )
    happened_at = models.DateTimeField(_("happened"))
    source = models.CharField(_("source"), max_length=60)
    is_exact = models.BooleanField(_("certain match"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    apply_at = models.DateTimeField(_("applied by itself at"), null=True, blank=True)
    # A proposal that the case did not take when its time had come; ``failure`` is the code of the refusal.
    failed_at = models.DateTimeField(_("could not be applied"), null=True, blank=True)
    failure = models.CharField(_("why not"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("proposal to close")
        ordering = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class MergeConflict(ProvenancedRecord):
    """A decision from a device without network that met a leg already decided; a coordinator settles it."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="merge_conflicts")
    step = models.CharField(_("step"), max_length=24)
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(_("happened"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state_met = models.CharField(_("state met"), max_length=24, choices=LegState.choices)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settlement = models.TextField(_("how it was settled"), blank=True)

    class Meta:
        verbose_name = _("conflict of late entries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"conflict {self.pk}"
