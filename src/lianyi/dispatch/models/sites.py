"""What a plan must know of the places to which people are sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution


class SiteConditions(ProvenancedRecord):
    """How high an institution lies and how hard life is there. Empty is not known, and bars nobody."""

    institution = models.OneToOneField(
        Institution, on_delete=models.PROTECT, related_name="site_conditions", verbose_name=_("institution")
    )
    altitude_m = models.PositiveSmallIntegerField(_("altitude (m)"), null=True, blank=True)
    hardship = models.PositiveSmallIntegerField(_("hardship level"), null=True, blank=True)

    class Meta:
        verbose_name = _("conditions of a recipient")
        verbose_name_plural = _("conditions of recipients")
        ordering = ["institution__code"]

    def __str__(self) -> str:
        return str(self.institution)
