"""Fill the home that LIANYI_HOME names with needs to plan for, ask for a search, or print how far it has come.

python tests/cli/planned_home.py fill 40
python tests/cli/planned_home.py ask
python tests/cli/planned_home.py stop
python tests/cli/planned_home.py tell
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")

import django

django.setup()

from lianyi.dispatch import commands  # noqa: E402 - Django first
from lianyi.dispatch.models import PlanRun, PlanScenario  # noqa: E402 - Django first
from lianyi.operations.acting import service_context  # noqa: E402 - Django first
from tests.cast import build_scene, make_staff  # noqa: E402 - Django first
from tests.dispatch.plan_story import planning  # noqa: E402 - Django first

PEOPLE_FOR_EACH_NEED = 2


def fill(needs: int) -> None:
    """Let many needs compete for too few people, so that the reasons of what stays open take long to find."""
    story = planning(build_scene())
    for number in range(needs):
        story.need(people=PEOPLE_FOR_EACH_NEED, least_term_months=2 + number % 3)
    for number in range(needs):
        make_staff(story.scene.jia, f"Q{number}", f"样例众{number}", specialty="20")
    story.scenario(seconds=600)


def ask() -> None:
    commands.ask_for_run(service_context(), PlanScenario.objects.get())


def stop() -> None:
    commands.stop_run(service_context(), PlanRun.objects.latest("pk"))


def tell() -> dict[str, object]:
    """Return where the last search stands and what of it is kept."""
    run = PlanRun.objects.latest("pk")
    return {
        "state": run.state,
        "attempts": run.attempts,
        "best": len(run.best.get("lines", ())),
        "lines": run.scenario.lines.count(),
        "unlawful": run.scenario.figures.get("unlawful"),
        "error": run.error_code,
    }


if __name__ == "__main__":
    {"fill": lambda: fill(int(sys.argv[2])), "ask": ask, "stop": stop, "tell": lambda: None}[sys.argv[1]]()
    sys.stdout.write(json.dumps(tell() if sys.argv[1] == "tell" else {}))
