"""Hospitals, health centres, village clinics and bureaus."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models.places import Place
from lianyi.registry.models.positions import Located, located_check


class InstitutionTier(models.TextChoices):
    TERTIARY = "tertiary", _("tertiary")
    SECONDARY = "secondary", _("secondary")
    PRIMARY = "primary", _("primary")
    UNGRADED = "ungraded", _("ungraded")


class InstitutionGrade(models.TextChoices):
    A = "A", _("grade A")
    B = "B", _("grade B")
    C = "C", _("grade C")
    NONE = "none", _("no grade")


class Ownership(models.TextChoices):
    PUBLIC = "public", _("public")
    COLLECTIVE = "collective", _("collective")
    PRIVATE = "private", _("private")
    OTHER = "other", _("other")


def open_on(day: datetime.date) -> Q:
    """Return the condition that an institution or a department is not closed on the day."""
    return Q(closed_on__isnull=True) | Q(closed_on__gt=day)


class Institution(Located, ProvenancedRecord):
    """A hospital, a health centre, a village clinic, a bureau: whatever can be party to a partnership or a site."""

    node = models.OneToOneField(
        OrganisationNode, on_delete=models.PROTECT, primary_key=True, related_name="institution"
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    alias = models.CharField(_("other name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    tier = models.CharField(_("tier"), max_length=10, choices=InstitutionTier.choices, default=InstitutionTier.UNGRADED)
    grade = models.CharField(_("grade"), max_length=4, choices=InstitutionGrade.choices, default=InstitutionGrade.NONE)
    ownership = models.CharField(_("owner"), max_length=10, choices=Ownership.choices, default=Ownership.PUBLIC)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="institutions", verbose_name=_("place"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("branch or sub-centre of"),
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    is_open_24_hours = models.BooleanField(_("open 24 hours"), default=False)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["code"]
        constraints = [
            located_check("institution_coordinates"),
            models.CheckConstraint(
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="institution_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["kind"]), models.Index(fields=["name_zh"])]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("registry:institution-detail", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether it is closed today; a closing that was only announced has not happened."""
        return self.closed_on is not None and self.closed_on <= timezone.localdate()

    def is_open_on(self, day: datetime.date) -> bool:
        has_opened = self.opened_on is None or self.opened_on <= day
        return has_opened and (self.closed_on is None or day < self.closed_on)
