"""The pool: the list, one person's entry, what a person sees and states of themselves, couples."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, pool_queries
from lianyi.dispatch.models import (
    Candidacy,
    CandidacyOrigin,
    PoolCouple,
    PoolEvent,
    PoolMember,
    PoolPreference,
    PoolStanding,
)
from lianyi.dispatch.pool_filters import PoolFilter
from lianyi.dispatch.pool_forms import CoupleForm, NewEntryForm, PoolEntryForm
from lianyi.dispatch.pool_service import service_of
from lianyi.dispatch.pool_tables import PoolTable
from lianyi.dispatch.pool_texts import (
    CANDIDACY_TONES,
    COUPLE_TONES,
    MEMBER_STEP_WORDS,
    POOL_TONES,
    RULE_WORDS,
    aim_word,
    limit_words,
    state_word,
)
from lianyi.dispatch.texts import STATE_TONES, title_word
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.registry.models import Staff
from lianyi.registry.reference_names import reference_name

BOTH = ["GET", "HEAD", "POST"]


def pool_crumbs(row: PoolMember | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Pool"), reverse("dispatch:pool"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row.staff), row.get_absolute_url()))
    return crumbs


def my_crumbs() -> list[Crumb]:
    return [Crumb(_("My willingness"), reverse("dispatch:my-willingness"))]


@require_safe
@page
def pool_list(request: HttpRequest) -> HttpResponse:
    """Show the pool that the reader keeps; whoever keeps none is shown the own page."""
    actor = acting(request)
    if not pool_queries.keeps_pool(actor):
        return redirect("dispatch:my-willingness")
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=PoolTable,
        rows=pool_queries.members_listed(actor),
        filterset_class=PoolFilter,
        title=_("Pool"),
        export_name="pool",
        template="dispatch/pool.html",
        context={
            "may_write": decide(actor, "dispatch.write").allowed,
            "import_url": f"{reverse('registry:imports')}?kind=pool",
        },
    )


def _own_staff(actor: Actor) -> Staff:
    staff = pool_queries.own_staff(actor)
    if staff is None:
        raise NotFoundInScopeError("Your login is not linked with a person of the registry.", model="Staff")
    return staff


@require_safe
@page
def my_willingness(request: HttpRequest) -> HttpResponse:
    """Show a person what waits for them, what they stated, and what they did already."""
    actor = acting(request)
    staff = pool_queries.own_staff(actor)
    context: dict[str, Any] = {"title": _("My willingness"), "staff": staff}
    if staff is not None:
        context |= _about(actor, staff, pool_queries.own_member(actor))
        context["invitations"] = list(pool_queries.own_invitations(actor))
    return render(request, "dispatch/pool_mine.html", context)


@require_safe
@page
def member_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person's entry; the reading is noted unless it is their own."""
    actor = acting(request)
    row = pool_queries.member(actor, pk)
    is_own = pool_queries.is_self(actor, row.staff)
    if not is_own:
        log_reading(request, row)
    context = {
        "title": name_of(row.staff),
        "is_own": is_own,
        "may_change": pool_queries.speaks_for(actor, row.staff),
        "breadcrumbs": my_crumbs() if is_own else pool_crumbs(),
        "staff": row.staff,
        **_about(actor, row.staff, row),
    }
    return render(request, "dispatch/pool_member.html", context)


def _about(actor: Actor, staff: Staff, row: PoolMember | None) -> dict[str, Any]:
    """Return everything that an entry shows, the same to the person and to who keeps the pool."""
    today = timezone.localdate()
    wishes = [] if row is None else pool_queries.preferences_of(row)
    service = service_of(staff, today)
    return {
        "member": row,
        "standing_word": "" if row is None else PoolStanding(row.standing).label,
        "standing_tone": "neutral" if row is None else POOL_TONES[row.standing],
        "staff_title": title_word(staff),
        "specialty": reference_name("specialties", staff.specialty),
        "limits": [] if row is None else limit_words(row),
        "preferred": [each.institution for each in wishes if each.kind == PoolPreference.Kind.PREFERRED],
        "refused": [each.institution for each in wishes if each.kind == PoolPreference.Kind.REFUSED],
        "leave": list(staff.unavailabilities.filter(ends_on__gte=today).order_by("starts_on")),
        "couples": [_couple(actor, staff, each) for each in pool_queries.couples_of(actor, staff)],
        "candidacies": [_candidacy(each) for each in _candidacies(actor, staff)],
        "service": service,
        "promotion_months": f"{service.promotion_months:.1f}",
        "past": [{"row": each, "tone": STATE_TONES.get(each.posting.state, "neutral")} for each in service.postings],
        "events": [] if row is None else [_event(each) for each in pool_queries.events_of_member(row)],
    }


def _candidacies(actor: Actor, staff: Staff) -> list[Candidacy]:
    if pool_queries.is_self(actor, staff):
        return list(pool_queries.own_candidacies(actor))
    return [row for row in pool_queries.candidacies(actor).filter(staff=staff) if row.shows_person]


