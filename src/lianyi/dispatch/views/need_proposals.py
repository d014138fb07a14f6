"""Proposed needs: the ranked list with the reason of each, taken over or put aside."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, needs_queries
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import DismissedProposal, NeedOrigin
from lianyi.dispatch.needs_forms import DismissForm
from lianyi.dispatch.needs_proposals import Proposal, gather, proposal
from lianyi.dispatch.views.needs import need_crumbs
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.registry.reference_names import reference_name
from lianyi.survey.models import Gap
from lianyi.survey.queries import gap as gap_in_reach

MOST_PUT_ASIDE = 50


def _planner(request: HttpRequest) -> Actor:
    actor = acting(request)
    require(actor, "dispatch.write")
    if not plans(actor):
        raise NotFoundInScopeError("This role writes no needs.", model="Need")
    return actor


@require_safe
@page
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what the records propose, the strongest evidence first, and what cannot be said and why."""
    actor = _planner(request)
    found = gather(actor)
    dismissed = needs_queries.dismissed_proposals(actor)
    context = {
        "title": _("Proposed needs"),
        "breadcrumbs": need_crumbs(),
        "proposals": [_line(each) for each in found.proposals],
        "silent": [{"origin": each.origin.label, "why": each.why} for each in found.silent],
        "dismissed": [_dismissed(row) for row in dismissed[:MOST_PUT_ASIDE]],
    }
    return render(request, "dispatch/need_proposals.html", context)


def _line(each: Proposal) -> dict[str, Any]:
    need = each.need
    words = (reference_name("specialties", need.specialty), reference_name("professions", need.profession))
    return {
        "rank": each.rank,
        "origin": each.origin.label,
        "origin_value": each.origin.value,
        "key": each.key,
        "asks": " · ".join(name_of(each) for each in (need.institution or need.place, need.department) if each),
        "wanted": " · ".join(word for word in words if word) or _("not said yet"),
        "people": _("number unknown") if need.people is None else str(need.people),
        "words": in_language(need.words_zh, need.words_en),
        "counted_on": need.counted_on,
        "is_sample": need.is_sample,
        "evidence_url": reverse(each.url_name),
        "dismiss_url": f"{reverse('dispatch:proposal-dismiss')}?{_query(each)}",
    }


def _query(each: Proposal) -> str:
    return urlencode({"origin": each.origin.value, "about": each.key})


def _dismissed(row: DismissedProposal) -> dict[str, Any]:
    return {
        "row": row,
        "asks": name_of(row.institution or row.place),
        "origin": NeedOrigin(row.origin).label,
        "words": in_language(row.origin_zh, row.origin_en),
    }


@require_POST
@page
def accept(request: HttpRequest) -> HttpResponse:
    """Make a draft of a proposal, as it is counted now."""
    actor = _planner(request)
    found = proposal(actor, request.POST.get("origin", ""), request.POST.get("about", ""))
    row = commands.accept_proposal(command_context(request), found.origin, found.need, _gap_of(actor, found))
    messages.success(request, _("A draft need was made of it. Complete it, then submit it."))
    return redirect(row.get_absolute_url())


def _gap_of(actor: Actor, found: Proposal) -> Gap | None:
    if found.origin is not NeedOrigin.SURVEY_GAP:
        return None
    return gap_in_reach(actor, int(found.key.partition(":")[2]))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def dismiss(request: HttpRequest) -> HttpResponse:
    """Put a proposal aside; the reason is kept."""
    actor = _planner(request)
    found = proposal(actor, request.GET.get("origin", ""), request.GET.get("about", ""))
    form = DismissForm(request.POST or None)
    here = reverse("dispatch:need-proposals")
    line = _line(found)
    about = FormPage(
        title=gettext_lazy("Put a proposal aside"),
        submit_label=gettext_lazy("Put aside"),
        cancel_url=here,
        done=gettext_lazy("The proposal is put aside; it may come again after twelve months."),
        crumbs=[*need_crumbs(), Crumb(_("Proposed needs"), here)],
        intro=f"{line['asks']} · {line['wanted']} · {line['words']}",
    )

    def run() -> DismissedProposal:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.dismiss_proposal(context, found.origin, found.need)

    return run_form(request, form, about, run, lambda _row: here)
