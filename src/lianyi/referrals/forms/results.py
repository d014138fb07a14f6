"""The form of a result that came with a patient."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language
from lianyi.referrals.commands.results import ResultFacts
from lianyi.referrals.forms.steps import DayField
from lianyi.referrals.models import NONE_BROUGHT, BroughtResult
from lianyi.rules.referral_measures import Recognition

Use = BroughtResult.Use


class ResultForm(CommandForm):
    """One kind of test: recognised or made again, when, and why; or that nothing came along."""

    use = forms.ChoiceField(label=_("What became of it"), choices=Use.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind of test"), required=False)
    done_on = DayField(label=_("Test made by the sender on"), required=False)
    decided_on = DayField(label=_("Recognised or made again on"))
    ground = forms.ChoiceField(
        label=_("Why it was made again"), required=False, help_text=_("Only for a test that was made again.")
    )

    def __init__(self, rule: Recognition, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        words = [(each.code, in_language(each.name.zh, each.name.en)) for each in rule.kinds]
        self.fields["kind"].choices = [("", "—"), *words]  # type: ignore[attr-defined]
        grounds = [(each.code, in_language(each.name.zh, each.name.en)) for each in rule.grounds]
        self.fields["ground"].choices = [("", "—"), *grounds]  # type: ignore[attr-defined]
        self.fields["decided_on"].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        use = data.get("use")
        if use in (Use.RECOGNISED, Use.REPEATED):
            for name in ("kind", "done_on", *(["ground"] if use == Use.REPEATED else [])):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, forms.Field.default_error_messages["required"])
        return data

    def facts(self) -> ResultFacts:
        given = self.cleaned_data
        is_none = given["use"] == Use.NONE
        return ResultFacts(
            use=given["use"],
            kind=NONE_BROUGHT if is_none or not given["kind"] else given["kind"],
            done_on=given["done_on"],
            decided_on=given["decided_on"],
            ground=given["ground"] if given["use"] == Use.REPEATED else "",
        )
