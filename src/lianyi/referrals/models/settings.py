"""What the parties of an agreement settled about referrals."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution


class ReferralTerms(ProvenancedRecord):
    """Which policy of clocks and packets holds under an agreement, who coordinates, and whether somebody approves."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="referral_terms")
    policy = models.CharField(_("referral policy"), max_length=64)
    coordinator = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordinating institution"),
    )
    approve_urgent = models.BooleanField(_("urgent referrals need approval at the sender"), default=False)
    approve_routine = models.BooleanField(_("routine referrals need approval at the sender"), default=False)
    sender_may_book = models.BooleanField(_("the sender may book appointments"), default=False)

    class Meta:
        verbose_name = _("terms of referral")
        verbose_name_plural = _("terms of referral")

    def __str__(self) -> str:
        return f"terms of {self.agreement_id}"


class NumberSeries(models.Model):
    """The last number given in a series, for example the journeys of a year."""

    name = models.CharField(max_length=24, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
