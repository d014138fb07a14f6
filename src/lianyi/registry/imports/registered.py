"""The registry's own kinds of table, in the order in which a folder of them is loaded."""

from __future__ import annotations

from lianyi.registry.imports import departments, institutions, people, place_facts, places, resources
from lianyi.registry.imports.kinds import register_table_kind


def register() -> None:
    for module in (places, place_facts, institutions, departments, people, resources):
        for kind in module.KINDS:
            register_table_kind(kind)
