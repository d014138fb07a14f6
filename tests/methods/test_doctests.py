from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import lianyi.methods

MODULES = [f"lianyi.methods.{module.name}" for module in pkgutil.iter_modules(lianyi.methods.__path__)]
WITH_PARTS = [module.name for module in pkgutil.walk_packages(lianyi.methods.__path__, "lianyi.methods.")]


@pytest.mark.parametrize("name", WITH_PARTS)
def test_the_examples_in_the_documentation_are_true(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_every_module_but_the_errors_has_examples():
    without = [name for name in MODULES if doctest.testmod(importlib.import_module(name)).attempted == 0]
    assert without == ["lianyi.methods.errors"]
