"""Say whether a journey is over, and what of it anybody still has to do."""

from __future__ import annotations

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lianyi.settings"
django.setup()

# ruff: noqa: E402 - the models exist only once Django is set up
from lianyi.referrals.models import Clock, FollowUp, Journey, Leg

journey = Journey.objects.get(number=sys.argv[1])
legs = Leg.objects.filter(request__journey=journey)
moves = legs.exclude(ball_side="").count()
clocks = Clock.objects.filter(leg__in=legs, stopped_at__isnull=True).count()
visits = FollowUp.objects.filter(journey=journey, state=FollowUp.State.OPEN).count()
end = "open" if journey.closed_at is None else "closed"
sys.stdout.write(f"{end}, {legs.count()} legs, {moves} with a move, {clocks} clocks, {visits} follow-ups to do\n")
