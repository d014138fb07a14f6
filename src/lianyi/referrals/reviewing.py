"""What referrals put before the review of a partnership: clocks that ran out, and what units lacked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.methods.periods import DateSpan
from lianyi.methods.proportions import is_small_cell
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.reviewing import ReviewLine, ReviewPart, register_review_source
from lianyi.referrals.counting import counting_scope, hides_small_counts, may_count
from lianyi.referrals.models import CapabilityFinding, Leg, ReturnNeed
from lianyi.referrals.policies import policy_for
from lianyi.referrals.statistics_queries import Selection, breaches
from lianyi.referrals.texts import CLOCK_WORDS
from lianyi.registry.models import Institution


def register() -> None:
    """Speak in the review of a partnership; once, when the application starts."""
    register_review_source(clocks_that_ran_out)
    register_review_source(what_units_lacked)


def clocks_that_ran_out(actor: Actor, agreement: Agreement, span: DateSpan) -> ReviewPart | None:
    """Count, by phase and by the institution that had to act, the clocks of the agreement's referrals that ran out."""
    if not may_count(actor):
        return None
    legs = _legs(actor, agreement)
    found = Counter((each.kind, each.holder_id) for each in breaches(Selection(legs, span, timezone.now())))
    return ReviewPart(
        _("Referrals: clocks that ran out"),
        _("Each clock that was over its due time counts once, for the institution that had to act."),
        _lines(actor, agreement, legs, {key: CLOCK_WORDS[key[0]] for key in found}, found),
        reverse("referrals:statistics"),
    )


def what_units_lacked(actor: Actor, agreement: Agreement, span: DateSpan) -> ReviewPart | None:
    """Count, by kind and by unit, for want of what patients could not be taken back: where the partner can help."""
    if not may_count(actor):
        return None
    legs = _legs(actor, agreement)
    window = Selection(legs, span, timezone.now())
    rows = CapabilityFinding.objects.filter(
        leg__in=legs.order_by().values("pk"), found_at__gte=window.start, found_at__lt=window.end
    )
    found = Counter(rows.order_by().values_list("kind", "institution_id"))
    return ReviewPart(
        _("Transfers back: what units lacked"),
        _("What a unit said it did not have when a patient was to come back to it."),
        _lines(actor, agreement, legs, {key: ReturnNeed.Kind(key[0]).label for key in found}, found),
        reverse("referrals:findings"),
    )


def _legs(actor: Actor, agreement: Agreement) -> QuerySet[Leg, Any]:
    return counting_scope(actor).filter(request__agreement=agreement)


def _lines(
    actor: Actor,
    agreement: Agreement,
    legs: QuerySet[Leg, Any],
    words: dict[tuple[str, int], Any],
    found: Counter[tuple[str, int]],
) -> list[ReviewLine]:
    """Return the lines, the most frequent first; there are no totals, so that none tells a number that is hidden."""
    limit = policy_for(agreement, timezone.localdate()).limits.small_cell
    hides = hides_small_counts(actor, legs)
    places = Institution.objects.in_bulk({place for _kind, place in found})
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    shown = [
        (f"{words[kind, place]} · {name_of(places[place])}", None if hides and is_small_cell(number, limit) else number)
        for (kind, place), number in ordered
    ]
    # In the order of their numbers hidden ones would tell which is larger; they stand last, by name.
    open_lines = [ReviewLine(text, number) for text, number in shown if number is not None]
    return open_lines + [ReviewLine(text, None) for text in sorted(text for text, number in shown if number is None)]
