"""Published figures of places, kept scenarios, gaps put forward, the work of cadres, and items of readiness."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Department, Institution, Place, WorkloadMeasure


class FigureMeasure(models.TextChoices):
    AREA_KM2 = "area_km2", _("area (km²)")
    INCOME_PER_HEAD = "income_per_head", _("disposable income per head (yuan)")
    INSTITUTIONS = "institutions", _("health institutions")
    BEDS = "beds", _("beds")
    DOCTORS = "doctors", _("doctors")
    NURSES = "nurses", _("nurses")
    STAFF = "staff", _("health staff")


class PlaceFigure(ProvenancedRecord):
    """What a yearbook or a report says of a whole place in a year, whoever of its institutions is on record here."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="figures", verbose_name=_("place"))
    year = models.PositiveSmallIntegerField(_("year"))
    measure = models.CharField(_("measure"), max_length=20, choices=FigureMeasure.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=16, decimal_places=2)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        ordering = ["place_id", "measure", "year"]
        constraints = [
            models.UniqueConstraint(fields=["place", "year", "measure"], name="place_figure_once_a_year"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="place_figure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.year} {self.measure}"


class Scenario(ProvenancedRecord):
    """An option that was worked through and kept: what was assumed, and what came out on the data of that day."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="scenarios", verbose_name=_("place"))
    owner = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="scenarios", verbose_name=_("kept by")
    )
    name = models.CharField(_("name"), max_length=120)
    note = models.TextField(_("note"), blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    result = models.JSONField(_("result"), default=dict)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("survey:scenario", args=[self.pk])


class Resource(models.TextChoices):
    INSTITUTIONS = "institutions", _("institutions")
    BEDS = "beds", _("beds")
    DOCTORS = "doctors", _("doctors")
    NURSES = "nurses", _("nurses")
    CORE_STAFF = "core_staff", _("doctors and nurses")
    GENERAL_PRACTITIONERS = "general_practitioners", _("general practitioners")
    ACCESS = "access", _("people within reach")


class Gap(ProvenancedRecord):
    """A shortfall that somebody chose to put forward to those who plan postings."""

    class State(models.TextChoices):
        PUT_FORWARD = "put_forward", _("put forward")
        TAKEN_UP = "taken_up", _("taken up")
        WITHDRAWN = "withdrawn", _("withdrawn")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="gaps", verbose_name=_("place"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gaps",
        verbose_name=_("institution"),
    )
    owner = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="gaps", verbose_name=_("put forward by")
    )
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, null=True, blank=True, related_name="gaps", verbose_name=_("scenario")
    )
    resource = models.CharField(_("resource"), max_length=24, choices=Resource.choices)
    required = models.DecimalField(_("required"), max_digits=16, decimal_places=2)
    present = models.DecimalField(_("present"), max_digits=16, decimal_places=2)
    basis_zh = models.CharField(_("basis in Chinese"), max_length=300)
    basis_en = models.CharField(_("basis in English"), max_length=300, blank=True)
    counted_on = models.DateField(_("counted on"))
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PUT_FORWARD)
    answer = models.TextField(_("answer"), blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(required__gt=models.F("present")), name="gap_is_a_shortfall"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.resource}"

    def get_absolute_url(self) -> str:
        return reverse("survey:gap", args=[self.pk])

    @property
    def shortfall(self) -> Decimal:
        return self.required - self.present


class CadreWorkload(ProvenancedRecord):
    """One calculation of staff by WISN: a cadre of an institution or department in a year, and its working time."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="cadre_workloads", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cadre_workloads",
        verbose_name=_("department"),
    )
    cadre = models.CharField(_("cadre"), max_length=32)
    profession = models.CharField(_("profession"), max_length=24, blank=True)
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    existing_staff = models.DecimalField(_("existing staff"), max_digits=8, decimal_places=2)
    days_per_week = models.DecimalField(_("working days per week"), max_digits=4, decimal_places=2)
    hours_per_day = models.DecimalField(_("working hours per day"), max_digits=4, decimal_places=2)
    public_holidays = models.DecimalField(_("public holidays (working days)"), max_digits=5, decimal_places=2)
    annual_leave = models.DecimalField(_("annual leave (working days)"), max_digits=5, decimal_places=2)
    sick_leave = models.DecimalField(_("sick leave (working days)"), max_digits=5, decimal_places=2)
    other_absence = models.DecimalField(
        _("training and other absence (working days)"), max_digits=5, decimal_places=2, default=0
    )
    weeks_per_year = models.DecimalField(_("weeks per year"), max_digits=4, decimal_places=2, default=52)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("work of a cadre")
        verbose_name_plural = _("work of cadres")
        ordering = ["institution_id", "department_id", "cadre", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "department", "cadre", "year"],
                condition=Q(department__isnull=False),
                name="cadre_of_department_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["institution", "cadre", "year"],
                condition=Q(department__isnull=True),
                name="cadre_of_institution_once_a_year",
            ),
            models.CheckConstraint(condition=Q(existing_staff__gte=0), name="cadre_existing_staff_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.cadre} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("survey:staffing-of", args=[self.pk])


class WorkloadComponent(ProvenancedRecord):
    """One kind of work of a cadre: an activity with its volume and unit time, or an allowance with its time."""

    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("health service activity")
        SUPPORT = "support", _("support activity of all")
        ADDITIONAL = "additional", _("additional activity of some")

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("minutes for each")
        HOURS = "hours", _("hours for each")
        PER_HOUR = "per_hour", _("so many in an hour")
        PERCENT = "percent", _("percent of working time")
        MINUTES_PER_DAY = "minutes_per_day", _("minutes a day")
        MINUTES_PER_WEEK = "minutes_per_week", _("minutes a week")
        MINUTES_PER_MONTH = "minutes_per_month", _("minutes a month")
        MINUTES_PER_YEAR = "minutes_per_year", _("minutes a year")
        HOURS_PER_DAY = "hours_per_day", _("hours a day")
        HOURS_PER_WEEK = "hours_per_week", _("hours a week")
        HOURS_PER_MONTH = "hours_per_month", _("hours a month")
        HOURS_PER_YEAR = "hours_per_year", _("hours a year")

    workload = models.ForeignKey(
        CadreWorkload, on_delete=models.PROTECT, related_name="components", verbose_name=_("work of a cadre")
    )
    kind = models.CharField(_("kind of work"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    # An activity states its volume itself, or names the yearly workload of the registry that holds it.
    volume = models.DecimalField(_("volume of the year"), max_digits=14, decimal_places=2, null=True, blank=True)
    measure = models.CharField(_("measure"), max_length=20, choices=WorkloadMeasure.choices, blank=True)
    amount = models.DecimalField(_("time"), max_digits=12, decimal_places=4)
    unit = models.CharField(_("unit of time"), max_length=20, choices=Unit.choices)
    staff = models.DecimalField(_("staff who do it"), max_digits=8, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("component of a workload")
        verbose_name_plural = _("components of workloads")
        ordering = ["workload_id", "kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workload", "kind", "name"], name="workload_component_once"),
            models.CheckConstraint(
                condition=Q(kind="activity", volume__isnull=False, measure="")
                | (Q(kind="activity", volume__isnull=True) & ~Q(measure=""))
                | (~Q(kind="activity") & Q(volume__isnull=True, measure="")),
                name="workload_component_volume_of_activity",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="workload_component_takes_time"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def staff_number(self) -> Decimal:
        """How many do an additional activity; one where nothing else is said."""
        return Decimal(1) if self.staff is None else self.staff


class ReadinessItem(ProvenancedRecord):
    """One item of an assessment of readiness: there and functioning on a day, not there, or not assessed.

    An item without a service is one of general readiness.
    """

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="readiness_items", verbose_name=_("institution")
    )
    service = models.CharField(_("service"), max_length=40, blank=True)
    domain = models.CharField(_("domain"), max_length=24, blank=True)
    item = models.CharField(_("item"), max_length=120)
    available = models.BooleanField(_("there and functioning"), null=True, blank=True)
    profession = models.CharField(_("profession"), max_length=24, blank=True)
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    assessed_on = models.DateField(_("assessed on"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("item of readiness")
        verbose_name_plural = _("items of readiness")
        ordering = ["institution_id", "service", "-assessed_on", "domain", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "service", "domain", "item", "assessed_on"], name="readiness_item_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(service="", domain=""), name="readiness_item_of_something"),
        ]
        indexes = [models.Index(fields=["institution", "service", "-assessed_on"])]

    def __str__(self) -> str:
        return self.item
