"""The forms of exceptions and of the terms of referral."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.pages.forms import CommandForm
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.referrals.commands.terms import TermsFacts
from lianyi.referrals.models import ReferralTerms
from lianyi.referrals.policies import policy_book


class ExceptionForm(CommandForm):
    """Why the identity of a patient must be seen before the acceptance."""

    reason = forms.CharField(
        label=_("Why it cannot wait"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is kept. Both institutions are told that you opened the case by exception."),
    )


class TermsForm(CommandForm):
    """How patients are referred under one agreement."""

    policy = forms.ChoiceField(label=_("Referral policy"))
    coordinator = forms.ChoiceField(label=_("Coordinating institution"), required=False)
    approve_urgent = forms.BooleanField(label=_("Urgent referrals need approval at the sender"), required=False)
    approve_routine = forms.BooleanField(label=_("Routine referrals need approval at the sender"), required=False)
    sender_may_book = forms.BooleanField(label=_("The sender may book appointments"), required=False)

    def __init__(self, agreement: Agreement, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of forms
        super().__init__(*args, **options)
        today = timezone.localdate()
        policies = [each for each in policy_book().policies if each.is_valid_on(today)]
        self.fields["policy"].choices = [  # type: ignore[attr-defined]
            (each.id, in_language(each.title.zh, each.title.en)) for each in policies
        ]
        rows = AgreementParty.objects.taking_part_on(today).filter(agreement=agreement)
        parties = rows.select_related("institution").order_by("pk")
        self.fields["coordinator"].choices = [  # type: ignore[attr-defined]
            ("", _("the sender itself")),
            *((str(each.institution_id), name_of(each.institution)) for each in parties),
        ]

    @staticmethod
    def initial_of(row: ReferralTerms | None) -> dict[str, Any]:
        if row is None:
            return {}
        return {
            "policy": row.policy,
            "coordinator": "" if row.coordinator_id is None else str(row.coordinator_id),
            "approve_urgent": row.approve_urgent,
            "approve_routine": row.approve_routine,
            "sender_may_book": row.sender_may_book,
            "expected_version": row.version,
        }

    def facts(self) -> TermsFacts:
        given = self.cleaned_data
        return TermsFacts(
            policy=given["policy"],
            coordinator_id=int(given["coordinator"]) if given["coordinator"] else None,
            approve_urgent=given["approve_urgent"],
            approve_routine=given["approve_routine"],
            sender_may_book=given["sender_may_book"],
        )
