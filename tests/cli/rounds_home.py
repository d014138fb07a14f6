"""Fill the home that LIANYI_HOME names with rounds to plan, ask for a search, stop it, or print how far it has come.

python tests/cli/rounds_home.py fill 30
python tests/cli/rounds_home.py ask
python tests/cli/rounds_home.py stop
python tests/cli/rounds_home.py tell
"""

from __future__ import annotations

import datetime
import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")

import django

django.setup()

from lianyi.dispatch import commands  # noqa: E402 - Django first
from lianyi.dispatch.commands import RoundSearchWish  # noqa: E402 - Django first
from lianyi.dispatch.models import PlanRun, RoundProgramme  # noqa: E402 - Django first
from lianyi.operations.acting import service_context  # noqa: E402 - Django first
from lianyi.registry.models import Institution  # noqa: E402 - Django first
from tests.cast import build_scene  # noqa: E402 - Django first
from tests.dispatch.rounds_story import driving, next_monday  # noqa: E402 - Django first


def fill(stops: int) -> None:
    """Let one bus have far more stops than one tour has."""
    story = driving(build_scene(), required_visits=1, period="week", least_days_between=2)
    for code, east, north in (("JIA1", 104.0, 30.0), ("XIANG", 104.2, 30.1), ("CUN", 104.3, 30.05)):
        Institution.objects.filter(code=code).update(longitude=east, latitude=north, given_coordinate_system="wgs84")
    for number in range(stops):
        site = (story.scene.xiang, story.scene.cun)[number % 2]
        story.stop(f"S{number}", site, service_minutes=60 + number)


def ask() -> None:
    first = next_monday()
    wish = RoundSearchWish(first, first + datetime.timedelta(days=27), 600)
    commands.ask_for_round_run(service_context(), RoundProgramme.objects.get(), wish)


def stop() -> None:
    commands.stop_run(service_context(), PlanRun.objects.latest("pk"))


def tell() -> dict[str, object]:
    """Return where the last search stands and what of it is kept."""
    run = PlanRun.objects.latest("pk")
    return {
        "state": run.state,
        "attempts": run.attempts,
        "best": run.best.get("visits", 0),
        "lines": 0 if run.plan is None else len(run.plan.lines),
        "open": None if run.plan is None else sum(each["missing"] for each in run.plan.unmet),
        "error": run.error_code,
    }


if __name__ == "__main__":
    {"fill": lambda: fill(int(sys.argv[2])), "ask": ask, "stop": stop, "tell": lambda: None}[sys.argv[1]]()
    sys.stdout.write(json.dumps(tell() if sys.argv[1] == "tell" else {}))
