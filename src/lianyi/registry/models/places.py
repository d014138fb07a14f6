"""The administrative tree, how codes gave way to others, and who lives there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models.positions import Located, located_check


class PlaceLevel(models.TextChoices):
    COUNTRY = "country", _("country")
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture or city")
    COUNTY = "county", _("county or district")
    TOWNSHIP = "township", _("township or street")
    VILLAGE = "village", _("village or community")


class Place(Located, ProvenancedRecord):
    """An administrative unit with the days between which its code is valid."""

    node = models.OneToOneField(OrganisationNode, on_delete=models.PROTECT, primary_key=True, related_name="place")
    code = models.CharField(_("code"), max_length=12, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=PlaceLevel.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        constraints = [
            located_check("place_coordinates"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="place_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:place-detail", args=[self.pk])


class PlaceSuccession(models.Model):
    """One code gave way to another: renamed, merged or split, on a day."""

    class Kind(models.TextChoices):
        RECODED = "recoded", _("code changed")
        RENAMED = "renamed", _("renamed")
        MERGED = "merged", _("merged into")
        SPLIT = "split", _("split into")

    predecessor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="precessions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    effective_on = models.DateField(_("effective on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor", "effective_on"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class PlacePopulation(ProvenancedRecord):
    """How many people live in a place in a year, by group."""

    class Group(models.TextChoices):
        RESIDENT = "resident", _("residents")
        REGISTERED = "registered", _("registered population")
        AGED_65_PLUS = "aged_65_plus", _("residents aged 65 and over")

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="populations")
    year = models.PositiveSmallIntegerField(_("year"))
    group = models.CharField(_("group"), max_length=12, choices=Group.choices, default=Group.RESIDENT)
    persons = models.PositiveBigIntegerField(_("persons"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("population")
        ordering = ["place_id", "group", "year"]
        constraints = [models.UniqueConstraint(fields=["place", "year", "group"], name="population_once_a_year")]

    def __str__(self) -> str:
        return f"{self.place} {self.year} {self.persons}"
