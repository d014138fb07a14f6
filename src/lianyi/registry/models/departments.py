"""Departments of institutions, and where each stood since when."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models.institutions import Institution


class DepartmentStatus(models.TextChoices):
    WEAK = "weak", _("weak")
    DEVELOPING = "developing", _("developing")
    ESTABLISHED = "established", _("established")
    KEY = "key", _("key specialty")


class Department(ProvenancedRecord):
    """A department of an institution, by its national specialty code."""

    node = models.OneToOneField(OrganisationNode, on_delete=models.PROTECT, primary_key=True, related_name="department")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="departments", verbose_name=_("institution")
    )
    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    specialty = models.CharField(_("specialty"), max_length=8)
    status = models.CharField(
        _("status"), max_length=12, choices=DepartmentStatus.choices, default=DepartmentStatus.ESTABLISHED
    )
    minimum_staff_on_duty = models.PositiveSmallIntegerField(_("staff who must stay"), default=0)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["institution_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="department_code_unique_in_institution"),
        ]
        indexes = [models.Index(fields=["specialty"])]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:institution-detail", args=[self.institution_id])


class DepartmentStatusChange(ProvenancedRecord):
    """From which day a department stood where: weak, developing, established, key (and of which level)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="status_changes")
    status = models.CharField(_("status"), max_length=12, choices=DepartmentStatus.choices)
    level_text = models.CharField(_("level"), max_length=100, blank=True)
    since = models.DateField(_("since"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("status of a department")
        ordering = ["department_id", "since"]
        constraints = [models.UniqueConstraint(fields=["department", "since"], name="department_status_once_a_day")]

    def __str__(self) -> str:
        return f"{self.department} {self.since} {self.status}"
