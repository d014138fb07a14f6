"""What institutions of a pairing plan wish of one another: who was asked, who answered, every word that was given."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import VersionedRecord
from lianyi.dispatch.models.pairings import PairingPlan
from lianyi.registry.models import Institution


class PairingSide(models.TextChoices):
    """On which side of a pairing plan an institution stands."""

    DONOR = "donor", _("gives")
    RECIPIENT = "recipient", _("receives")

    @property
    def other(self) -> PairingSide:
        return PairingSide.RECIPIENT if self is PairingSide.DONOR else PairingSide.DONOR


class PairingWishes(VersionedRecord):
    """The wishes of one institution on one side of a plan. The pairs themselves hold what stands of them."""

    plan = models.ForeignKey(
        PairingPlan, on_delete=models.PROTECT, related_name="wishes", verbose_name=_("pairing plan")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    side = models.CharField(_("side"), max_length=9, choices=PairingSide.choices)
    # The statement that counts; empty until somebody answers, and again when all was taken back.
    standing = models.ForeignKey(
        "PairingWishStatement",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what counts"),
    )

    class Meta:
        verbose_name = _("wishes for pairs")
        verbose_name_plural = _("wishes for pairs")
        ordering = ["plan_id", "side", "institution__code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "institution", "side"], name="pairing_wishes_once_in_plan"),
            models.CheckConstraint(condition=Q(side__in=["donor", "recipient"]), name="pairing_wishes_side"),
        ]
        indexes = [models.Index(fields=["institution"])]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.institution_id} {self.side}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch:own-wishes", args=[self.pk])


class PairingWishStatement(models.Model):
    """One statement of wishes, by the institution or entered for it. Rows are only ever added."""

    wishes = models.ForeignKey(
        PairingWishes, on_delete=models.CASCADE, related_name="statements", verbose_name=_("wishes for pairs")
    )
    # What counted until then; taking this statement back brings it to count again.
    before = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # By the key of the other institution: which choice it is, and why one could not work with it.
    ranks = models.JSONField(_("choices"), default=dict)
    refusals = models.JSONField(_("could not work with"), default=dict)
    is_on_behalf = models.BooleanField(_("entered by the office that plans"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acting_role = models.CharField(max_length=24, blank=True)

    class Meta:
        verbose_name = _("statement of wishes")
        ordering = ["wishes_id", "id"]

    def __str__(self) -> str:
        return f"{self.wishes_id} {self.recorded_at:%Y-%m-%d}"
