"""The form that takes an export of DHIS2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of


class ExportForm(CommandForm):
    """Whose names are used, and the file."""

    keeper = forms.ChoiceField(label=_("Names kept by"))
    file = forms.FileField(
        label=_("Export of DHIS2"), help_text=_("Long or wide, as CSV or workbook; the first sheet is read.")
    )

    def __init__(self, keepers: Sequence[OrganisationNode], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.by_code = {each.code: each for each in keepers}
        field = self.fields["keeper"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.code, name_of(each)) for each in keepers]

    @property
    def chosen_keeper(self) -> OrganisationNode:
        return self.by_code[self.cleaned_data["keeper"]]
