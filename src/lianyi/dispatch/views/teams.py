"""The page that forms a team."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lianyi.dispatch import commands
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.team_form import TeamForm
from lianyi.dispatch.views.parts import plan_crumbs, plan_url
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import FormPage, run_form


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_team(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    require_on_plan(actor, "dispatch.write", agreement)
    form = TeamForm(actor, agreement, request.POST or None)
    about = FormPage(
        title=_("New team"),
        submit_label=_("Form the team"),
        cancel_url=plan_url(agreement.pk),
        done=_("The team is formed."),
        crumbs=plan_crumbs(agreement),
        intro=_("Its members are chosen afterwards: each line of the plan names the team it belongs to."),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.create_team(command_context(request), agreement, form.new()),
        lambda _team: f"{plan_url(agreement.pk)}#teams",
    )
