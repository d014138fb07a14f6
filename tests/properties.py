"""How property tests draw their examples: the same ones in every run, or others each time and more of them.

``make test`` must give one answer to one state of the code, so the examples follow from the source of each test.
With LIANYI_TEST_RANDOM=10, as ``make test-long`` sets it, they are drawn at random and there are ten times as many.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

TIMES = int(os.environ.get("LIANYI_TEST_RANDOM") or 0)
# A busy machine must not decide whether a property holds, so nothing here looks at the time.
TAKEN_LIGHTLY = (HealthCheck.too_slow,)
USUAL_EXAMPLES = 100


def choose_profile() -> None:
    """Let every property test, also those without settings of their own, draw as this run wants it."""
    settings.register_profile(
        "repeatable", deadline=None, derandomize=True, database=None, suppress_health_check=TAKEN_LIGHTLY
    )
    settings.register_profile(
        "random",
        deadline=None,
        max_examples=USUAL_EXAMPLES * max(1, TIMES),
        print_blob=True,
        suppress_health_check=TAKEN_LIGHTLY,
    )
    settings.load_profile("random" if TIMES else "repeatable")
    if not TIMES:
        forget_constants_of_modules()


def forget_constants_of_modules() -> None:
    """Keep Hypothesis from trying the constants of our modules: which of them are imported depends on the order."""
    if not hasattr(providers, "is_local_module_file"):
        raise RuntimeError("Hypothesis finds the constants of modules in another way now; examples may differ by run.")
    providers.is_local_module_file = lambda _path: False


def examples(number: int, *accepted: HealthCheck) -> settings:
    """Ask for so many examples, where the usual hundred are too many or too few; ``accepted`` health checks are off."""
    return settings(max_examples=number * max(1, TIMES), suppress_health_check=(*TAKEN_LIGHTLY, *accepted))
