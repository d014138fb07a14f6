"""What visits, points, actions and recognition register at the start, in the order in which tables are loaded."""

from __future__ import annotations

from lianyi.exchanges import counting, home, scopes, texts
from lianyi.exchanges.imports import actions, points, recognitions, visits
from lianyi.exchanges.queries.visits import timeline_entries
from lianyi.partnerships.queries import register_timeline_source


def register() -> None:
    """Register everything; once, when the application starts."""
    scopes.register()
    texts.register()
    for tables in (visits, points, actions, recognitions):
        tables.register()
    counting.register()
    home.register()
    register_timeline_source(timeline_entries)
