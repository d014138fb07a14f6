"""Fill the home that LIANYI_HOME names with overdue emergencies, or print how far the worker has come with them.

python tests/cli/overdue_home.py fill 40
python tests/cli/overdue_home.py tell
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections import Counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")

import django

django.setup()

from django.db.models import F  # noqa: E402 - Django first
from django.utils import timezone  # noqa: E402 - Django first

from lianyi.referrals.models import Clock, Escalation, Leg, LegEvent, Notice  # noqa: E402 - Django first
from tests.cast import build_scene  # noqa: E402 - Django first
from tests.referrals.story import tell as tell_story  # noqa: E402 - Django first

LONG_AGO = datetime.timedelta(hours=2)


def fill(legs: int) -> None:
    """Write emergencies that were opened two hours ago and that nobody decided."""
    story = tell_story(build_scene())
    for _each in range(legs):
        leg = story.sent(urgency="emergency", condition="stroke")
        story.step(leg, "open", story.duty_jia)
    Leg.objects.update(answer_by=F("answer_by") - LONG_AGO)
    Clock.objects.filter(stopped_at__isnull=True).update(
        started_at=F("started_at") - LONG_AGO, due_at=F("due_at") - LONG_AGO, next_call_at=timezone.now()
    )


def tell() -> dict[str, object]:
    """Return what a worker did, counted so that anything lost or done twice is seen."""
    rungs = Counter(Escalation.objects.filter(clock__kind="decision").values_list("clock_id", flat=True))
    calls = Counter(Notice.objects.filter(kind="escalation", params__clock="decision").values_list("leg_id", flat=True))
    return {
        "escalations": Escalation.objects.filter(clock__kind="decision").count(),
        "rungs": sorted(set(rungs.values())),
        "calls": sorted(set(calls.values())),
        "states": sorted(set(Leg.objects.values_list("state", flat=True))),
        "ends": LegEvent.objects.filter(step="time_out").count(),
    }


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    sys.stdout.write(json.dumps(tell()))
