"""The lines of a visit: programme, participants, contributions; added, changed, taken back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.exchanges import commands
from lianyi.exchanges.forms.visits import PART_FORMS, PartForm
from lianyi.exchanges.models import VisitPart
from lianyi.exchanges.queries import visits as queries
from lianyi.exchanges.views.parts import BOTH, seen_version, visit_crumbs
from lianyi.pages.forms import CommandForm
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

_TITLES: dict[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "institutions": (_("Further host or guest"), _("Change the institution"), _("Take the institution back")),
    "programme": (_("New line of the programme"), _("Change the line"), _("Take the line back")),
    "participants": (_("New participant"), _("Change the participant"), _("Take the participant back")),
    "contributions": (_("What somebody said"), _("Change what was said"), _("Take back what was said")),
}


def _form_class(kind: str) -> type[PartForm]:
    found = PART_FORMS.get(kind)
    if found is None:
        raise NotFoundInScopeError("A visit has no such lines.", model="VisitPart")
    return found


def _to_visit(row: VisitPart) -> str:
    return row.visit.get_absolute_url()


@require_http_methods(BOTH)
@page
def add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    actor = acting(request)
    visit = queries.visit(actor, pk)
    require(actor, "visit.write", visit)
    form = _form_class(kind)(actor, request.POST or None)
    about = FormPage(
        title=_TITLES[kind][0],
        submit_label=_("Add"),
        cancel_url=visit.get_absolute_url(),
        done=_("It is written down."),
        crumbs=visit_crumbs(visit),
    )
    return run_form(
        request, form, about, lambda: commands.add_part(command_context(request), visit, form.new()), _to_visit
    )


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    actor = acting(request)
    form_class = _form_class(kind)
    row = queries.part(actor, form_class.model, pk)
    require(actor, "visit.write", row.visit)
    form = form_class(actor, request.POST or None, initial=form_class.initial_of(row))
    about = FormPage(
        title=_TITLES[kind][1],
        submit_label=_("Save"),
        cancel_url=row.visit.get_absolute_url(),
        done=_("It is changed."),
        crumbs=visit_crumbs(row.visit),
    )

    def run() -> VisitPart:
        return commands.change_part(command_context(request), row, form.facts(), seen_version(form, row.version))

    return run_form(request, form, about, run, _to_visit)


@require_http_methods(BOTH)
@page
def take_back(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.part(actor, _form_class(kind).model, pk)
    require(actor, "visit.write", row.visit)
    form = CommandForm(request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=_TITLES[kind][2],
        submit_label=_("Take back"),
        cancel_url=row.visit.get_absolute_url(),
        done=_("It is taken back; the record keeps it."),
        crumbs=visit_crumbs(row.visit),
        intro=str(row),
        danger=True,
    )

    def run() -> VisitPart:
        return commands.take_back_part(command_context(request), row, seen_version(form, row.version))

    return run_form(request, form, about, run, _to_visit)
