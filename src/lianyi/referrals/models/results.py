"""What became of the results that came with a patient: recognised by the receiver, or the test made again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution

# Stands for the kind of a row that says that the patient brought no result at all.
NONE_BROUGHT = "none_brought"


class BroughtResult(ProvenancedRecord):
    """The result of one kind of test of the sender, as the receiver used it; a correction is a row that names the old.

    Kinds and grounds are codes of the referral policy.
    """

    class Use(models.TextChoices):
        RECOGNISED = "recognised", _("recognised, not made again")
        REPEATED = "repeated", _("test made again")
        NONE = "none", _("no result came with the patient")
        MISTAKEN = "mistaken", _("entered by mistake")

    leg = models.ForeignKey("referrals.Leg", on_delete=models.PROTECT, related_name="brought_results")
    kind = models.CharField(_("kind of test"), max_length=32)
    use = models.CharField(_("what became of it"), max_length=10, choices=Use.choices)
    done_on = models.DateField(_("test made by the sender on"), null=True, blank=True)
    decided_on = models.DateField(_("recognised or made again on"))
    ground = models.CharField(_("why it was made again"), max_length=32, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        verbose_name = _("result that came along")
        verbose_name_plural = _("results that came along")
        ordering = ["leg_id", "id"]
        indexes = [models.Index(fields=["use", "decided_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(use="repeated") | Q(ground=""), name="referrals_ground_only_where_repeated"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=False) | Q(use__in=("none", "mistaken")), name="referrals_result_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.kind}"
