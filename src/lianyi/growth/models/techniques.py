"""Techniques that a department learns: the choice, what is attested, the steps that people took, the cases done.

Rungs, sustained and lapsed are never kept: ``lianyi.methods.technique_ladder`` computes them from what stands here.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.dispatch.models import Posting
from lianyi.methods.technique_ladder import Part
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Department, Institution, Staff


class TechniqueState(models.TextChoices):
    """What people decided about a technique; how far it has come is computed."""

    LEARNING = "learning", _("being learnt")
    PROPOSED = "proposed", pgettext_lazy("technique", "proposed as done alone")
    SIGNED = "signed", pgettext_lazy("technique", "signed as done alone")
    PUT_ASIDE = "put_aside", pgettext_lazy("technique", "put aside")


class CasePart(models.TextChoices):
    """What the local person did in a case."""

    NONE = Part.NONE.value, _("no local person took part")
    OBSERVED = Part.OBSERVED.value, pgettext_lazy("part in a case", "looked on")
    ASSISTED = Part.ASSISTED.value, pgettext_lazy("part in a case", "assisted")
    SUPERVISED = Part.SUPERVISED.value, _("did it under supervision")
    ALONE = Part.ALONE.value, _("did it alone")


class DepartmentTechnique(ProvenancedRecord):
    """One technique that a department is to be able to do alone, under an agreement."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="techniques", verbose_name=_("agreement")
    )
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="techniques", verbose_name=_("duty")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="techniques", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="techniques", verbose_name=_("department")
    )
    code = models.CharField(_("number"), max_length=40, unique=True)
    # The name of a technique in the catalogue; empty for one of the department's own.
    item = models.CharField(_("technique of the catalogue"), max_length=60, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    chosen_on = models.DateField(_("chosen on"))
    chosen_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("chosen by")
    )
    reason = models.TextField(_("why this technique"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=TechniqueState.choices, default=TechniqueState.LEARNING)
    ready_on = models.DateField(_("preconditions confirmed on"), null=True, blank=True)
    independent_from = models.DateField(_("done alone from"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    signed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by")
    )
    # Who signed on paper, where a table brings in what was signed before this program was used.
    proposed_by_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by (person)")
    )
    signed_by_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by (person)")
    )

    class Meta:
        verbose_name = _("technique of a department")
        verbose_name_plural = _("techniques of departments")
        ordering = ["department_id", "chosen_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(signed_by=F("proposed_by")),
                name="technique_signed_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(independent_from__isnull=False), name="technique_signed_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["department", "state"])]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return reverse("growth:technique", args=[self.pk])


class TechniqueStep(models.Model):
    """One step that people took with a technique. Rows are only ever added."""

    technique = models.ForeignKey(
        DepartmentTechnique, on_delete=models.PROTECT, related_name="steps", verbose_name=_("technique of a department")
    )
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(_("state before"), max_length=12, choices=TechniqueState.choices, blank=True)
    to_state = models.CharField(_("state after"), max_length=12, choices=TechniqueState.choices)
    happened_on = models.DateField(_("on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_role = models.CharField(_("role"), max_length=24, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("step of a technique")
        ordering = ["technique_id", "id"]

    def __str__(self) -> str:
        return f"{self.technique_id} {self.step}"


class PreconditionAttestation(ProvenancedRecord):
    """What a second person found about a precondition that the registry does not know."""

    technique = models.ForeignKey(
        DepartmentTechnique,
        on_delete=models.PROTECT,
        related_name="attestations",
        verbose_name=_("technique of a department"),
    )
    precondition = models.CharField(_("precondition"), max_length=60)
    evidence = models.TextField(_("evidence"))
    attested_on = models.DateField(_("attested on"))
    attested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("attested by"))

    class Meta:
        verbose_name = _("attested precondition")
        verbose_name_plural = _("attested preconditions")
        ordering = ["technique_id", "precondition"]
        constraints = [
            models.UniqueConstraint(fields=["technique", "precondition"], name="precondition_attested_once"),
        ]

    def __str__(self) -> str:
        return f"{self.technique_id} {self.precondition}"


class TechniqueCase(ProvenancedRecord):
    """Cases of one day: what the local person did and who stood by. Counts only, never a patient."""

    technique = models.ForeignKey(
        DepartmentTechnique, on_delete=models.PROTECT, related_name="cases", verbose_name=_("technique of a department")
    )
    done_on = models.DateField(_("done on"))
    part = models.CharField(_("part of the local person"), max_length=12, choices=CasePart.choices)
    local_staff = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="technique_cases",
        verbose_name=_("local person"),
    )
    posting = models.ForeignKey(
        Posting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="technique_cases",
        verbose_name=_("posting of the teacher"),
    )
    count = models.PositiveSmallIntegerField(_("cases"), default=1)
    complications = models.PositiveSmallIntegerField(_("cases with complications"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("takes back"),
    )
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("case of a technique")
        verbose_name_plural = _("cases of techniques")
        ordering = ["technique_id", "done_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="technique_case_counts_something"),
            models.CheckConstraint(
                condition=Q(complications__isnull=True) | Q(complications__lte=F("count")),
                name="technique_complications_not_more_than_cases",
            ),
        ]
        indexes = [models.Index(fields=["technique", "done_on"])]

    def __str__(self) -> str:
        return f"{self.technique_id} {self.done_on} {self.part}"
