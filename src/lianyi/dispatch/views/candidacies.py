"""Candidacies: the list, one of them with its answers, asking, inviting, applying, and the steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import LARGEST_KEY, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.dispatch import commands, pool_queries
from lianyi.dispatch.errors import CandidacyStepRefusedError
from lianyi.dispatch.forms import staff_code
from lianyi.dispatch.models import Candidacy, CandidacyOrigin, CandidacyState, PoolEvent
from lianyi.dispatch.pool_filters import CandidacyFilter
from lianyi.dispatch.pool_forms import ApplyForm, AskForm, CandidacyStepForm, InviteForm
from lianyi.dispatch.pool_machine import (
    CANDIDACY_REASONS,
    CANDIDACY_STEP_BY_NAME,
    CandidacyStep,
    candidacy_steps_from,
)
from lianyi.dispatch.pool_tables import CandidacyTable
from lianyi.dispatch.pool_texts import (
    CANDIDACY_STEP_WORDS,
    CANDIDACY_TONES,
    aim_word,
    candidate_word,
    kind_word,
    state_word,
)
from lianyi.dispatch.views.pool import BOTH, my_crumbs
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form


def candidacy_crumbs(row: Candidacy | None = None) -> list[Crumb]:
    crumbs = [
        Crumb(_("Pool"), reverse("dispatch:pool")),
        Crumb(_("Asked, invited, applied"), reverse("dispatch:candidacies")),
    ]
    if row is not None:
        crumbs.append(Crumb(candidate_word(row), row.get_absolute_url()))
    return crumbs


def _crumbs(actor: Actor, row: Candidacy) -> list[Crumb]:
    return my_crumbs() if pool_queries.is_self(actor, row.staff) else candidacy_crumbs(row)


def _may_write(actor: Actor) -> bool:
    return pool_queries.keeps_pool(actor) and decide(actor, "dispatch.write").allowed


def _require_office(actor: Actor) -> None:
    require(actor, "dispatch.write")
    if not pool_queries.keeps_pool(actor):
        raise NotFoundInScopeError("This role keeps no pool.", model="Candidacy")


@require_safe
@page
def candidacy_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=CandidacyTable,
        rows=pool_queries.candidacies(actor),
        filterset_class=CandidacyFilter,
        title=_("Asked, invited, applied"),
        export_name="candidacies",
        template="dispatch/candidacies.html",
        context={"may_write": _may_write(actor), "breadcrumbs": candidacy_crumbs()[:1]},
    )


@require_safe
@page
def candidacy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one candidacy: who, to what, where it stands, every answer; the receiving unit only its side of it."""
    actor = acting(request)
    row = pool_queries.candidacy(actor, pk)
    is_own = pool_queries.is_self(actor, row.staff)
    shows_person = row.shows_person  # type: ignore[attr-defined]
    if shows_person and not is_own:
        log_reading(request, row)
    stands = row.standing  # type: ignore[attr-defined]
    context = {
        "title": candidate_word(row),
        "candidacy": row,
        "shows_person": shows_person,
        "reads_answer": pool_queries.reads_answer(actor, row),
        "person_entry": pool_queries.member_of(actor, row.staff) if row.staff is not None and shows_person else None,
        "origin": CandidacyOrigin(row.origin).label,
        "standing": state_word(stands),
        "tone": CANDIDACY_TONES[stands],
        "kind": kind_word(row) if row.origin == CandidacyOrigin.ASKED else "",
        "aim": aim_word(row),
        "steps": pool_queries.allowed_candidacy_steps(actor, row),
        "events": [_event(each) for each in pool_queries.events_of_candidacy(actor, row)],
        "breadcrumbs": my_crumbs() if is_own else candidacy_crumbs(),
    }
    return render(request, "dispatch/candidacy.html", context)


def _event(event: PoolEvent) -> dict[str, Any]:
    reason = str(CANDIDACY_REASONS.get(event.reason_code, event.reason_code))
    return {
        "row": event,
        "word": CANDIDACY_STEP_WORDS.get(event.step, event.step),
        "state": CandidacyState(event.to_state).label,
        "reason": " – ".join(part for part in (reason, event.reason) if part),
    }


