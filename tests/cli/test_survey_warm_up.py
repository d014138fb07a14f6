"""The searches of the survey are compiled once, after installing."""

from __future__ import annotations

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
