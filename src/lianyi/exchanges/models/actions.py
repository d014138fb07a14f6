"""Actions: what is done about a point, by whom, until when, and who saw that it was done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.exchanges.models.points import Point
from lianyi.partnerships.models import Duty
from lianyi.registry.models import Institution, Staff


class ActionState(models.TextChoices):
    REPORTED = "reported", pgettext_lazy("state of an action", "reported")
    SORTED = "sorted", pgettext_lazy("state of an action", "sorted")
    AGREED = "agreed", pgettext_lazy("state of an action", "agreed")
    DOING = "doing", pgettext_lazy("state of an action", "being done")
    DONE = "done", pgettext_lazy("state of an action", "done, not checked")
    VERIFIED = "verified", pgettext_lazy("state of an action", "checked")
    CLOSED = "closed", pgettext_lazy("state of an action", "closed")
    STANDBY = "standby", pgettext_lazy("state of an action", "on standby")
    REFUSED = "refused", pgettext_lazy("state of an action", "refused")
    # Derived from a point that names the former one; never kept.
    CAME_BACK = "came_back", pgettext_lazy("state of an action", "came back")


KEPT_STATES = tuple(state for state in ActionState if state is not ActionState.CAME_BACK)


class Action(ProvenancedRecord):
    """One action for one point. ``done_on`` is the day on which the owner says it was done, ``closed_on`` its end."""

    code = models.CharField(_("code"), max_length=48, unique=True)
    point = models.OneToOneField(Point, on_delete=models.PROTECT, related_name="action", verbose_name=_("point"))
    title_zh = models.CharField(_("Chinese title"), max_length=300, blank=True)
    title_en = models.CharField(_("English title"), max_length=300, blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, state.label) for state in KEPT_STATES],
        default=ActionState.SORTED,
    )
    owner = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions_owned",
        verbose_name=_("owner institution"),
    )
    owner_staff = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions_owned",
        verbose_name=_("owner in person"),
    )
    owner_function = models.CharField(_("owner by function"), max_length=100, blank=True)
    supporter = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions_supported",
        verbose_name=_("supporter"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("duty")
    )
    indicator_code = models.CharField(_("code of the indicator"), max_length=40, blank=True)
    # Until an indicator of this code is on record here, these are the words for it.
    indicator_words = models.CharField(_("indicator in words"), max_length=200, blank=True)
    evidence = models.TextField(_("evidence that it is done"), blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_recorded_at = models.DateTimeField(_("recorded as done at"), null=True, blank=True)
    check_words = models.TextField(_("what the check found"), blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=100, blank=True)
    checked_by_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions_checked",
        verbose_name=_("checked by the institution"),
    )
    closed_on = models.DateField(pgettext_lazy("visit", "closed on"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("visit", "action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in KEPT_STATES]), name="action_state_is_kept"
            ),
            models.CheckConstraint(condition=~Q(title_zh="", title_en=""), name="action_says_something"),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "doing", "done", "verified", "closed"])
                | Q(owner__isnull=False, due_on__isnull=False),
                name="action_agreed_has_owner_and_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "verified", "closed"])
                | (Q(done_on__isnull=False, done_recorded_at__isnull=False) & ~Q(evidence="")),
                name="action_done_has_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verified", "closed"]) | (Q(checked_on__isnull=False) & ~Q(check_words="")),
                name="action_closed_was_checked",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="action_closed_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"])]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("exchanges:action", args=[self.pk])


class ActionEvent(models.Model):
    """One step of an action, with what it changed. Rows are only ever added."""

    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="events", verbose_name=pgettext_lazy("visit", "action")
    )
    step = models.CharField(_("step"), max_length=16)
    from_state = models.CharField(_("state before"), max_length=10, choices=ActionState.choices, blank=True)
    to_state = models.CharField(_("state after"), max_length=10, choices=ActionState.choices)
    happened_on = models.DateField(_("happened on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_node = models.ForeignKey(
        OrganisationNode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acting for"),
    )
    acting_role = models.CharField(_("role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("step of an action")
        verbose_name_plural = _("steps of actions")
        ordering = ["action_id", "id"]

    def __str__(self) -> str:
        return f"{self.action_id} {self.step}"
