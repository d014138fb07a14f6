"""Remote consultation: a sibling machine. The decision and the liability stay with the side that asks."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.referrals.errors import OpinionSignedError
from lianyi.referrals.models.cases import Journey, Request, Sex
from lianyi.referrals.states import EntryMode, Side, Urgency
from lianyi.registry.models import Department, Institution


class ConsultationState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a consultation", "draft")
    ASKED = "asked", pgettext_lazy("state of a consultation", "asked")
    AWAITING_INFORMATION = "awaiting-information", pgettext_lazy("state of a consultation", "more information asked")
    ACCEPTED = "accepted", pgettext_lazy("state of a consultation", "accepted")
    DECLINED = "declined", pgettext_lazy("state of a consultation", "declined")
    SCHEDULED = "scheduled", pgettext_lazy("state of a consultation", "time set")
    IN_SESSION = "in-session", pgettext_lazy("state of a consultation", "in session")
    OPINION_ISSUED = "opinion-issued", pgettext_lazy("state of a consultation", "opinion signed")
    READ = "read", pgettext_lazy("state of a consultation", "read by the asking side")
    CLOSED = "closed", pgettext_lazy("state of a consultation", "closed")
    CANCELLED = "cancelled", pgettext_lazy("state of a consultation", "taken back")
    NO_SHOW = "no-show", pgettext_lazy("state of a consultation", "somebody did not come")
    EXPIRED = "expired", pgettext_lazy("state of a consultation", "expired")


class Consultation(ProvenancedRecord):
    """An opinion asked of another institution about a patient who stays where they are.

    The row holds what the expert side may know before it says yes; the content of the case is a row of its own.
    """

    class Kind(models.TextChoices):
        ADVICE = "advice", _("written advice")
        LIVE = "live", _("live, by sound and picture")
        EMERGENCY = "emergency", pgettext_lazy("kind of consultation", "emergency")
        MULTI_SPECIALIST = "multi_specialist", _("several specialties")

    class Followed(models.TextChoices):
        YES = "yes", _("followed")
        PARTLY = "partly", _("followed in part")
        NO = "no", _("not followed")

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="consultations")
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices)
    condition = models.CharField(_("green channel"), max_length=32, blank=True)
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
    coordinator = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        related_name="coordinated_consultations",
        verbose_name=_("coordinator"),
    )
    specialties = models.JSONField(_("specialties"), default=list)
    question = models.TextField(_("question"))
    age_band = models.CharField(_("age"), max_length=12, blank=True)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
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
    # How many posts of the ladder were called since the ball was handed over, and when the next one is.
    rung = models.PositiveIntegerField(_("rung of the ladder"), default=0, editable=False)
    next_call_at = models.DateTimeField(null=True, blank=True, editable=False)
    expert = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    scheduled_for = models.DateTimeField(_("time of the session"), null=True, blank=True)
    meeting = models.CharField(_("how to join"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    session_started_at = models.DateTimeField(_("session began"), null=True, blank=True)
    session_ended_at = models.DateTimeField(_("session ended"), null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(_("sessions held"), default=0)
    no_shows = models.PositiveSmallIntegerField(_("times not come"), default=0)
    answered_at = models.DateTimeField(_("opinion signed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
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
            models.Index(fields=["next_call_at"], name="consultation_to_call", condition=Q(next_call_at__isnull=False)),
            models.Index(fields=["from_institution", "-asked_at"], name="consultation_asked"),
            models.Index(fields=["to_institution", "-asked_at"], name="consultation_given"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("referrals:consultation", args=[self.pk])

    @property
    def is_emergency(self) -> bool:
        return self.kind == self.Kind.EMERGENCY


class ConsultationPacket(ProvenancedRecord):
    """The case that the opinion is asked about: open to the expert side from its acceptance until the end."""

    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="packet")
    values = models.JSONField(_("content"), default=dict)
    items_required = models.PositiveSmallIntegerField(_("items asked for"), default=0)
    items_given = models.PositiveSmallIntegerField(_("items given"), default=0)

    class Meta:
        verbose_name = _("content of a consultation")

    def __str__(self) -> str:
        return f"packet of {self.consultation_id}"


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
    command_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of a consultation")
        ordering = ["consultation_id", "id"]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.step}"


def _refuse_change(what: str) -> NoReturn:
    raise OpinionSignedError(f"A signed opinion is not {what}. Write an addendum to it instead.", reason="signed")


class SignedRows(models.QuerySet["Opinion"]):
    """Opinions can be read and added, never changed."""

    def update(self, **_values: Any) -> int:  # noqa: ANN401 - Django's signature
        _refuse_change("changed")

    def bulk_update(self, *_args: Any, **_options: Any) -> int:  # noqa: ANN401
        _refuse_change("changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        _refuse_change("deleted")


class Opinion(models.Model):
    """A signed opinion, the view of one of several specialties, or an addendum. It is never changed."""

    class Part(models.TextChoices):
        VIEW = "view", _("view of one specialty")
        OPINION = "opinion", _("opinion")
        ADDENDUM = "addendum", _("addendum")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="opinions")
    part = models.CharField(_("part"), max_length=8, choices=Part.choices, default=Part.OPINION)
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    text = models.TextField(_("opinion"))
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"))
    sha256 = models.CharField(max_length=64)
    adds_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="addenda")

    objects = SignedRows.as_manager()

    class Meta:
        verbose_name = _("opinion")
        ordering = ["consultation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(part="opinion"), name="one_opinion_per_consultation"
            ),
            models.CheckConstraint(
                condition=Q(part="addendum", adds_to__isnull=False) | (~Q(part="addendum") & Q(adds_to__isnull=True)),
                name="addendum_adds_to_opinion",
            ),
        ]

    def __str__(self) -> str:
        return f"opinion {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - Django's signature
        if not self._state.adding:
            _refuse_change("changed")
        super().save(*args, **options)

    def delete(self, *_args: Any, **_options: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401
        _refuse_change("deleted")
