"""The referral policies of this installation, and the calendar that working days are counted in."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings
from django.utils import timezone

from lianyi.methods.clocks import WorkingCalendar, due_at
from lianyi.partnerships.models import Agreement
from lianyi.referrals.models import ReferralTerms
from lianyi.rules.referral_loading import ReferralPolicyBook, load_referral_policies
from lianyi.rules.referral_policy import ClockTarget, ReferralPolicy

COUNTRY = "CN"


@functools.cache
def policy_book() -> ReferralPolicyBook:
    """Return every policy; files are read once, so a new file needs a restart of the site."""
    return load_referral_policies(settings.LIANYI_RULES_DIRECTORIES)


def policy_for(agreement: Agreement | None, day: datetime.date) -> ReferralPolicy:
    """Return the policy that holds under an agreement on a day; without terms of its own, the general one."""
    terms = None if agreement is None else ReferralTerms.objects.filter(agreement=agreement).first()
    if terms is not None:
        return policy_book().valid_on(terms.policy, day)
    return policy_book().default_on(day, COUNTRY)


def policy_of(policy_id: str) -> ReferralPolicy:
    """Return the policy under which a case began; it keeps its rules although newer ones may be in force."""
    return policy_book().get(policy_id)


@functools.lru_cache(maxsize=32)
def _calendar(policy_id: str) -> WorkingCalendar:
    policy = policy_of(policy_id)
    return WorkingCalendar(
        zone=timezone.get_default_timezone(),
        working_week=frozenset(policy.working_week),
        holidays=frozenset(policy.holidays),
        makeup_workdays=frozenset(policy.makeup_workdays),
    )


def after(policy: ReferralPolicy, start: datetime.datetime, target: ClockTarget) -> datetime.datetime:
    """Return the moment at which a target that starts to run at ``start`` is over."""
    return due_at(start, target.amount, target.unit.value, _calendar(policy.id))
