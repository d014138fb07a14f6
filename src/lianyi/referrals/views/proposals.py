"""What other records show about patients, still to answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, page
from lianyi.referrals import proposal_queries
from lianyi.referrals.tables.proposals import ProposalTable
from lianyi.referrals.views.work import referral_crumbs


@require_safe
@page
def proposals(request: HttpRequest) -> HttpResponse:
    """List what other records show and nobody has answered; the case itself takes the answer."""
    actor = acting(request)
    require(actor, "referral.read")
    return list_response(
        request,
        table_class=ProposalTable,
        rows=proposal_queries.to_answer(actor),
        title=_("Referrals: to answer"),
        export_name="proposals",
        context={"breadcrumbs": referral_crumbs()},
    )
