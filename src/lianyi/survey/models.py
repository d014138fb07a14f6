"""Published yearly figures of places, kept scenarios, and gaps put forward."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution, Place


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
