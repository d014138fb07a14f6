"""Remote consultation: a sibling machine. The decision and the liability stay with the side that asks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.referrals.models.cases import Journey, Request
from lianyi.referrals.states import EntryMode, Side, Urgency
from lianyi.registry.models import Department, Institution


class ConsultationState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ASKED = "asked", _("asked")
    AWAITING_INFORMATION = "awaiting-information", _("more information asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    SCHEDULED = "scheduled", _("time set")
    IN_SESSION = "in-session", _("in session")
    OPINION_ISSUED = "opinion-issued", _("opinion signed")
    READ = "read", _("read by the asking side")
    CLOSED = "closed", pgettext_lazy("state of a referral", "closed")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no-show", _("somebody did not come")
    EXPIRED = "expired", _("expired")


class Consultation(ProvenancedRecord):
    """An opinion asked of another institution about a patient who stays where they are."""

    class Kind(models.TextChoices):
        ADVICE = "advice", _("written advice")
        LIVE = "live", _("live, by sound and picture")
        EMERGENCY = "emergency", _("emergency")
        MULTI_SPECIALIST = "multi_specialist", _("several specialties")

    class Followed(models.TextChoices):
        YES = "yes", _("followed")
        PARTLY = "partly", _("followed in part")
        NO = "no", _("not followed")

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="consultations")
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices)
    state = models.CharField(
        _("state"),
        max_length=24,
        choices=ConsultationState.choices,
        default=ConsultationState.DRAFT,
        editable=False,
    )
    is_open = models.BooleanField(default=True, editable=False)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    from_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="asked_consultations", verbose_name=_("asking side")
    )
    from_department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="given_consultations", verbose_name=_("asked of")
    )
    specialties = models.JSONField(_("specialties"), default=list)
    question = models.TextField(_("question"))
    packet = models.JSONField(_("content"), default=dict)
    age_band = models.CharField(_("age"), max_length=12, blank=True)
    sex = models.CharField(_("sex"), max_length=8, blank=True)
    has_consent = models.BooleanField(_("the patient or family agrees"), default=False)
    policy = models.CharField(max_length=64)
    ball_side = models.CharField(_("whose move"), max_length=12, choices=Side.choices, blank=True, editable=False)
    ball_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consultations_to_move",
        editable=False,
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    expert = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    scheduled_for = models.DateTimeField(_("time of the session"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("opinion signed at"), null=True, blank=True)
    followed = models.CharField(_("opinion followed"), max_length=8, choices=Followed.choices, blank=True)
    followed_why = models.TextField(_("why"), blank=True)
    converted_to = models.OneToOneField(
        Request, on_delete=models.PROTECT, null=True, blank=True, related_name="from_consultation"
    )
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_institution=F("from_institution")), name="consultation_asks_elsewhere"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ball_institution", "due_at"], name="consultation_to_move", condition=~Q(ball_side="")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("referrals:consultation", args=[self.pk])


class ConsultationEvent(models.Model):
    """One step of a consultation. Rows are only ever added."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(max_length=24, choices=ConsultationState.choices, blank=True)
    to_state = models.CharField(max_length=24, choices=ConsultationState.choices)
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    entry_mode = models.CharField(max_length=16, choices=EntryMode.choices, default=EntryMode.LIVE)
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    text = models.TextField(_("in words"), blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a consultation")
        ordering = ["consultation_id", "id"]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.step}"


class Opinion(models.Model):
    """A signed opinion or an addendum to one. It is never changed."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="opinions")
    text = models.TextField(_("opinion"))
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"))
    sha256 = models.CharField(max_length=64)
    adds_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="addenda")

    class Meta:
        verbose_name = _("opinion")
        ordering = ["consultation_id", "id"]

    def __str__(self) -> str:
        return f"opinion {self.pk}"
