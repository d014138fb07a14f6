"""How records came to be what they are: dated events, proposed changes, imports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord


class RegistryEvent(models.Model):
    """A change of a place, an institution or a department with the day on which it took effect."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        REGRADED = "regraded", _("tier or grade changed")
        MERGED = "merged", _("merged into another")
        ABSORBED = "absorbed", _("took over another")
        PLACED_UNDER = "placed_under", _("placed under another")
        CLOSED = "closed", _("closed")
        CORRECTED = "corrected", _("corrected")

    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, related_name="registry_events")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    effective_on = models.DateField(_("effective on"))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    other_node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("registry event")
        ordering = ["-effective_on", "-id"]
        indexes = [models.Index(fields=["node", "effective_on"])]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.kind}"


class ChangeRequest(ProvenancedRecord):
    """A proposed change of a registry record that people above must agree to before it is made."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        COUNTY_APPROVED = "county_approved", _("approved by the county")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUPERSEDED = "superseded", _("superseded")

    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, related_name="change_requests")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PROPOSED)
    changes = models.JSONField(_("changes"))
    effective_on = models.DateField(_("effective on"))
    needs_second_level = models.BooleanField(_("needs the prefecture's agreement"), default=False)
    base_version = models.PositiveIntegerField()
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    first_level_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node"],
                condition=Q(state__in=["proposed", "county_approved"]),
                name="one_pending_change_per_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("registry:change-request-detail", args=[self.pk])


class ImportRun(ProvenancedRecord):
    """One import of one file: what it was, what came of it."""

    class Mode(models.TextChoices):
        ALL_OR_NOTHING = "all_or_nothing", _("all or nothing")
        GOOD_ROWS = "good_rows", _("good rows only")

    kind = models.CharField(_("kind of table"), max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    node = models.ForeignKey(OrganisationNode, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    rows_read = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
