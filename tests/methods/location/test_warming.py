from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from lianyi.methods.location import coverage, lagrangian_kernels, site_costs, swap_kernels
from lianyi.methods.location.warming import warm_up
warm_up()
for module in (coverage, lagrangian_kernels, site_costs, swap_kernels):
    for name, function in vars(module).items():
        if hasattr(function, "signatures") and function.__module__ == module.__name__:
            if not function.signatures and not sum(function.stats.cache_hits.values()):
                print(name)
"""


def test_every_search_is_compiled_by_the_warm_up():
    # Those that only other searches call are compiled into these.
    inner = {"look_up_two", "add_row", "is_touched", "swap", "best_swap", "serve_cheaper", "add_up", "choose"}
    inner |= {"count_service", "note_value", "move"}
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert set(ended.stdout.split()) <= inner
