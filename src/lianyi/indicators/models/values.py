"""What institutions and places report: who reports what, a sheet for each period, its values, and how it went."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord, TakenStep


class PeriodKind(models.TextChoices):
    """How long the periods of an indicator are; the words of ``lianyi.rules.indicators``."""

    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


class SheetState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("sheet of indicators", "draft")
    SUBMITTED = "submitted", pgettext_lazy("sheet of indicators", "submitted")
    CHECKED = "checked", pgettext_lazy("sheet of indicators", "checked")
    ACCEPTED = "accepted", pgettext_lazy("sheet of indicators", "accepted")
    LOCKED = "locked", pgettext_lazy("sheet of indicators", "locked")


class ValueSource(models.TextChoices):
    """Where the figures of a value come from."""

    TYPED = "typed", _("typed by hand")
    UPLOADED = "uploaded", _("from a table")
    COUNTED = "counted", _("counted from records")


class ReportingAssignment(ProvenancedRecord):
    """That an institution or a place reports a family of indicators, from when on, and how soon after each period."""

    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="reporting_assignments", verbose_name=_("unit")
    )
    family = models.CharField(_("family of indicators"), max_length=48)
    period = models.CharField(_("period"), max_length=8, choices=PeriodKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(_("days after the period until it is due"))

    class Meta:
        verbose_name = _("reporting duty")
        verbose_name_plural = _("reporting duties")
        ordering = ["family", "node_id", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["node", "family", "period", "starts_on"], name="reporting_duty_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="reporting_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.family}"


class IndicatorSheet(ProvenancedRecord):
    """What one unit reports of one family of indicators for one period."""

    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="indicator_sheets", verbose_name=_("unit")
    )
    family = models.CharField(_("family of indicators"), max_length=48)
    period = models.CharField(_("period"), max_length=8, choices=PeriodKind.choices)
    period_start = models.DateField(_("first day of the period"))
    state = models.CharField(_("state"), max_length=12, choices=SheetState.choices, default=SheetState.DRAFT)

    class Meta:
        verbose_name = _("sheet of indicators")
        verbose_name_plural = _("sheets of indicators")
        ordering = ["-period_start", "node_id", "family"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "family", "period", "period_start"], name="indicator_sheet_once_a_period"
            ),
        ]
        indexes = [models.Index(fields=["family", "period", "period_start"])]

    def __str__(self) -> str:
        return f"{self.node} {self.family} {self.period_start}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:sheet", args=[self.pk])


class IndicatorSheetEvent(TakenStep):
    """One step of a sheet, or a change of its values. Rows are only ever added."""

    sheet = models.ForeignKey(
        IndicatorSheet, on_delete=models.PROTECT, related_name="events", verbose_name=_("sheet of indicators")
    )
    from_state = models.CharField(_("from state"), max_length=12, choices=SheetState.choices)
    to_state = models.CharField(_("to state"), max_length=12, choices=SheetState.choices)
    # On which day it counts as taken, where a table tells of sheets that were kept elsewhere.
    effective_on = models.DateField(_("effective on"))

    class Meta:
        verbose_name = _("step of a sheet of indicators")
        ordering = ["sheet_id", "id"]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.step}"


class IndicatorValue(ProvenancedRecord):
    """Numerator and denominator of one indicator of one unit in one period, by one version of its definition.

    The value itself is never typed and never kept: it follows from the two by the definition. What is missing has no
    row; that a figure cannot be had is a row of its own, with the reason.
    """

    sheet = models.ForeignKey(
        IndicatorSheet, on_delete=models.PROTECT, related_name="values", verbose_name=_("sheet of indicators")
    )
    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="indicator_values", verbose_name=_("unit")
    )
    code = models.CharField(_("indicator"), max_length=64)
    definition_version = models.PositiveSmallIntegerField(_("version of the definition"))
    period_start = models.DateField(_("first day of the period"))
    numerator = models.DecimalField(_("numerator"), max_digits=20, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(_("denominator"), max_digits=20, decimal_places=4, null=True, blank=True)
    unavailable_because = models.CharField(_("why it is not available"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    source = models.CharField(
        _("where the figures come from"), max_length=12, choices=ValueSource.choices, default=ValueSource.TYPED
    )

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        ordering = ["-period_start", "code", "node_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "code", "definition_version", "period_start"], name="indicator_value_once"
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=False, unavailable_because="")
                | Q(numerator__isnull=True, denominator__isnull=True) & ~Q(unavailable_because=""),
                name="indicator_value_given_or_not_available",
            ),
        ]
        indexes = [models.Index(fields=["code", "period_start"])]

    def __str__(self) -> str:
        return f"{self.code} {self.period_start}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:value", args=[self.pk])

    @property
    def is_available(self) -> bool:
        return self.numerator is not None

    @property
    def figures(self) -> tuple[Decimal | None, Decimal | None]:
        return self.numerator, self.denominator


class IndicatorValueChange(models.Model):
    """What a value was before it was changed, and why. Rows are only ever added."""

    value = models.ForeignKey(
        IndicatorValue, on_delete=models.PROTECT, related_name="changes", verbose_name=_("value of an indicator")
    )
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    reason = models.TextField(_("reason in words"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))

    class Meta:
        verbose_name = _("change of a value")
        ordering = ["value_id", "id"]

    def __str__(self) -> str:
        return f"{self.value_id} {self.recorded_at:%Y-%m-%d}"