def _to_candidacy(row: Candidacy) -> str:
    return row.get_absolute_url()


@require_http_methods(BOTH)
@page
def ask(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    _require_office(actor)
    form = AskForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Ask a hospital for somebody"),
        submit_label=gettext_lazy("Ask"),
        cancel_url=reverse("dispatch:candidacies"),
        done=gettext_lazy("The hospital is asked; its office decides whom it asks."),
        crumbs=candidacy_crumbs(),
    )
    return run_form(request, form, about, lambda: commands.ask_for(command_context(request), form.new()), _to_candidacy)


@require_http_methods(BOTH)
@page
def invite(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    _require_office(actor)
    form = InviteForm(actor, request.POST or None, initial=_invited(actor, request.GET.get("member", "")))
    about = FormPage(
        title=gettext_lazy("Invite somebody"),
        submit_label=gettext_lazy("Invite"),
        cancel_url=reverse("dispatch:candidacies"),
        done=gettext_lazy("The person is invited and sees it on the home page."),
        crumbs=candidacy_crumbs(),
    )
    return run_form(request, form, about, lambda: commands.invite(command_context(request), form.new()), _to_candidacy)


def _invited(actor: Actor, key: str) -> dict[str, str]:
    known = key.isdecimal() and int(key) <= LARGEST_KEY
    row = pool_queries.members(actor).filter(pk=int(key)).first() if known else None
    return {} if row is None else {"staff": staff_code(row.staff)}


@require_http_methods(BOTH)
@page
def apply(request: HttpRequest) -> HttpResponse:
    """Let a person apply to be sent."""
    actor = acting(request)
    staff = pool_queries.own_staff(actor)
    if staff is None:
        raise NotFoundInScopeError("Your login is not linked with a person of the registry.", model="Staff")
    form = ApplyForm(actor, staff, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Apply to be sent"),
        submit_label=gettext_lazy("Apply"),
        cancel_url=reverse("dispatch:my-willingness"),
        done=gettext_lazy("The office of your hospital has your application."),
        crumbs=my_crumbs(),
        intro=gettext_lazy("Leave everything empty to apply for any posting that fits."),
    )

    def run() -> Candidacy:
        return commands.apply_for(command_context(request), staff, form.new())

    return run_form(request, form, about, run, _to_candidacy)


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a candidacy."""
    actor = acting(request)
    row = pool_queries.candidacy(actor, pk)
    wanted = _step_of(actor, row, name)
    form = CandidacyStepForm(actor, wanted, row, request.POST or None)
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=_crumbs(actor, row),
        intro=f"{candidate_word(row)} → {aim_word(row)}",
        danger=wanted.to_state in (CandidacyState.REFUSED, CandidacyState.WITHDRAWN),
    )

    def run() -> Candidacy:
        given = form.cleaned_data
        context = command_context(request, reason=given.get("reason", ""), reason_code=given.get("reason_code", ""))
        seen = given["expected_version"]
        return commands.take_candidacy_step(
            context, row, wanted.name, row.version if seen is None else seen, form.word()
        )

    return run_form(request, form, about, run, _to_candidacy)


def _step_of(actor: Actor, row: Candidacy, name: str) -> CandidacyStep:
    """Return the step asked for; a page is opened only where the command would take it."""
    wanted, allowed = CANDIDACY_STEP_BY_NAME.get(name), candidacy_steps_from(row.state, row.origin)
    if wanted is None or wanted not in allowed:
        raise CandidacyStepRefusedError(
            f"The candidacy is '{row.state}'; '{name}' does not follow.",
            reason="candidacy-not-following",
            step=name if wanted is None else wanted.label,
            steps=[each.label for each in allowed],
            state_label=CandidacyState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    if not pool_queries.may_take(actor, wanted, row):
        raise NotPermittedError(
            "This answer belongs to another side of the candidacy.",
            reason="candidacy-side",
            permission="dispatch.write",
        )
    return wanted
