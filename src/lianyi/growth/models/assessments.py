"""Assessments of an institution or a department by a checklist: items with their evidence, and who checked them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.records import ProvenancedRecord, TakenStep
from lianyi.methods.capability import ItemState
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution


class AssessmentKind(models.TextChoices):
    """Who looked: the institution at itself, or somebody from outside."""

    SELF = "self", _("self-assessment")
    OUTSIDE = "outside", _("outside assessment")


class AssessmentState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("assessment", "draft")
    SUBMITTED = "submitted", pgettext_lazy("assessment", "submitted")
    CHECKED = "checked", pgettext_lazy("assessment", "checked")
    FINAL = "final", pgettext_lazy("assessment", "final")
    WITHDRAWN = "withdrawn", pgettext_lazy("assessment", "withdrawn")


class ItemResultState(models.TextChoices):
    """What was found of an item; the words of ``lianyi.methods.capability.ItemState``."""

    MET = ItemState.MET.value, _("met")
    NOT_MET = ItemState.NOT_MET.value, _("not met")
    NOT_APPLICABLE = ItemState.NOT_APPLICABLE.value, _("not applicable")
    NOT_ASSESSED = ItemState.NOT_ASSESSED.value, _("not assessed")


class ItemSource(models.TextChoices):
    """Where a measured value comes from."""

    TYPED = "typed", pgettext_lazy("value of an item", "entered by a person")
    REFERRALS = "referrals", _("counted from referrals")


class CapabilityAssessment(ProvenancedRecord):
    """One look at an institution or one of its departments, on one day, by one checklist."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="capability_assessments", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="capability_assessments",
        verbose_name=_("department"),
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="capability_assessments",
        verbose_name=_("agreement"),
    )
    checklist = models.CharField(_("checklist"), max_length=64)
    assessed_on = models.DateField(_("assessed on"))
    kind = models.CharField(_("kind"), max_length=8, choices=AssessmentKind.choices)
    assessed_by = models.CharField(_("assessed by"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=AssessmentState.choices, default=AssessmentState.DRAFT)
    # The checklist as it was when the assessment became final, so that a later file changes nothing of it.
    frozen = models.JSONField(_("checklist as it was"), default=dict, blank=True)

    class Meta:
        verbose_name = _("assessment by checklist")
        verbose_name_plural = _("assessments by checklist")
        ordering = ["-assessed_on", "-id"]
        indexes = [models.Index(fields=["institution", "checklist", "assessed_on"])]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("growth:assessment", args=[self.pk])

    @property
    def is_final(self) -> bool:
        return self.state == AssessmentState.FINAL


class AssessmentItem(ProvenancedRecord):
    """What was found of one item of the checklist, and what it was seen by."""

    assessment = models.ForeignKey(
        CapabilityAssessment, on_delete=models.PROTECT, related_name="items", verbose_name=_("assessment by checklist")
    )
    item = models.CharField(_("item"), max_length=64)
    result = models.CharField(_("result"), max_length=16, choices=ItemResultState.choices)
    value = models.FloatField(_("measured value"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=400, blank=True)
    source = models.CharField(
        _("where the value comes from"), max_length=12, choices=ItemSource.choices, default=ItemSource.TYPED
    )
    # Of a value that was counted: of how many patients, between which days, and its 95 % interval.
    cases = models.PositiveIntegerField(_("patients counted"), null=True, blank=True)
    low = models.FloatField(_("lower limit (95 %)"), null=True, blank=True)
    high = models.FloatField(_("upper limit (95 %)"), null=True, blank=True)
    counted_since = models.DateField(_("counted since"), null=True, blank=True)
    counted_until = models.DateField(_("counted until"), null=True, blank=True)

    class Meta:
        verbose_name = _("assessed item")
        verbose_name_plural = _("assessed items")
        ordering = ["assessment_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="assessment_item_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0), name="assessment_value_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(source="typed", cases__isnull=True)
                | Q(source="referrals", value__isnull=False, cases__gte=1, counted_until__gte=F("counted_since")),
                name="assessment_item_counted_with_its_cases",
            ),
        ]

    def __str__(self) -> str:
        return self.item


class AssessmentEvent(TakenStep):
    """One step of an assessment, or a change of its items. Rows are only ever added.

    Its facts hold of a final assessment the results as they were frozen; of a change how many items it said.
    """

    assessment = models.ForeignKey(
        CapabilityAssessment, on_delete=models.PROTECT, related_name="events", verbose_name=_("assessment by checklist")
    )
    from_state = models.CharField(_("from state"), max_length=12, choices=AssessmentState.choices)
    to_state = models.CharField(_("to state"), max_length=12, choices=AssessmentState.choices)

    class Meta:
        verbose_name = _("step of an assessment")
        ordering = ["assessment_id", "id"]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.step}"
