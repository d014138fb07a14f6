"""The examples in the documentation of the functions over data frames and of the pictures are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import lianyi.analysis
import lianyi.drawing

MODULES = [
    module.name
    for package in (lianyi.analysis, lianyi.drawing)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
