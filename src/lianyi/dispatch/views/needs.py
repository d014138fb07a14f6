"""Needs: the list, one need with what became of it, the form, and the steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, needs_queries
from lianyi.dispatch.authority import may_on_need, plans, require_on_need
from lianyi.dispatch.errors import NeedStepRefusedError
from lianyi.dispatch.models import Need, NeedEvent, NeedOrigin, NeedPriority, NeedState
from lianyi.dispatch.needs_filling import standing
from lianyi.dispatch.needs_filters import NeedFilter
from lianyi.dispatch.needs_forms import NeedForm, NeedStepForm
from lianyi.dispatch.needs_machine import NEED_STEP_BY_NAME, NEED_STEP_REASONS, OVER, NeedStep, need_steps_from
from lianyi.dispatch.needs_tables import PRIORITY_TONES, NeedTable
from lianyi.dispatch.needs_texts import (
    NEED_STEP_WORDS,
    NEED_TONES,
    origin_words,
    people_word,
    standing_word,
    wanted_word,
)
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.need_sources import need_sources
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def need_crumbs(row: Need | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Needs"), reverse("dispatch:needs"))]
    if row is not None:
        crumbs.append(Crumb(title_of(row), row.get_absolute_url()))
    return crumbs


def title_of(row: Need) -> str:
    return f"{row.code} · {name_of(row.institution or row.place)}"


def _may_write(actor: Actor) -> bool:
    return plans(actor) and decide(actor, "dispatch.write").allowed


@require_safe
@page
def need_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=NeedTable,
        rows=needs_queries.needs(actor),
        filterset_class=NeedFilter,
        title=_("Needs"),
        export_name="needs",
        template="dispatch/needs.html",
        context={"may_write": _may_write(actor), "import_url": f"{reverse('registry:imports')}?kind=needs"},
    )


@require_safe
@page
def need_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one need: who is wanted and why, where it stands, what fills it, and what happened."""
    actor = acting(request)
    row = needs_queries.need(actor, pk)
    stands = standing(row)
    context = {
        "title": title_of(row),
        "need": row,
        "standing": standing_word(row),
        "tone": NEED_TONES[stands],
        "priority_tone": PRIORITY_TONES.get(NeedPriority(row.priority), "neutral"),
        "wanted": wanted_word(row),
        "people": people_word(row),
        "origin_words": origin_words(row),
        "origin_url": _origin_url(actor, row),
        "steps": needs_queries.allowed_need_steps(actor, row),
        "may_change": stands == NeedState.DRAFT and may_on_need(actor, "dispatch.write", row),
        "waits_for_another": stands == NeedState.SUBMITTED and needs_queries.is_author(actor, row),
        "postings": list(needs_queries.postings_of_need(actor, row)),
        "events": [_event(event) for event in needs_queries.events_of_need(actor, row)],
        "breadcrumbs": need_crumbs(),
    }
    return render(request, "dispatch/need.html", context)


def _origin_url(actor: Actor, row: Need) -> str:
    """Return the page with the figures that a need came from, where the reader may open it."""
    if row.gap is not None:
        return row.gap.get_absolute_url() if decide(actor, "registry.read", row.gap).allowed else ""
    source = need_sources().get(row.origin)
    if row.origin == NeedOrigin.BY_HAND or source is None or not source.may_open(actor):
        return ""
    return reverse(source.url_name)


def _event(event: NeedEvent) -> dict[str, Any]:
    reason = str(NEED_STEP_REASONS.get(event.reason_code, event.reason_code))
    return {
        "row": event,
        "word": NEED_STEP_WORDS.get(event.step, event.step),
        "reason": " – ".join(part for part in (reason, event.reason) if part),
    }


def _to_need(row: Need) -> str:
    return row.get_absolute_url()


@require_http_methods(BOTH)
@page
def new_need(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.write")
    if not plans(actor):
        raise NotFoundInScopeError("This role writes no needs.", model="Need")
    form = NeedForm(actor, request.POST or None, initial=_own_institution(actor))
    about = FormPage(
        title=gettext_lazy("New need"),
        submit_label=gettext_lazy("Write the need"),
        cancel_url=reverse("dispatch:needs"),
        done=gettext_lazy("The need is written as a draft. Submit it when it says everything."),
        crumbs=need_crumbs(),
    )
    return run_form(
        request, form, about, lambda: commands.draft_need(command_context(request), form.new_need()), _to_need
    )


def _own_institution(actor: Actor) -> dict[str, str]:
    """Return the institution in which the reader acts; a planner of a region chooses one."""
    own = needs_queries.institutions_to_ask_for(actor).filter(pk=actor.node_id).first()
    return {} if own is None else {"institution": own.code}


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = needs_queries.need(actor, pk)
    require_on_need(actor, "dispatch.write", row)
    form = NeedForm(actor, request.POST or None, initial=NeedForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the need"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The need is changed."),
        crumbs=need_crumbs(row),
        intro=origin_words(row),
    )

    def run() -> Need:
        return commands.change_need(command_context(request), row, form.changes(), _seen(form, row))

    return run_form(request, form, about, run, _to_need)


def _seen(form: NeedForm | NeedStepForm, row: Need) -> int:
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else row.version


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a need's life."""
    actor = acting(request)
    row = needs_queries.need(actor, pk)
    wanted = _step_of(actor, row, name, is_sent=request.method == "POST")
    form = NeedStepForm(actor, wanted, row, request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=need_crumbs(row),
        intro=f"{title_of(row)} · {wanted_word(row)} · {people_word(row)}",
        danger=wanted.needs_reason and wanted.to_state in OVER,
    )

    def run() -> Need:
        given = form.cleaned_data
        context = command_context(request, reason=given.get("reason", ""), reason_code=given.get("reason_code", ""))
        return commands.take_need_step(context, row, wanted.name, _seen(form, row), form.chosen_agreement())

    return run_form(request, form, about, run, _to_need)


def _step_of(actor: Actor, row: Need, name: str, *, is_sent: bool) -> NeedStep:
    """Return the step asked for; a page that is opened offers it only where the command would take it."""
    wanted = NEED_STEP_BY_NAME.get(name)
    stands = standing(row)
    if wanted is None or (not is_sent and wanted not in need_steps_from(stands)):
        raise NeedStepRefusedError(
            f"The need {row.code} is '{stands}'; '{name}' does not follow.",
            reason="need-not-following",
            need=row.code,
            step=name if wanted is None else wanted.label,
            steps=[each.label for each in need_steps_from(stands)],
            state_label=standing_word(row),
            state=stands,
            allowed=[each.name for each in need_steps_from(stands)],
        )
    require_on_need(actor, wanted.permission, row)
    return wanted
