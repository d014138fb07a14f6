"""What was counted from the records of this site for a sheet: each count, and the figures that it found."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import Provenance
from lianyi.indicators.models.values import IndicatorSheet


class CountedState(models.TextChoices):
    """Whether there are figures: missing says that no row tells of it, undefined that nothing could be divided by."""

    GIVEN = "given", pgettext_lazy("figure counted from records", "counted")
    MISSING = "missing", pgettext_lazy("figure counted from records", "no records")
    UNDEFINED = "undefined", pgettext_lazy("figure counted from records", "nothing to divide by")


class RecordCount(models.Model):
    """That the indicators of a sheet were counted from the records, by whom and when. Rows are only ever added."""

    sheet = models.ForeignKey(
        IndicatorSheet, on_delete=models.PROTECT, related_name="counts", verbose_name=_("sheet of indicators")
    )
    counted_at = models.DateTimeField(pgettext_lazy("indicators", "counted at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    # How many figures were found, how many of them are new or differ from the count before, and how long it took.
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("count from records")
        verbose_name_plural = _("counts from records")
        ordering = ["sheet_id", "id"]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.counted_at:%Y-%m-%d}"


class CountedValue(models.Model):
    """The figures of one indicator as a count found them, where they differ from the count before.

    Rows are only ever added; the newest of an indicator is what the records say. It is no value of the sheet by
    itself: that is an `IndicatorValue`, which takes a counted figure only where nobody gave one.
    """

    count = models.ForeignKey(
        RecordCount, on_delete=models.PROTECT, related_name="values", verbose_name=_("count from records")
    )
    sheet = models.ForeignKey(
        IndicatorSheet, on_delete=models.PROTECT, related_name="counted_values", verbose_name=_("sheet of indicators")
    )
    code = models.CharField(_("indicator"), max_length=64)
    definition_version = models.PositiveSmallIntegerField(_("version of the definition"))
    state = models.CharField(_("state"), max_length=10, choices=CountedState.choices)
    numerator = models.DecimalField(_("numerator"), max_digits=20, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(_("denominator"), max_digits=20, decimal_places=4, null=True, blank=True)
    numerator_rows = models.PositiveIntegerField(_("rows of the numerator"), default=0)
    denominator_rows = models.PositiveIntegerField(_("rows of the denominator"), null=True, blank=True)
    rows_seen = models.PositiveIntegerField(_("rows seen"), default=0)
    sample_rows = models.PositiveIntegerField(_("rows of sample data"), default=0)
    # Of those who have any row of the table in the period, how many have a figure.
    units_with_figure = models.PositiveIntegerField(_("units with a figure"), default=0)
    units = models.PositiveIntegerField(_("units seen"), default=0)

    class Meta:
        verbose_name = _("figure counted from records")
        verbose_name_plural = _("figures counted from records")
        ordering = ["sheet_id", "code", "id"]
        indexes = [models.Index(fields=["sheet", "code", "-id"])]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.code}"

    @property
    def figures(self) -> tuple[Decimal | None, Decimal | None]:
        return self.numerator, self.denominator

    @property
    def provenance(self) -> str:
        """Where the rows come from: one of sample data makes the figure a sample."""
        return Provenance.SAMPLE if self.sample_rows or self.sheet.is_sample else Provenance.RECORDED
