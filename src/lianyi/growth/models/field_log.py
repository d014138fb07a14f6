"""The daily log of posted people: one standing entry for each posting and day, earlier versions kept beside it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.dispatch.models import Posting


class LogSource(models.TextChoices):
    PAGE = "page", _("written on the site")
    OFFLINE = "offline", _("written without network")
    TABLE = "table", _("imported table")


class FieldLogEntry(ProvenancedRecord):
    """What a posted person did on a day, as numbers. Rows are only added; the highest number stands.

    An empty count says that nobody counted; it is never read as nothing done.
    """

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="field_log", verbose_name=_("posting"))
    day = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(_("version of the day"), default=1)
    # The version that the writer knew of; where it is not the one before, two were written side by side.
    follows = models.PositiveSmallIntegerField(_("version that was known"), default=0)
    outpatients = models.PositiveIntegerField(_("outpatients"), null=True, blank=True)
    ward_rounds = models.PositiveIntegerField(_("ward rounds"), null=True, blank=True)
    operations = models.PositiveIntegerField(_("operations"), null=True, blank=True)
    teaching_minutes = models.PositiveIntegerField(_("minutes of teaching"), null=True, blank=True)
    people = models.JSONField(_("patients by sex and age"), default=dict, blank=True)
    words = models.TextField(_("in words"), blank=True)
    source = models.CharField(_("written how"), max_length=8, choices=LogSource.choices, default=LogSource.TABLE)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("entry of the field log")
        verbose_name_plural = _("entries of the field log")
        ordering = ["-day", "posting_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "day", "number"], name="field_log_version_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, follows__lt=models.F("number")), name="field_log_follows_an_earlier"
            ),
        ]
        indexes = [models.Index(fields=["day"])]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.day} {self.number}"

    @property
    def is_beside(self) -> bool:
        """Whether it was written without knowing of the version before it."""
        return self.follows != self.number - 1
