"""How the names in exports of DHIS2 are understood: data elements and organisation units."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import ProvenancedRecord


class IndicatorPart(models.TextChoices):
    """What a data element is of an indicator; the words of ``lianyi.analysis.dhis2``."""

    NUMERATOR = "numerator", _("numerator")
    DENOMINATOR = "denominator", _("denominator")


class ExportElement(ProvenancedRecord):
    """That a data element of exports, by name or number, is a part of an indicator."""

    keeper = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="export_elements", verbose_name=_("kept by")
    )
    element = models.CharField(_("data element"), max_length=200)
    code = models.CharField(_("indicator"), max_length=64)
    part = models.CharField(_("part of the indicator"), max_length=12, choices=IndicatorPart.choices)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("data element of exports")
        verbose_name_plural = _("data elements of exports")
        ordering = ["keeper_id", "code", "part", "element"]
        constraints = [
            models.UniqueConstraint(fields=["keeper", "element", "code", "part"], name="export_element_once"),
        ]

    def __str__(self) -> str:
        return self.element


class ExportUnit(ProvenancedRecord):
    """That an organisation unit of exports, by name or number, is an institution or a place here."""

    keeper = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="export_units", verbose_name=_("kept by")
    )
    org_unit = models.CharField(_("organisation unit"), max_length=200)
    node = models.ForeignKey(
        OrganisationNode,
        on_delete=models.PROTECT,
        related_name="named_in_exports",
        verbose_name=pgettext_lazy("that reports", "unit"),
    )
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("organisation unit of exports")
        verbose_name_plural = _("organisation units of exports")
        ordering = ["keeper_id", "org_unit"]
        constraints = [
            models.UniqueConstraint(fields=["keeper", "org_unit"], name="export_unit_once"),
        ]

    def __str__(self) -> str:
        return self.org_unit
