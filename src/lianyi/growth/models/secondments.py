"""Secondments up: what the home department wants of them, and what became of those who returned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.dispatch.models import Posting


class WantedLevel(models.TextChoices):
    """What the person shall be able to do at home afterwards."""

    OBSERVED = "observed", _("has seen it")
    ASSISTED = "assisted", _("assists")
    SUPERVISED = "supervised", _("does it with somebody standing by")
    INDEPENDENT = "independent", _("does it alone")


class ReturnOutcome(models.TextChoices):
    """What somebody does so many months after the return."""

    INDEPENDENT = "independent", _("works in the field independently")
    WITH_HELP = "with_help", _("works in the field with help")
    NOT_IN_FIELD = "not_in_field", _("does not work in the field")
    LEFT = "left", pgettext_lazy("return from a secondment", "has left the institution")


class SecondmentGoal(ProvenancedRecord):
    """Something that the home department wants from a secondment: a technique, or words, up to a level."""

    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="secondment_goals", verbose_name=_("posting")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    technique_code = models.CharField(_("technique"), max_length=64, blank=True)
    words = models.CharField(_("goal in words"), max_length=300, blank=True)
    level = models.CharField(_("wanted level"), max_length=12, choices=WantedLevel.choices)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        verbose_name = _("goal of a secondment")
        verbose_name_plural = _("goals of secondments")
        ordering = ["posting_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "number"], name="secondment_goal_number_once"),
            models.CheckConstraint(condition=~Q(technique_code="", words=""), name="secondment_goal_says_something"),
        ]

    def __str__(self) -> str:
        return self.words or self.technique_code


class ReturnCheck(ProvenancedRecord):
    """What was found so many months after the return, by somebody of the home institution, not by the person."""

    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="return_checks", verbose_name=_("posting")
    )
    months = models.PositiveSmallIntegerField(_("months after the return"))
    checked_on = models.DateField(_("checked on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=ReturnOutcome.choices)
    evidence = models.CharField(_("evidence"), max_length=400)
    # Empty where a table brought the check; the table then says whose words they are in the evidence.
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )

    class Meta:
        verbose_name = _("check after a return")
        verbose_name_plural = _("checks after a return")
        ordering = ["posting_id", "months"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "months"], name="return_check_once_each_month"),
            models.CheckConstraint(condition=~Q(evidence=""), name="return_check_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.months}"
