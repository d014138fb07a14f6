"""Which columns of which tables the query of a definition reads."""

from __future__ import annotations

from lianyi.analysis.indicators.compiling import asked_of
from lianyi.rules.indicators import IndicatorDefinition


def columns_read(definition: IndicatorDefinition) -> tuple[tuple[str, str], ...]:
    """Return table and column, each once, in the order of the query; nothing for a definition without one.

    Examples
    --------
    >>> from lianyi.rules.indicators import definition_version
    >>> columns_read(definition_version("growth-training-sessions", 1))
    (('training_sessions', 'institution_code'), ('training_sessions', 'held_on'), ('training_sessions', 'state'))
    """
    found: dict[tuple[str, str], None] = {}
    for part in definition.query.parts if definition.query is not None else ():
        tables = {lookup.name: lookup.table for lookup in part.lookups}
        for path in asked_of(part):
            lookup, dot, own = path.partition(".")
            found[(tables[lookup], own) if dot else (part.table, path)] = None
    return tuple(found)
