"""Points: the list, one point with what became of it, raising, changing and sorting."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.exchanges import commands
from lianyi.exchanges.errors import PointStepRefusedError
from lianyi.exchanges.filters import PointFilter
from lianyi.exchanges.forms.actions import MakeActionForm
from lianyi.exchanges.forms.points import PointForm, PointStepForm
from lianyi.exchanges.machines.points import POINT_STEP_BY_NAME, PointStep, point_steps_from
from lianyi.exchanges.models import Action, ExchangeVisit, Point, PointKind, PointState
from lianyi.exchanges.queries import points as queries
from lianyi.exchanges.queries import visits as visit_queries
from lianyi.exchanges.tables.points import PointTable
from lianyi.exchanges.texts import POINT_STEP_WORDS
from lianyi.exchanges.views.parts import BOTH, note_difficulties, point_crumbs, seen_version, visit_crumbs
from lianyi.exchanges.words import point_line
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form


@require_safe
@page
def point_list(request: HttpRequest) -> HttpResponse:
    """List the points; difficulties of members leave the page in no file."""
    actor = acting(request)
    require(actor, "visit.read")
    rows = queries.open_points(actor) if "export" in request.GET else queries.points(actor)
    note_difficulties(request, rows.filter(kind=PointKind.DIFFICULTY))
    return list_response(
        request,
        table_class=PointTable,
        rows=rows,
        filterset_class=PointFilter,
        title=_("Points raised"),
        export_name="points",
        template="exchanges/points.html",
        context={"import_url": f"{reverse('registry:imports')}?kind=visit_points"},
    )


@require_safe
@page
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one point: who raised it, what became of it, what came back to it."""
    actor = acting(request)
    row = queries.point(actor, pk)
    if row.is_confidential:
        log_reading(request, row)
    [found] = queries.standings(actor, [row], timezone.localdate())
    context = {
        "title": str(row),
        "point": row,
        "line": point_line(found),
        "steps": queries.allowed_point_steps(actor, row),
        "may_change": queries.may_change(actor, row),
        "merged": queries.merged(actor, row),
        "recurrences": queries.recurrences(actor, row),
        "events": [
            {"row": each, "word": POINT_STEP_WORDS.get(each.step, each.step)}
            for each in queries.events_of_point(actor, row)
        ],
        "breadcrumbs": visit_crumbs(row.visit),
    }
    return render(request, "exchanges/point.html", context)


@require_http_methods(BOTH)
@page
def raise_point(request: HttpRequest, pk: int) -> HttpResponse:
    return _raise(request, pk, about_member=False)


@require_http_methods(BOTH)
@page
def raise_difficulty(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a member's difficulty, which few may read."""
    return _raise(request, pk, about_member=True)


def _raise(request: HttpRequest, pk: int, *, about_member: bool) -> HttpResponse:
    actor = acting(request)
    visit = visit_queries.visit(actor, pk)
    require(actor, "visit.write", visit)
    form = PointForm(actor, visit, request.POST or None, about_member=about_member)
    form.initial.update(form.first_values())
    about = FormPage(
        title=gettext_lazy("Difficulty of a member") if about_member else gettext_lazy("New point"),
        submit_label=gettext_lazy("Write it down"),
        cancel_url=visit.get_absolute_url(),
        done=gettext_lazy("It is written down."),
        crumbs=visit_crumbs(visit),
        intro=_CONFIDENTIAL if about_member else "",
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.raise_point(command_context(request), visit, form.new()),
        lambda row: f"{row.visit.get_absolute_url()}#points",
    )


_CONFIDENTIAL = gettext_lazy(
    "Read by the member and the partnership offices of this agreement only. It stands in no minutes, no file and no "
    "figure."
)


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.point(actor, pk)
    require(actor, "visit.write", row)
    form = PointForm(
        actor,
        row.visit,
        request.POST or None,
        row=row,
        about_member=row.is_confidential,
        initial=PointForm.initial_of(row),
    )
    about = FormPage(
        title=gettext_lazy("Change the point"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The point is changed."),
        crumbs=point_crumbs(row),
    )

    def run() -> Point:
        return commands.change_point(command_context(request), row, form.facts(), seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def sort(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Say what becomes of a point."""
    actor = acting(request)
    row = queries.point(actor, pk)
    wanted = _step_of(actor, row, name, is_sent=request.method == "POST")
    if wanted.name == "act":
        return _make_action(request, actor, row)
    form = PointStepForm(actor, wanted, row, request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=wanted.label,
        submit_label=wanted.label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is recorded."),
        crumbs=point_crumbs(row),
        intro=name_of(row, "statement"),
    )

    def run() -> Point:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.sort_point(context, row, wanted.name, seen_version(form, row.version), form.target_id())

    return run_form(request, form, about, run, lambda each: f"{each.visit.get_absolute_url()}#points")


def _step_of(actor: Actor, row: Point, name: str, *, is_sent: bool) -> PointStep:
    wanted = POINT_STEP_BY_NAME.get(name)
    if wanted is None:
        raise NotFoundInScopeError("A point has no such step.", model="PointStep")
    require(actor, "visit.write" if name == "act" else wanted.permission, row)
    if not is_sent and wanted not in point_steps_from(row.state):
        raise PointStepRefusedError(
            f"The point {row} is '{row.state}'; '{name}' does not follow.",
            reason="point-not-following",
            point=str(row),
            step=wanted.label,
            state_label=PointState(row.state).label,
            allowed=[each.name for each in point_steps_from(row.state)],
        )
    return wanted


def _make_action(request: HttpRequest, actor: Actor, row: Point) -> HttpResponse:
    initial = {"expected_version": row.version, **_first_words(row)}
    form = MakeActionForm(actor, row, request.POST or None, initial=initial)
    about = FormPage(
        title=gettext_lazy("Turn into an action"),
        submit_label=gettext_lazy("Make the action"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The action is made."),
        crumbs=point_crumbs(row),
        intro=name_of(row, "statement"),
    )

    def run() -> Action:
        return commands.make_action(command_context(request), row, form.new(), seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


def _first_words(row: Point) -> dict[str, str]:
    """Return the words that an action begins with; of a difficulty none, because its owner may not read it."""
    visit: ExchangeVisit = row.visit
    if row.is_confidential:
        return {"owner": visit.host.code}
    owner = row.institution.code if row.institution is not None else ""
    return {"title_zh": row.statement_zh[:300], "title_en": row.statement_en[:300], "owner": owner}
