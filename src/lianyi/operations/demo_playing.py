"""What the samples of referrals, consultations and duty rosters share: who acts, when, and at which institution."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext
from lianyi.operations.acting import actor_named, context_of
from lianyi.operations.demo_cases import KEY_PREFIX
from lianyi.registry.models import Institution

Facts = Mapping[str, Any]


def context_at(by: str, key: str, at: datetime.datetime) -> CommandContext:
    """Return the context in which somebody of the demo acted at a time."""
    return replace(context_of(actor_named(by), f"{KEY_PREFIX}{key}"), occurred_at=at)


def start_of(case: Facts) -> datetime.datetime:
    """Return when a sample began, counted back from the moment at which the demo is loaded."""
    now = timezone.now()
    if "minutes_ago" in case:
        return now - datetime.timedelta(minutes=case["minutes_ago"])
    day = timezone.localdate() - datetime.timedelta(days=case["days_ago"])
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.fromisoformat(case["at"])))


def institution_named(code: str) -> int:
    return int(Institution.objects.values_list("pk", flat=True).get(code=code))
