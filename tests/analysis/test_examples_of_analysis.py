"""The examples in the documentation of the functions over data frames, and of their pictures, are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import lianyi.analysis

MODULES = [
    *(module.name for module in pkgutil.walk_packages(lianyi.analysis.__path__, "lianyi.analysis.")),
    "lianyi.drawing.control_chart",
    "lianyi.drawing.funnel_chart",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
