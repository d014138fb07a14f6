"""What counts from records register when the application starts."""

from __future__ import annotations

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.indicators import models


def register() -> None:
    for model in (models.RecordCount, models.CountedValue):
        register_scope(model, ScopeRule(family=Family.INDICATOR, nodes=("sheet__node_id",)))
