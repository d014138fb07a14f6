"""The searches of the survey are compiled once, after installing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from lianyi.methods.access import pair_kernels
from lianyi.methods.location import swap_kernels


def test_the_warm_up_leaves_machine_code_that_a_survey_finds() -> None:
    command = [sys.executable, "-c", "from lianyi.cli import main; main()", "survey", "warm-up"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert "ready" in done.stderr

    for module in (pair_kernels, swap_kernels):
        stem = Path(module.__file__).stem
        kernels = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
        compiled = [each for each in kernels if hasattr(each, "stats")]
        assert compiled
        for kernel in compiled:
            kept = Path(kernel.stats.cache_path).glob(f"{stem}.{kernel.__name__}-*.nbc")
            assert list(kept), f"{stem}.{kernel.__name__} is not compiled ahead"


def test_who_comes_before_the_warm_up_is_told_what_the_pause_is_for(tmp_path) -> None:
    program = "from lianyi.operations.surveying.warming import tell_first_use; tell_first_use()"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "lianyi survey warm-up" in done.stderr
    assert done.stdout == ""
    mark = "from lianyi.methods.machine_code import mark_complete; mark_complete(); "
    done = subprocess.run([*command[:2], mark + program], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
