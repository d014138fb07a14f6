"""What the reading of exports registers when the application starts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.indicators import models
from lianyi.indicators.imports import exports as imports
from lianyi.pages.errors import register_error_texts

ERROR_TEXTS: Mapping[str, str | Promise] = {
    "analysis-dhis2-shape": gettext_lazy(
        "The file is no export that can be read. A long export has the columns dataElement, period, orgUnit and value; "
        "a wide one a column period and a column for each data element and unit, both named in its heading."
    ),
    "analysis-dhis2-mapping": gettext_lazy(
        "No data element is kept for this place yet. Import the table of data elements first."
    ),
}


def register() -> None:
    for model in (models.ExportElement, models.ExportUnit):
        register_scope(model, ScopeRule(family=Family.INDICATOR, nodes=("keeper_id",)))
    register_error_texts(ERROR_TEXTS)
    imports.register()
