"""Performance assessments of partnerships: rounds by a scheme, what each side found, evidence, objections, steps.

Points are not kept: they follow from the findings and the scheme. A frozen round keeps everything in one snapshot.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord, TakenStep, VersionedRecord
from lianyi.partnerships.models import Agreement, Alliance, Duty
from lianyi.registry.models import Institution


class PerformanceState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("performance assessment", "draft")
    SELF_SCORED = "self_scored", pgettext_lazy("performance assessment", "self-scored")
    SUBMITTED = "submitted", pgettext_lazy("performance assessment", "submitted")
    SCORED = "scored", pgettext_lazy("performance assessment", "scored outside")
    OPEN = "open", pgettext_lazy("performance assessment", "open for objection")
    ANSWERED = "answered", pgettext_lazy("performance assessment", "objections answered")
    FINAL = "final", pgettext_lazy("performance assessment", "final")
    FROZEN = "frozen", pgettext_lazy("performance assessment", "frozen")
    WITHDRAWN = "withdrawn", pgettext_lazy("performance assessment", "withdrawn")


class ScoringSide(models.TextChoices):
    """Who found it: the assessed, the assessor from outside, or whoever answered an objection."""

    OWN = "self", pgettext_lazy("performance assessment", "self-score")
    OUTSIDE = "outside", pgettext_lazy("performance assessment", "outside score")
    ANSWER = "answer", pgettext_lazy("performance assessment", "score after objection")


class FindingGrade(models.TextChoices):
    """What was found in a word: of graded evidence, of a criterion with letters, or the trend of a measure."""

    FULL = "full", pgettext_lazy("graded evidence", "in writing and carried out")
    HALF = "half", pgettext_lazy("graded evidence", "in writing only")
    NONE = "none", pgettext_lazy("graded evidence", "not there")
    LETTER_A = "A", pgettext_lazy("criterion of a scheme", "grade A")
    LETTER_B = "B", pgettext_lazy("criterion of a scheme", "grade B")
    LETTER_C = "C", pgettext_lazy("criterion of a scheme", "grade C")
    IMPROVING = "improving", pgettext_lazy("trend of a measure", "improving")
    STABLE = "stable", pgettext_lazy("trend of a measure", "stable")
    WORSENING = "worsening", pgettext_lazy("trend of a measure", "getting worse")


class NumberSource(models.TextChoices):
    """Where a number comes from."""

    TYPED = "typed", pgettext_lazy("number of a performance assessment", "entered by a person")
    ACCEPTED = "accepted", pgettext_lazy("number of a performance assessment", "accepted value of an indicator")
    DUTIES = "duties", pgettext_lazy("number of a performance assessment", "counted from the records of duties")


class FreezePurpose(models.TextChoices):
    MONEY = "money", _("decides about money")
    RANKING = "ranking", _("is used for a ranking")
    RECORD = "record", _("is kept for the record")


class ObjectionAnswer(models.TextChoices):
    UPHELD = "upheld", pgettext_lazy("answer to an objection", "upheld")
    PARTLY = "partly", pgettext_lazy("answer to an objection", "partly upheld")
    REJECTED = "rejected", pgettext_lazy("answer to an objection", "not upheld")


class PerformanceAssessment(ProvenancedRecord):
    """One round: an institution, for itself or as the lead of an alliance, by one scheme, for one period."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    scheme = models.CharField(_("scheme"), max_length=64)
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        related_name="performance_assessments",
        verbose_name=_("institution assessed"),
    )
    alliance = models.ForeignKey(
        Alliance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="performance_assessments",
        verbose_name=_("alliance"),
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="performance_assessments",
        verbose_name=_("agreement"),
    )
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    due_on = models.DateField(_("self-scores due on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects the round"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=PerformanceState.choices, default=PerformanceState.DRAFT
    )
    objections_until = models.DateField(_("objections until"), null=True, blank=True)
    purpose = models.CharField(_("what it is used for"), max_length=8, choices=FreezePurpose.choices, blank=True)
    # Everything that the result was made of, and the SHA-256 of it in one plain form.
    snapshot = models.JSONField(_("frozen snapshot"), default=dict, blank=True)
    snapshot_sha256 = models.CharField(_("SHA-256 of the snapshot"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("performance assessment")
        verbose_name_plural = _("performance assessments")
        ordering = ["-period_to", "-id"]
        indexes = [models.Index(fields=["institution", "scheme", "period_to"])]
        constraints = [
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="performance_period_in_order"),
            models.CheckConstraint(
                condition=Q(
                    state="frozen",
                )
                & ~Q(snapshot_sha256="")
                & ~Q(purpose="")
                | ~Q(state="frozen") & Q(snapshot_sha256=""),
                name="performance_frozen_with_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("indicators:performance", args=[self.pk])

    @property
    def is_frozen(self) -> bool:
        return self.state == PerformanceState.FROZEN


class PerformanceFinding(ProvenancedRecord):
    """What one side found of one item.

    ``value`` is the number: of deducting items those that are missing, of proportional ones those that are reached
    (``out_of`` how many there are), of a measure its mean or share (``attained`` of ``out_of`` cases kept its limit).
    """

    assessment = models.ForeignKey(
        PerformanceAssessment,
        on_delete=models.PROTECT,
        related_name="findings",
        verbose_name=_("performance assessment"),
    )
    item = models.CharField(_("item"), max_length=64)
    side = models.CharField(_("side"), max_length=8, choices=ScoringSide.choices)
    grade = models.CharField(_("finding"), max_length=12, choices=FindingGrade.choices, blank=True)
    value = models.DecimalField(_("number"), max_digits=16, decimal_places=4, null=True, blank=True)
    out_of = models.DecimalField(_("out of"), max_digits=16, decimal_places=4, null=True, blank=True)
    attained = models.PositiveIntegerField(_("cases within the limit"), null=True, blank=True)
    source = models.CharField(
        _("where the number comes from"), max_length=8, choices=NumberSource.choices, default=NumberSource.TYPED
    )
    rows = models.PositiveIntegerField(_("rows counted"), null=True, blank=True)
    # Of an accepted value its indicator, version, figures, periods and the values themselves; else nothing.
    taken_from = models.JSONField(_("taken from"), default=dict, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user")
    )

    class Meta:
        verbose_name = _("finding of a performance assessment")
        verbose_name_plural = _("findings of performance assessments")
        ordering = ["assessment_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item", "side"], name="performance_finding_once"),
            models.CheckConstraint(
                condition=(Q(value__isnull=True) | Q(value__gte=-1))
                & (Q(out_of__isnull=True) | Q(out_of__gt=0))
                & (Q(attained__isnull=True) | Q(attained__lte=F("out_of"))),
                name="performance_numbers_in_range",
            ),
            models.CheckConstraint(
                condition=Q(source="typed", rows__isnull=True)
                | Q(source__in=["accepted", "duties"], value__isnull=False),
                name="performance_counted_with_a_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.side}"


class PerformanceEvidence(VersionedRecord):
    """A piece of evidence, attached once for all items that it supports: a written reference, its day, its holder.

    Where a record of the product stands behind it, the piece leads to that record.
    """

    assessment = models.ForeignKey(
        PerformanceAssessment,
        on_delete=models.PROTECT,
        related_name="evidence",
        verbose_name=_("performance assessment"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    what = models.CharField(_("what it is"), max_length=300)
    dated_on = models.DateField(_("dated on"), null=True, blank=True)
    holder = models.CharField(_("who holds it"), max_length=200)
    items = models.JSONField(_("items that it supports"), default=list)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreement")
    )
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("duty")
    )
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user")
    )

    class Meta:
        verbose_name = _("evidence of a performance assessment")
        verbose_name_plural = _("evidence of performance assessments")
        ordering = ["assessment_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="performance_evidence_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}.{self.number}"


class PerformanceObjection(VersionedRecord):
    """The assessed side's objection to the outside score of one item, and the answer to it."""

    assessment = models.ForeignKey(
        PerformanceAssessment,
        on_delete=models.PROTECT,
        related_name="objections",
        verbose_name=_("performance assessment"),
    )
    item = models.CharField(_("item"), max_length=64)
    text = models.TextField(_("objection"))
    raised_on = models.DateField(_("raised on"))
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("raised by"))
    answer = models.CharField(_("answer"), max_length=8, choices=ObjectionAnswer.choices, blank=True)
    answer_text = models.TextField(_("answer in words"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("objection to a score")
        verbose_name_plural = _("objections to scores")
        ordering = ["assessment_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="performance_objection_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True, answered_by__isnull=True)
                | ~Q(answer="") & ~Q(answer_text="") & Q(answered_on__isnull=False, answered_by__isnull=False),
                name="performance_objection_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.item}"


class PerformanceEvent(TakenStep):
    """One step of a round, or a change in it. Rows are only ever added."""

    assessment = models.ForeignKey(
        PerformanceAssessment,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("performance assessment"),
    )
    from_state = models.CharField(_("from state"), max_length=12, choices=PerformanceState.choices)
    to_state = models.CharField(_("to state"), max_length=12, choices=PerformanceState.choices)

    class Meta:
        verbose_name = _("step of a performance assessment")
        ordering = ["assessment_id", "id"]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.step}"
