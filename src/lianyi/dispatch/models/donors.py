"""What a hospital that sends people can miss."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution

MOST_PEOPLE = 9999


class DonorLimits(ProvenancedRecord):
    """How many people a hospital can miss at a time, and how many others it helps at most. Empty is no limit.

    ``most_away_by_specialty`` has a number for each code of the specialties that are limited; a first level counts all
    of its specialties.
    """

    institution = models.OneToOneField(
        Institution, on_delete=models.PROTECT, related_name="donor_limits", verbose_name=_("institution")
    )
    most_away = models.PositiveSmallIntegerField(_("most people away at a time"), null=True, blank=True)
    most_seniors_away = models.PositiveSmallIntegerField(
        _("most of senior title away at a time"), null=True, blank=True
    )
    most_away_by_specialty = models.JSONField(_("most people of a specialty away at a time"), default=dict, blank=True)
    most_recipients = models.PositiveSmallIntegerField(_("helps at most so many institutions"), null=True, blank=True)

    class Meta:
        verbose_name = _("limits of a sending hospital")
        verbose_name_plural = _("limits of sending hospitals")
        ordering = ["institution__code"]

    def __str__(self) -> str:
        return str(self.institution)
