"""Needs: whom an institution asks for, why, and what became of it; proposals that somebody put aside."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord, VersionedRecord
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Place
from lianyi.survey.models import Gap


class NeedState(models.TextChoices):
    """Where a need stands. Partly filled, filled and expired are derived and never kept."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    OPEN = "open", _("open for help")
    PARTLY_FILLED = "partly_filled", _("partly filled")
    FILLED = "filled", _("filled")
    CLOSED = "closed", _("closed")
    STOOD_DOWN = "stood_down", _("stood down")
    REFUSED = "refused", _("refused")
    EXPIRED = "expired", _("expired")


KEPT_STATES = (
    NeedState.DRAFT,
    NeedState.SUBMITTED,
    NeedState.APPROVED,
    NeedState.OPEN,
    NeedState.CLOSED,
    NeedState.STOOD_DOWN,
    NeedState.REFUSED,
)


class NeedPriority(models.IntegerChoices):
    URGENT = 1, _("urgent")
    HIGH = 2, _("high")
    NORMAL = 3, _("normal")
    LOW = 4, _("low")


class NeedReason(models.TextChoices):
    """Why people are asked for."""

    TOO_FEW = "too_few", _("too few people for the work")
    SKILL_MISSING = "skill_missing", _("a skill is missing")
    NEW_SERVICE = "new_service", _("a service is to be built up")
    COVER_ABSENCE = "cover_absence", _("somebody is away for long")
    BELOW_STANDARD = "below_standard", _("below a standard")
    REFERRED_AWAY = "referred_away", _("patients are referred away")
    RETURNS_NOT_TAKEN = "returns_not_taken", _("patients could not be taken back")
    PROGRAMME = "programme", _("a programme asks for it")
    OTHER = "other", _("other")


class NeedOrigin(models.TextChoices):
    """How a need came up."""

    BY_HAND = "by_hand", _("written by hand")
    SURVEY_GAP = "survey_gap", _("gap of the survey")
    WISN_GAP = "wisn_gap", _("gap between work and staff (WISN)")
    READINESS_GAP = "readiness_gap", _("gap of readiness")
    REFERRED_AWAY = "referred_away", _("patients referred away")
    TRANSFER_BACK = "transfer_back", _("patients not taken back")
    CAPABILITY_CYCLE = "capability_cycle", _("gap of a capability cycle")


class Need(ProvenancedRecord):
    """People whom an institution asks for. A draft may still leave open what is to be said before it is submitted."""

    code = models.CharField(_("number"), max_length=40)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="needs", verbose_name=_("place"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("institution"),
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("department")
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("agreement")
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    profession = models.CharField(_("profession"), max_length=24, blank=True)
    least_title_rank = models.CharField(_("least title"), max_length=16, default="none")
    # Empty says: needed, the number is not known. It is never read as nobody or as one.
    people = models.PositiveSmallIntegerField(_("number of people"), null=True, blank=True)
    starts_on = models.DateField(_("wanted from"), null=True, blank=True)
    ends_on = models.DateField(_("wanted to"), null=True, blank=True)
    least_term_months = models.PositiveSmallIntegerField(_("least continuous term (months)"), null=True, blank=True)
    reason_code = models.CharField(_("why"), max_length=20, choices=NeedReason.choices, blank=True)
    reason = models.TextField(_("why, in words"), blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=NeedPriority.choices, default=NeedPriority.NORMAL
    )
    state = models.CharField(_("state"), max_length=16, choices=NeedState.choices, default=NeedState.DRAFT)
    origin = models.CharField(_("origin"), max_length=16, choices=NeedOrigin.choices, default=NeedOrigin.BY_HAND)
    origin_key = models.CharField(_("key of the origin"), max_length=80, blank=True)
    origin_zh = models.CharField(_("figure of the origin in Chinese"), max_length=400, blank=True)
    origin_en = models.CharField(_("figure of the origin in English"), max_length=400, blank=True)
    gap = models.ForeignKey(
        Gap, on_delete=models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("gap")
    )

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["priority", "-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "code"],
                condition=Q(institution__isnull=False),
                name="need_code_unique_in_institution",
            ),
            models.UniqueConstraint(
                fields=["place", "code"], condition=Q(institution__isnull=True), name="need_code_unique_in_place"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state.value) for state in KEPT_STATES]),
                name="need_derived_state_never_kept",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="need_period_in_order",
            ),
            models.CheckConstraint(condition=Q(people__isnull=True) | Q(people__gte=1), name="need_of_somebody"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "stood_down"])
                | Q(institution__isnull=False, starts_on__isnull=False, ends_on__isnull=False)
                & ~Q(profession="")
                & ~Q(reason_code=""),
                name="need_told_in_full_once_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state"]),
            models.Index(fields=["place", "state"]),
            models.Index(fields=["state", "priority"]),
            models.Index(fields=["origin", "origin_key"]),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("dispatch:need", args=[self.pk])


class NeedEvent(models.Model):
    """One step of a need through its states, or a change of what it says. Rows are only ever added."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(max_length=16, choices=NeedState.choices)
    to_state = models.CharField(max_length=16, choices=NeedState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)
    reason_code = models.CharField(_("reason"), max_length=32, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a need")
        ordering = ["need_id", "id"]

    def __str__(self) -> str:
        return f"{self.need_id} {self.step}"


class DismissedProposal(VersionedRecord):
    """A proposed need that somebody put aside, with the reason and the figure as it was then."""

    origin = models.CharField(_("origin"), max_length=16, choices=NeedOrigin.choices)
    origin_key = models.CharField(_("key of the origin"), max_length=80)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("institution")
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    origin_zh = models.CharField(_("figure of the origin in Chinese"), max_length=400)
    origin_en = models.CharField(_("figure of the origin in English"), max_length=400)
    reason = models.TextField(_("reason"))
    dismissed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("dismissed by"))

    class Meta:
        verbose_name = _("dismissed proposal")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["origin", "origin_key"])]

    def __str__(self) -> str:
        return f"{self.origin} {self.origin_key}"
