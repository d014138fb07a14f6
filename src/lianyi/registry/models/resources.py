"""What an institution has and does: beds, services, equipment, workload."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models.departments import Department
from lianyi.registry.models.institutions import Institution


class BedCount(ProvenancedRecord):
    """Beds of one type as counted at one moment. A later count is a new row."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="bed_counts")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="bed_counts"
    )
    bed_type = models.CharField(_("bed type"), max_length=24)
    beds_open = models.PositiveIntegerField(_("open beds"))
    beds_occupied = models.PositiveIntegerField(_("occupied beds"), null=True, blank=True)
    beds_reserved = models.PositiveIntegerField(_("reserved beds"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counted at"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("bed count")
        ordering = ["institution_id", "bed_type", "-counted_at"]
        indexes = [models.Index(fields=["institution", "bed_type", "-counted_at"])]

    def __str__(self) -> str:
        return f"{self.institution} {self.bed_type} {self.beds_open}"


class ServiceOffered(ProvenancedRecord):
    """A service that an institution can give, and how open it is to new patients."""

    class Capacity(models.TextChoices):
        OPEN = "open", pgettext_lazy("capacity", "open")
        ASSESS_FIRST = "assess_first", _("ask first")
        WAITING_LIST = "waiting_list", _("waiting list")
        FULL = "full", _("full")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="services")
    service = models.CharField(_("service"), max_length=40)
    is_24_hours = models.BooleanField(_("24 hours"), default=False)
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity.choices, default=Capacity.OPEN)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    stated_at = models.DateTimeField(_("stated at"), default=timezone.now)

    class Meta:
        verbose_name = _("service")
        ordering = ["institution_id", "service"]
        constraints = [models.UniqueConstraint(fields=["institution", "service"], name="service_once")]

    def __str__(self) -> str:
        return f"{self.institution} {self.service}"


class Equipment(ProvenancedRecord):
    """Equipment that decides what can be done at an institution."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="equipment")
    equipment_kind = models.CharField(_("equipment"), max_length=40)
    units = models.PositiveIntegerField(_("units"))
    units_working = models.PositiveIntegerField(_("units working"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("equipment")
        ordering = ["institution_id", "equipment_kind"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "equipment_kind"], name="equipment_once"),
            models.CheckConstraint(
                condition=Q(units_working__isnull=True) | Q(units_working__lte=F("units")),
                name="equipment_working_not_more_than_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.equipment_kind}"


class WorkloadMeasure(models.TextChoices):
    OUTPATIENT_VISITS = "outpatient_visits", _("outpatient visits")
    EMERGENCY_VISITS = "emergency_visits", _("emergency visits")
    ADMISSIONS = "admissions", _("admissions")
    DISCHARGES = "discharges", _("discharges")
    BED_DAYS = "bed_days", _("bed days")
    OPERATIONS = "operations", _("operations")
    DELIVERIES = "deliveries", _("deliveries")


class YearlyWorkload(ProvenancedRecord):
    """What an institution (or one department of it) did in a year."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="workloads")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="workloads"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    measure = models.CharField(_("measure"), max_length=20, choices=WorkloadMeasure.choices)
    quantity = models.PositiveBigIntegerField(_("quantity"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("yearly workload")
        ordering = ["institution_id", "measure", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "department", "year", "measure"],
                condition=Q(department__isnull=False),
                name="department_workload_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["institution", "year", "measure"],
                condition=Q(department__isnull=True),
                name="institution_workload_once_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.year} {self.measure}"
