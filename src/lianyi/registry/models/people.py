"""Staff, and the days on which they cannot be sent."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models.departments import Department
from lianyi.registry.models.institutions import Institution


class Staff(ProvenancedRecord):
    """A person who works for an institution, with what decides whether they can be sent: title, specialty, licence."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="staff", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("department")
    )
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="staff_record", verbose_name=_("user")
    )
    code = models.CharField(_("staff number"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    profession = models.CharField(_("profession"), max_length=24)
    title_rank = models.CharField(_("title rank"), max_length=16, default="none")
    title = models.CharField(_("title"), max_length=60, blank=True)
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    licence_number = models.CharField(_("licence number"), max_length=40, blank=True)
    employed_from = models.DateField(_("employed from"), null=True, blank=True)
    employed_to = models.DateField(_("employed to"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["institution_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="staff_code_unique_in_institution"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:staff-detail", args=[self.pk])


class StaffTransfer(models.Model):
    """That a person went from one institution to another on a day; the staff record itself says where they are now."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("staff member"))
    moved_on = models.DateField(_("moved on"))
    from_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="staff_gone", verbose_name=_("from institution")
    )
    from_department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff_gone",
        verbose_name=_("from department"),
    )
    from_code = models.CharField(_("staff number before"), max_length=32)
    to_institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="staff_come", verbose_name=_("to institution")
    )
    to_department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff_come",
        verbose_name=_("to department"),
    )
    reason = models.TextField(_("reason"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("move of a staff member")
        ordering = ["staff_id", "-moved_on", "-id"]

    def __str__(self) -> str:
        return f"{self.staff} {self.moved_on}"


class StaffUnavailability(ProvenancedRecord):
    """Days on which a person cannot be sent, with the kind of reason (never a diagnosis)."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("leave")
        TRAINING = "training", _("training")
        FAMILY = "family", _("family reasons")
        OTHER = "other", _("other")

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="unavailabilities")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)

    class Meta:
        verbose_name = _("unavailability")
        ordering = ["staff_id", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="unavailability_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.starts_on}–{self.ends_on}"
