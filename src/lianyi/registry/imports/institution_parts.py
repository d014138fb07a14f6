"""The institution and the department that the row of a table names."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from lianyi.accounts.actors import Actor
from lianyi.registry.checks import LONGEST_DEPARTMENT_CODE
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import INSTITUTION_CODE, code
from lianyi.registry.imports.planning import Problems, Values
from lianyi.registry.imports.refusals import refusal
from lianyi.tabular.rows import ParsedRow

DEPARTMENT_CODE = code("department_code", "Department code", "科室代码", LONGEST_DEPARTMENT_CODE)


class InstitutionParts:
    """Finds the institution and the department that a row names."""

    def __init__(self, actor: Actor, rows: Sequence[ParsedRow]) -> None:
        codes = lookups.given_codes(rows, "institution_code")
        self._institutions = lookups.institutions_in_reach(actor, "registry.write", codes)
        needed = any(row.values.get("department_code") for row in rows)
        self._departments = lookups.departments_of(self._institutions.values()) if needed else {}

    def institution(self, row: ParsedRow, values: Values) -> Problems:
        institution = self._institutions.get(str(row.values["institution_code"]))
        if institution is None:
            return (refusal("not-in-reach", INSTITUTION_CODE, given=row.values["institution_code"]),)
        values["institution_id"] = institution
        return ()

    def institution_and_department(self, row: ParsedRow, values: Values) -> Problems:
        problems = self.institution(row, values)
        given = row.values.get("department_code")
        values["department_id"] = None
        if problems or given is None:
            return problems
        values["department_id"] = self._departments.get((values["institution_id"], str(given)))
        return () if values["department_id"] is not None else (refusal("not-in-reach", DEPARTMENT_CODE, given=given),)


def institutions_of(wanted: Sequence[Values]) -> Q:
    return Q(institution_id__in={values["institution_id"] for values in wanted})
