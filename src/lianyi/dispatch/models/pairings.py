"""Pairing plans: which institutions may help which, what the planner fixed by hand, and the pairs that were found."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import VersionedRecord
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.registry.models import Institution

LONGEST_REFUSAL = 300


class PairingState(models.TextChoices):
    """Where a pairing plan stands."""

    DRAFT = "draft", _("not planned yet")
    READY = "ready", _("plan made")
    KEPT = "kept", _("adopted")
    PUT_ASIDE = "put_aside", _("put aside")


class PairingPlan(VersionedRecord):
    """One way to pair institutions that give with institutions that receive; several stand side by side."""

    name = models.CharField(_("name"), max_length=100)
    # Whoever covers this institution or place plans with it; the institutions see what becomes of it, not this.
    owner = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    donors = models.ManyToManyField(Institution, related_name="+", verbose_name=_("may give"))
    recipients = models.ManyToManyField(Institution, related_name="+", verbose_name=_("may receive"))
    # Needs that lie in these days count.
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    # What was chosen, as `lianyi.dispatch.pairing_rules` reads it.
    rules = models.JSONField(_("rules and goals"), default=dict)
    seed = models.PositiveIntegerField(_("seed"), default=0)
    seconds = models.PositiveSmallIntegerField(_("time for the search (seconds)"), default=60)
    # The last day on which the institutions may state their wishes themselves; empty while nobody is asked.
    wishes_until = models.DateField(_("wishes until"), null=True, blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies", verbose_name=_("copied from")
    )
    state = models.CharField(_("state"), max_length=12, choices=PairingState.choices, default=PairingState.DRAFT)
    # Goals with bound and gap, what stays open and why, what changes, the burden: all that the search told.
    figures = models.JSONField(_("figures"), default=dict)
    # Rules, choices or pairs by hand changed after the search.
    is_touched = models.BooleanField(_("changed by hand since the last search"), default=False)
    solved_at = models.DateTimeField(_("planned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pairing plan")
        verbose_name_plural = _("pairing plans")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="pairing_days_in_order"),
            models.CheckConstraint(
                condition=Q(seconds__gte=1, seconds__lte=LONGEST_SEARCH_SECONDS), name="pairing_search_time"
            ),
        ]
        indexes = [models.Index(fields=["owner", "state"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dispatch:pairing", args=[self.pk])


class PairingMark(models.Model):
    """What was said of two institutions: always a pair, never one, and what each of them wishes of the other.

    The hold is the planner's word. Wishes are stated by the institutions or entered for them; `PairingWishes` tells
    by whom.
    """

    class Hold(models.TextChoices):
        FREE = "", _("the search decides")
        FIXED = "fixed", _("always a pair")
        FORBIDDEN = "forbidden", _("never a pair")

    plan = models.ForeignKey(
        PairingPlan, on_delete=models.PROTECT, related_name="marks", verbose_name=_("pairing plan")
    )
    donor = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("gives"))
    recipient = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("receives"))
    hold = models.CharField(_("by hand"), max_length=9, choices=Hold.choices, default=Hold.FREE, blank=True)
    # 1 is the first choice; empty says that the other was not named.
    donor_rank = models.PositiveSmallIntegerField(_("choice of who gives"), null=True, blank=True)
    recipient_rank = models.PositiveSmallIntegerField(_("choice of who receives"), null=True, blank=True)
    # Why one of the two could not work with the other; empty where it said no such thing.
    donor_refusal = models.CharField(
        _("why who gives could not work with who receives"), max_length=LONGEST_REFUSAL, blank=True
    )
    recipient_refusal = models.CharField(
        _("why who receives could not work with who gives"), max_length=LONGEST_REFUSAL, blank=True
    )

    class Meta:
        verbose_name = _("pair by hand")
        ordering = ["plan_id", "recipient_id", "donor_id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "donor", "recipient"], name="pairing_mark_once_in_plan"),
            models.CheckConstraint(condition=~Q(donor=F("recipient")), name="pairing_mark_of_two"),
            models.CheckConstraint(condition=Q(hold__in=["", "fixed", "forbidden"]), name="pairing_mark_hold"),
            models.CheckConstraint(
                condition=Q(donor_rank__isnull=True) | Q(donor_refusal=""), name="pairing_mark_wish_of_donor"
            ),
            models.CheckConstraint(
                condition=Q(recipient_rank__isnull=True) | Q(recipient_refusal=""),
                name="pairing_mark_wish_of_recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.donor_id} {self.recipient_id} {self.hold}"

    @property
    def is_refused(self) -> bool:
        """Whether one of the two said that it could not work with the other."""
        return bool(self.donor_refusal or self.recipient_refusal)


class PlannedPair(models.Model):
    """A pair that the search found, the people of it by need, and why it is there; codes, told in words by the page."""

    class Standing(models.TextChoices):
        KEPT = "kept", _("a pair today")
        NEW = "new", _("new")

    plan = models.ForeignKey(
        PairingPlan, on_delete=models.PROTECT, related_name="pairs", verbose_name=_("pairing plan")
    )
    donor = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("gives"))
    recipient = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("receives"))
    standing = models.CharField(_("against today"), max_length=4, choices=Standing.choices)
    people = models.PositiveSmallIntegerField(_("people"))
    # For each need: its key in the plan, what is asked, people sent, people wanted, how strong the donor is in it.
    meets = models.JSONField(_("what it meets"), default=list)
    # Empty where nobody knows where one of the two is.
    travel_hours = models.FloatField(_("hours of travel"), null=True, blank=True)
    tie_years = models.FloatField(_("years as partners"), default=0.0)
    why = models.CharField(_("why"), max_length=12)
    worse = models.JSONField(_("what would be worse without it"), default=dict)
    # Who would help instead in the next best plan.
    instead = models.JSONField(_("who would come instead"), default=list)

    class Meta:
        verbose_name = _("pair of a plan")
        ordering = ["plan_id", "recipient__code", "donor__code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "donor", "recipient"], name="planned_pair_once_in_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.donor_id} {self.recipient_id}"
