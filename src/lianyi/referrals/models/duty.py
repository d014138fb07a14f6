"""Who is on duty for the green channel, hour by hour."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution


class DutyRoster(ProvenancedRecord):
    """The duty of one institution for one condition over some days; in force once it is published without a hole."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="duty_rosters", verbose_name=_("institution")
    )
    condition = models.CharField(_("green channel"), max_length=32)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    duty_phone = models.CharField(_("duty telephone"), max_length=60)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty roster")
        verbose_name_plural = _("duty rosters")
        ordering = ["-starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="roster_times_in_order"),
        ]
        indexes = [models.Index(fields=["institution", "condition", "state", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.condition}"

    def get_absolute_url(self) -> str:
        return reverse("referrals:roster", args=[self.pk])


class DutySlot(ProvenancedRecord):
    """Some hours with a named person and a deputy."""

    roster = models.ForeignKey(DutyRoster, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_slots", verbose_name=_("on duty"))
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputy_slots", verbose_name=_("deputy"))
    is_void = models.BooleanField(_("taken back"), default=False)

    class Meta:
        verbose_name = _("duty")
        ordering = ["roster_id", "starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_times_in_order"),
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="deputy_is_somebody_else"),
        ]
        indexes = [models.Index(fields=["starts_at", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.starts_at:%Y-%m-%d %H:%M}"
