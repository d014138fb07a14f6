"""Reports that were kept: what stood in them on the day they were made, word for word, and when the next is due."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import Affiliation, User
from lianyi.accounts.records import VersionedRecord
from lianyi.exchanges.models import ExchangeVisit
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Place
from lianyi.reports.content import QUARTERS, ReportPeriod


class KeptDocument(models.Model):
    """What every kept report holds. Rows are only added: a later edition stands beside the earlier."""

    number = models.PositiveSmallIntegerField(pgettext_lazy("report", "edition"))
    counted_to = models.DateField(_("counted up to"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    acting_role = models.CharField(_("role"), max_length=24, blank=True)
    # Language -> what ``content.Report.as_document`` gave.
    documents = models.JSONField(_("text of the report"))
    sha256 = models.CharField(_("checksum"), max_length=64)

    class Meta:
        abstract = True


class KeptReport(KeptDocument):
    """One report of an agreement as it was made, in every language."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="kept_reports", verbose_name=_("agreement")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), null=True, blank=True)

    class Meta:
        verbose_name = _("kept report")
        verbose_name_plural = _("kept reports")
        ordering = ["-year", "-quarter", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "year", "number"],
                condition=Q(quarter__isnull=True),
                name="report_of_year_edition_once",
            ),
            models.UniqueConstraint(fields=["agreement", "year", "quarter", "number"], name="report_edition_once"),
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__in=QUARTERS), name="report_quarter_exists"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.period} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("reports:kept", args=[self.pk])

    @property
    def period(self) -> ReportPeriod:
        return ReportPeriod(self.year, self.quarter)


class VisitReportKind(models.TextChoices):
    """What a report about a visit tells; the value stands in its address."""

    FOLLOW_UP = "follow-up", _("Follow-up of an inspection")
    SYMPOSIUM = "symposium", _("Page for a symposium")


class KeptVisitReport(KeptDocument):
    """One report about a visit as it was made, in every language."""

    visit = models.ForeignKey(
        ExchangeVisit,
        on_delete=models.PROTECT,
        related_name="kept_reports",
        verbose_name=pgettext_lazy("visit", "visit"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=VisitReportKind.choices)

    class Meta:
        verbose_name = _("kept report about a visit")
        verbose_name_plural = _("kept reports about visits")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind", "number"], name="visit_report_edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("reports:kept-of-visit", args=[self.pk])


class PlaceReportKind(models.TextChoices):
    """What a report about a place tells; the value stands in its address."""

    DASHBOARD = "dashboard", _("District dashboard")
    DEMANDS = "demands", _("Demands of visits and what became of them")


class KeptPlaceReport(KeptDocument):
    """One report about a place as it was made, in every language. Who covers the whole place reads it."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="kept_reports", verbose_name=_("place"))
    kind = models.CharField(_("kind"), max_length=12, choices=PlaceReportKind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), null=True, blank=True)

    class Meta:
        verbose_name = _("kept report about a place")
        verbose_name_plural = _("kept reports about places")
        ordering = ["-year", "-quarter", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind", "year", "number"],
                condition=Q(quarter__isnull=True),
                name="place_report_of_year_edition_once",
            ),
            models.UniqueConstraint(
                fields=["place", "kind", "year", "quarter", "number"], name="place_report_edition_once"
            ),
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__in=QUARTERS), name="place_report_quarter_exists"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.kind} {self.period} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("reports:kept-of-place", args=[self.pk])

    @property
    def period(self) -> ReportPeriod:
        return ReportPeriod(self.year, self.quarter)


class ReportSchedule(VersionedRecord):
    """That the report of each quarter or year is made by itself, some days after its end."""

    class Every(models.TextChoices):
        QUARTER = "quarter", _("every quarter")
        YEAR = "year", _("every year")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="report_schedules", verbose_name=_("agreement")
    )
    every = models.CharField(_("how often"), max_length=8, choices=Every.choices)
    days_after = models.PositiveSmallIntegerField(_("days after the end of the period"), default=5)
    since = models.DateField(_("first period that ends on or after"))
    is_on = models.BooleanField(_("in use"), default=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by"))

    class Meta:
        verbose_name = _("schedule of reports")
        verbose_name_plural = _("schedules of reports")
        ordering = ["agreement_id", "every"]
        constraints = [models.UniqueConstraint(fields=["agreement", "every"], name="one_schedule_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.every}"


class ReportBatch(models.Model):
    """That somebody asked for the reports of all agreements of a place at once; the worker makes them one by one."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="report_batches", verbose_name=_("place"))
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    # The reports are made as this person may read and write, and no longer than the affiliation holds.
    affiliation = models.ForeignKey(Affiliation, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))

    class Meta:
        verbose_name = _("reports asked for at once")
        verbose_name_plural = _("reports asked for at once")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__in=QUARTERS), name="report_batch_quarter_exists"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("reports:batch", args=[self.pk])

    @property
    def period(self) -> ReportPeriod:
        return ReportPeriod(self.year, self.quarter)


class ReportBatchLine(models.Model):
    """One report of those asked for at once: not made yet, made, or why it was not."""

    batch = models.ForeignKey(
        ReportBatch, on_delete=models.PROTECT, related_name="lines", verbose_name=_("reports asked for at once")
    )
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", verbose_name=_("agreement"))
    report = models.ForeignKey(
        KeptReport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kept report")
    )
    refused_code = models.CharField(_("why it was not made"), max_length=64, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("line of reports asked for at once")
        verbose_name_plural = _("lines of reports asked for at once")
        ordering = ["batch_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "agreement"], name="report_batch_agreement_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, report__isnull=True, refused_code="")
                | Q(done_at__isnull=False, report__isnull=False, refused_code="")
                | (Q(done_at__isnull=False, report__isnull=True) & ~Q(refused_code="")),
                name="report_batch_line_waits_or_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.agreement_id}"
