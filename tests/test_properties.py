"""What ``make test`` finds depends on the code alone: the same examples in every run, whatever was imported before."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties import TIMES, examples

MODULE = "constants_that_no_property_should_try"


def drawn() -> list[int]:
    seen: list[int] = []

    @examples(100)
    @given(st.integers())
    def draw(number: int) -> None:
        seen.append(number)

    draw()
    return seen


def has_no_constant_of_a_module(numbers: list[int]) -> bool:
    return not any(777_000_000 <= number < 777_000_400 for number in numbers)


@pytest.mark.skipif(TIMES > 0, reason="examples are random on request")
def test_examples_are_the_same_whatever_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn()
    values = ", ".join(str(777_000_000 + each) for each in range(400))
    (tmp_path / f"{MODULE}.py").write_text(f"NUMBERS = [{values}]\n", encoding="ascii")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module(MODULE)
    try:
        after = drawn()
    finally:
        del sys.modules[MODULE]
    assert len(before) >= 100
    assert after == before
    assert has_no_constant_of_a_module(after)


def test_no_property_looks_at_the_time_or_at_what_was_found_before() -> None:
    here = settings()
    assert here.deadline is None
    assert (here.derandomize, here.database is None) == (TIMES == 0, TIMES == 0)
    assert examples(7).max_examples == 7 * max(1, TIMES)
