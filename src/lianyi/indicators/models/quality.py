"""Quality control: where charts begin anew and why, and cases from signals with owner, cause, actions, check."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.indicators.models.values import PeriodKind


class QualityState(models.TextChoices):
    OPEN = "open", pgettext_lazy("quality control case", "open")
    OWNED = "owned", pgettext_lazy("quality control case", "has an owner")
    CAUSE_FOUND = "cause_found", pgettext_lazy("quality control case", "cause found")
    ACTION_AGREED = "action_agreed", pgettext_lazy("quality control case", "action agreed")
    ACTION_DONE = "action_done", pgettext_lazy("quality control case", "action done")
    CHECKING = "checking", pgettext_lazy("quality control case", "being checked")
    WORKED = "worked", pgettext_lazy("quality control case", "it worked")
    NOT_WORKED = "not_worked", pgettext_lazy("quality control case", "it did not work")
    CLOSED = "closed", pgettext_lazy("quality control case", "closed")
    DISMISSED = "dismissed", pgettext_lazy("quality control case", "false alarm")


class SignalSide(models.TextChoices):
    """Where the signal points."""

    HIGH = "high", pgettext_lazy("side of a signal", "high")
    LOW = "low", pgettext_lazy("side of a signal", "low")


class QualityVerdict(models.TextChoices):
    WORKED = "worked", pgettext_lazy("verdict on a corrective action", "it worked")
    NOT_WORKED = "not_worked", pgettext_lazy("verdict on a corrective action", "it did not work")


class ChartFinding(models.TextChoices):
    """What the chart says of the periods after the action. It is computed, and no verdict."""

    TOO_EARLY = "too_early", pgettext_lazy("chart after the action", "too early to tell")
    BETTER = "better", pgettext_lazy("chart after the action", "a signal for the better")
    SETTLED = "settled", pgettext_lazy("chart after the action", "the disturbance did not come back")
    NO_CHANGE = "no_change", pgettext_lazy("chart after the action", "no detectable change")
    WORSE = "worse", pgettext_lazy("chart after the action", "a signal for the worse")


OVER = (QualityState.CLOSED, QualityState.DISMISSED)


class ChartRebase(ProvenancedRecord):
    """That a chart begins anew with a period because the work was changed then. A later row withdraws an earlier one.

    Rows are only ever added: whoever reads a chart years later sees who moved its limits, and why.
    """

    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="chart_rebases", verbose_name=_("unit")
    )
    indicator = models.CharField(_("indicator"), max_length=64)
    period_start = models.DateField(_("first period of the new phase"))
    reason = models.TextField(_("what was changed in the work"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    recorded_at = models.DateTimeField(_("recorded at"))
    withdraws = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="withdrawn_by",
        verbose_name=_("withdraws"),
    )

    class Meta:
        verbose_name = _("new beginning of a chart")
        verbose_name_plural = _("new beginnings of charts")
        ordering = ["node_id", "indicator", "period_start", "id"]
        indexes = [models.Index(fields=["indicator", "node"])]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="chart_rebase_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period_start}"


class QualityCase(ProvenancedRecord):
    """One case: a unit, an indicator, the side to which the signal points; at most one of each is open at a time.

    ``found`` keeps the point as the chart showed it when the case was opened: value, mean, limits, rules.
    """

    code = models.CharField(_("code"), max_length=48, unique=True)
    node = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="quality_cases", verbose_name=_("unit")
    )
    indicator = models.CharField(_("indicator"), max_length=64)
    period = models.CharField(_("period"), max_length=8, choices=PeriodKind.choices)
    signal_start = models.DateField(_("period of the signal"))
    side = models.CharField(_("side of the signal"), max_length=4, choices=SignalSide.choices)
    rule = models.CharField(_("rule of the signal"), max_length=16)
    found = models.JSONField(_("what the chart showed"), default=dict, blank=True)
    is_watched = models.BooleanField(_("opened by the program"), default=False)
    state = models.CharField(_("state"), max_length=16, choices=QualityState.choices, default=QualityState.OPEN)
    opened_on = models.DateField(pgettext_lazy("quality control case", "opened on"))
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="quality_cases", verbose_name=_("owner")
    )
    owner_words = models.CharField(_("owner in words"), max_length=100, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    cause_kind = models.CharField(_("kind of cause"), max_length=24, blank=True)
    cause = models.TextField(_("cause"), blank=True)
    checker = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quality_cases_checked",
        verbose_name=_("checked by"),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("quality control case")
        verbose_name_plural = _("quality control cases")
        ordering = ["-opened_on", "code"]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["indicator", "node"])]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "indicator", "side"],
                condition=~Q(state__in=["closed", "dismissed"]),
                name="quality_case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dismissed", "closed"])
                | Q(due_on__isnull=False) & (Q(owner__isnull=False) | ~Q(owner_words="")),
                name="quality_case_has_owner_and_day",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=["cause_found", "action_agreed", "action_done", "checking", "worked", "not_worked"]
                )
                | ~Q(cause_kind="") & ~Q(cause=""),
                name="quality_case_has_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "dismissed"], closed_on__isnull=False)
                | ~Q(state__in=["closed", "dismissed"]) & Q(closed_on__isnull=True),
                name="quality_case_over_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("indicators:quality-case", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.state in OVER


class QualityAction(ProvenancedRecord):
    """One corrective action of a case. Whether it is late, or open, follows from its days."""

    case = models.ForeignKey(
        QualityCase, on_delete=models.PROTECT, related_name="actions", verbose_name=_("quality control case")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    what = models.CharField(_("what is done"), max_length=400)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who does it")
    )
    owner_words = models.CharField(_("who does it, in words"), max_length=100, blank=True)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = models.TextField(_("evidence that it is done"), blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported as done by")
    )
    dropped_because = models.CharField(_("why it was dropped"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        ordering = ["case_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="quality_action_number_unique"),
            models.CheckConstraint(
                condition=~Q(what="") & (Q(owner__isnull=False) | ~Q(owner_words="")), name="quality_action_has_owner"
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, evidence="") | Q(done_on__isnull=False) & ~Q(evidence=""),
                name="quality_action_done_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(dropped_because="") | Q(done_on__isnull=True), name="quality_action_done_or_dropped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.number}"

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.dropped_because


class QualityCheck(ProvenancedRecord):
    """What the chart said after the action, and what somebody who neither owned nor did it signed. Only ever added."""

    case = models.ForeignKey(
        QualityCase, on_delete=models.PROTECT, related_name="checks", verbose_name=_("quality control case")
    )
    checked_on = models.DateField(_("checked on"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=QualityVerdict.choices)
    finding = models.CharField(_("what the chart says"), max_length=12, choices=ChartFinding.choices)
    points = models.PositiveSmallIntegerField(_("periods since the action"))
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    words = models.TextField(_("what the check found"))
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    signed_by = models.CharField(_("signed by"), max_length=100)

    class Meta:
        verbose_name = _("check of a corrective action")
        verbose_name_plural = _("checks of corrective actions")
        ordering = ["case_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "checked_on", "verdict"], name="quality_check_once_a_day"),
            models.CheckConstraint(condition=~Q(words="") & ~Q(signed_by=""), name="quality_check_says_something"),
            models.CheckConstraint(
                condition=~Q(finding="too_early") & (~Q(verdict="worked") | Q(finding__in=["better", "settled"])),
                name="quality_check_verdict_rests_on_the_chart",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict}"


class QualityEvent(models.Model):
    """One step of a case, or a change in it. Rows are only ever added."""

    case = models.ForeignKey(
        QualityCase, on_delete=models.PROTECT, related_name="events", verbose_name=_("quality control case")
    )
    step = models.CharField(_("step"), max_length=24)
    from_state = models.CharField(_("from state"), max_length=16, choices=QualityState.choices, blank=True)
    to_state = models.CharField(_("to state"), max_length=16, choices=QualityState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_role = models.CharField(_("acting role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step of a quality control case")
        ordering = ["case_id", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"