def _candidacy(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a candidacy with its standing
    return {
        "row": row,
        "aim": aim_word(row),
        "tone": CANDIDACY_TONES[row.standing],
        "word": state_word(row.standing),
        "origin": CandidacyOrigin(row.origin).label,
    }


def _couple(actor: Actor, staff: Staff, row: PoolCouple) -> dict[str, Any]:
    other = row.partner if row.proposer_id == staff.pk else row.proposer
    return {
        "row": row,
        "words": f"{RULE_WORDS[row.rule]} {name_of(other)}",
        "tone": COUPLE_TONES[row.state],
        "steps": pool_queries.allowed_couple_steps(actor, row),
    }


def _event(event: PoolEvent) -> dict[str, Any]:
    return {"row": event, "word": MEMBER_STEP_WORDS.get(event.step, event.step)}


@require_http_methods(BOTH)
@page
def enter(request: HttpRequest) -> HttpResponse:
    """Enter somebody of the own hospital or region; the limits are stated on the next page."""
    actor = acting(request)
    require(actor, "dispatch.write")
    if not pool_queries.keeps_pool(actor):
        raise NotFoundInScopeError("This role keeps no pool.", model="PoolMember")
    form = NewEntryForm(actor, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Enter a person in the pool"),
        submit_label=gettext_lazy("Enter in the pool"),
        cancel_url=reverse("dispatch:pool"),
        done=gettext_lazy("The person is in the pool. State the limits now, if there are any."),
        crumbs=pool_crumbs(),
    )

    def run() -> PoolMember:
        return commands.enter_pool(command_context(request), form.cleaned_data["staff"], commands.PoolEntry())

    return run_form(request, form, about, run, lambda row: reverse("dispatch:pool-change", args=[row.pk]))


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = pool_queries.member(actor, pk)
    return _entry_form(request, row.staff, row)


@require_http_methods(BOTH)
@page
def my_limits(request: HttpRequest) -> HttpResponse:
    """State the own willingness and limits, for the first time or again."""
    actor = acting(request)
    return _entry_form(request, _own_staff(actor), pool_queries.own_member(actor))


def _entry_form(request: HttpRequest, staff: Staff, row: PoolMember | None) -> HttpResponse:
    is_own = pool_queries.is_self(acting(request), staff)
    form = PoolEntryForm(staff, row, request.POST or None)
    back = reverse("dispatch:my-willingness") if is_own or row is None else row.get_absolute_url()
    about = FormPage(
        title=gettext_lazy("Willingness and limits"),
        submit_label=gettext_lazy("Save"),
        cancel_url=back,
        done=gettext_lazy("It is recorded."),
        crumbs=my_crumbs() if is_own else pool_crumbs(row),
        intro=_("Read by %(person)s, the office of their hospital and the planner; never by the receiving unit.")
        % {"person": name_of(staff)},
    )

    def run() -> PoolMember:
        context = command_context(request)
        if row is None:
            return commands.enter_pool(context, staff, form.entry(None))
        seen = form.cleaned_data["expected_version"]
        return commands.change_entry(context, row, form.entry(row), row.version if seen is None else seen)

    return run_form(request, form, about, run, lambda _row: back)


@require_http_methods(BOTH)
@page
def my_couple(request: HttpRequest) -> HttpResponse:
    return _couple_form(request, _own_staff(acting(request)), reverse("dispatch:my-willingness"), my_crumbs())


@require_http_methods(BOTH)
@page
def new_couple(request: HttpRequest, pk: int) -> HttpResponse:
    row = pool_queries.member(acting(request), pk)
    return _couple_form(request, row.staff, row.get_absolute_url(), pool_crumbs(row))


def _couple_form(request: HttpRequest, staff: Staff, back: str, crumbs: list[Crumb]) -> HttpResponse:
    form = CoupleForm(acting(request), request.POST or None)
    about = FormPage(
        title=gettext_lazy("Name a couple"),
        submit_label=gettext_lazy("Name the couple"),
        cancel_url=back,
        done=gettext_lazy("It waits for the other person's word and binds nobody before that."),
        crumbs=crumbs,
    )

    def run() -> PoolCouple:
        given = form.cleaned_data
        return commands.propose_couple(command_context(request), staff, given["partner"], given["rule"])

    return run_form(request, form, about, run, lambda _row: back)


@require_POST
@page
def couple_step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    actor = acting(request)
    row = pool_queries.couple(actor, pk)
    seen = request.POST.get("expected_version", "")
    version = int(seen) if seen.isdecimal() else row.version
    commands.take_couple_step(command_context(request), row, name, version)
    for staff in (row.proposer, row.partner):
        member = pool_queries.member_of(actor, staff)
        if member is not None and not pool_queries.is_self(actor, staff):
            return redirect(member)
    return redirect("dispatch:my-willingness")
