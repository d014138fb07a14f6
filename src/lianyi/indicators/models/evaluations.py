"""Evaluations of partnerships: a question, its units, the table it may come with, and what was computed.

The question is fixed before anything is computed. A question that is changed later is a new row that names the former
one, so that a reader sees what was asked first and whether results were known by then.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord, VersionedRecord
from lianyi.indicators.models.values import PeriodKind
from lianyi.partnerships.models import Agreement


class EvaluationState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("evaluation", "draft")
    FIXED = "fixed", pgettext_lazy("evaluation", "question fixed")
    COMPUTED = "computed", pgettext_lazy("evaluation", "computed")
    REVIEWED = "reviewed", pgettext_lazy("evaluation", "reviewed")
    PUBLISHED = "published", pgettext_lazy("evaluation", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("evaluation", "withdrawn")


class EvaluationSource(models.TextChoices):
    VALUES = "values", _("accepted values of indicators on this site")
    TABLE = "table", _("a table that was uploaded")


class UnitLevel(models.TextChoices):
    """What a unit is in the question. The words are those of the table that is computed."""

    LEAD = "lead", pgettext_lazy("level of an evaluation", "lead hospital")
    RECIPIENT = "recipient", pgettext_lazy("level of an evaluation", "recipient")
    VILLAGE = "village", pgettext_lazy("level of an evaluation", "village")
    COMPARISON = "comparison", pgettext_lazy("level of an evaluation", "for comparison")


class UnitChoice(models.TextChoices):
    OPEN = "", pgettext_lazy("unit for comparison", "not decided")
    CHOSEN = "chosen", pgettext_lazy("unit for comparison", "chosen")
    REFUSED = "refused", pgettext_lazy("unit for comparison", "refused")


class EvaluationTable(VersionedRecord):
    """A table of an analyst, kept as it came: its bytes with their checksum, and which column means what."""

    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="+", verbose_name=_("place or institution")
    )
    file = models.FileField(_("file"), upload_to="evaluations/%Y/%m")
    name = models.CharField(_("name of the file"), max_length=200)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    rows = models.PositiveIntegerField(_("rows"))
    unit_column = models.CharField(_("column of units"), max_length=120)
    time_column = models.CharField(_("column of times"), max_length=120)
    level_column = models.CharField(_("column of levels"), max_length=120)
    # Labels of the column of levels, by the level that they mean; units with other labels are left out.
    labels = models.JSONField(_("labels of the levels"), default=dict)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by"))

    class Meta:
        verbose_name = _("table of an evaluation")
        verbose_name_plural = _("tables of evaluations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Evaluation(ProvenancedRecord):
    """One version of a question about a partnership."""

    code = models.CharField(_("code"), max_length=16)
    number = models.PositiveSmallIntegerField(_("version of the question"), default=1)
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("former version"),
    )
    change_reason = models.TextField(_("why the question was changed"), blank=True)
    question = models.CharField(_("question in words"), max_length=300)
    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="evaluations", verbose_name=_("place or institution")
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name=_("agreement"),
    )
    source = models.CharField(_("where the figures come from"), max_length=8, choices=EvaluationSource.choices)
    table = models.ForeignKey(
        EvaluationTable,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name=_("table of an evaluation"),
    )
    period = models.CharField(_("period"), max_length=8, choices=PeriodKind.choices, default=PeriodKind.MONTH)
    # Codes of indicators, or headings of the table; the first is the main one.
    outcomes = models.JSONField(_("outcomes"), default=list)
    starts = models.CharField(_("help began in"), max_length=16)
    left = models.CharField(_("the team left in"), max_length=16, blank=True)
    phase_in = models.PositiveSmallIntegerField(_("periods of phase-in left out"), default=0)
    why_comparable = models.TextField(_("why the units for comparison are comparable"), blank=True)
    seed = models.PositiveIntegerField(_("seed"), default=1)
    state = models.CharField(_("state"), max_length=12, choices=EvaluationState.choices, default=EvaluationState.DRAFT)
    # The question as it was fixed, in one plain form, and its SHA-256.
    fixed_text = models.TextField(_("question as it was fixed"), blank=True)
    fixed_sha256 = models.CharField(_("SHA-256 of the fixed question"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="evaluation_version_once"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn")) | ~Q(fixed_sha256=""), name="evaluation_fixed_with_hash"
            ),
            models.CheckConstraint(
                condition=Q(source="values", table__isnull=True) | Q(source="table", table__isnull=False),
                name="evaluation_table_where_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}.{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:evaluation", args=[self.pk])

    @property
    def fixed(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.fixed_text) if self.fixed_text else {}
        return found


class EvaluationUnit(VersionedRecord):
    """An institution, place or row name of the question, its level, and whether it serves for comparison and why."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, related_name="units", verbose_name=_("evaluation")
    )
    name = models.CharField(_("unit"), max_length=200)
    node = models.ForeignKey(
        OrganisationNode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution or place"),
    )
    level = models.CharField(_("level"), max_length=12, choices=UnitLevel.choices)
    choice = models.CharField(_("choice"), max_length=8, choices=UnitChoice.choices, blank=True, default="")
    reason = models.CharField(_("reason of the choice"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("unit of an evaluation")
        verbose_name_plural = _("units of evaluations")
        ordering = ["evaluation_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "name"], name="evaluation_unit_once"),
            models.CheckConstraint(
                condition=Q(level="comparison") | Q(choice="", reason=""), name="evaluation_choice_of_comparison"
            ),
            models.CheckConstraint(condition=Q(choice="") | ~Q(reason=""), name="evaluation_choice_with_reason"),
        ]

    def __str__(self) -> str:
        return self.name


class EvaluationResult(models.Model):
    """What was computed of a fixed question, whole and in one plain form. Rows are only ever added."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, related_name="results", verbose_name=_("evaluation")
    )
    computed_at = models.DateTimeField(_("computed at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    software = models.CharField(_("version of the software"), max_length=40)
    # Text, because a database may write numbers of a JSON column in another way than the hash was formed over.
    text = models.TextField(_("result"))
    sha256 = models.CharField(_("SHA-256 of the result"), max_length=64)

    class Meta:
        verbose_name = _("result of an evaluation")
        verbose_name_plural = _("results of evaluations")
        ordering = ["evaluation_id", "id"]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.computed_at:%Y-%m-%d}"

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


class EvaluationEvent(models.Model):
    """One step of an evaluation, or a change of its question. Rows are only ever added."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, related_name="events", verbose_name=_("evaluation")
    )
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(_("from state"), max_length=12, choices=EvaluationState.choices)
    to_state = models.CharField(_("to state"), max_length=12, choices=EvaluationState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_role = models.CharField(_("acting role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step of an evaluation")
        ordering = ["evaluation_id", "id"]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.step}"
