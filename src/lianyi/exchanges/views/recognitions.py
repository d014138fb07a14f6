"""Recognition and thanks: the list, one of them, writing down, changing, taking back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import decide, require
from lianyi.exchanges import commands
from lianyi.exchanges.filters import RecognitionFilter
from lianyi.exchanges.forms.recognitions import ReasonForm, RecognitionForm
from lianyi.exchanges.models import ExchangeVisit, Recognition
from lianyi.exchanges.queries import recognitions as queries
from lianyi.exchanges.queries import visits as visit_queries
from lianyi.exchanges.tables.recognitions import RecognitionTable, receiver_word
from lianyi.exchanges.views.parts import BOTH, seen_version, visit_crumbs
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form


def recognition_crumbs() -> list[Crumb]:
    return [Crumb(_("Recognition and thanks"), reverse("exchanges:recognitions"))]


@require_safe
@page
def recognition_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "visit.read")
    return list_response(
        request,
        table_class=RecognitionTable,
        rows=queries.recognitions(actor),
        filterset_class=RecognitionFilter,
        title=_("Recognition and thanks"),
        export_name="recognitions",
        template="exchanges/recognitions.html",
        context={"may_write": decide(actor, "visit.write").allowed},
    )


@require_safe
@page
def recognition(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.recognition(actor, pk)
    context = {
        "title": f"{row.get_kind_display()} · {receiver_word(row)}",
        "recognition": row,
        "receiver": receiver_word(row),
        "may_change": queries.may_change(actor, row),
        "breadcrumbs": recognition_crumbs(),
    }
    return render(request, "exchanges/recognition.html", context)


@require_http_methods(BOTH)
@page
def new_recognition(request: HttpRequest) -> HttpResponse:
    require(acting(request), "visit.write")
    return _new(request, None)


@require_http_methods(BOTH)
@page
def thank_at_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down recognition or thanks given at a visit."""
    actor = acting(request)
    visit = visit_queries.visit(actor, pk)
    require(actor, "visit.write", visit)
    return _new(request, visit)


def _new(request: HttpRequest, visit: ExchangeVisit | None) -> HttpResponse:
    initial = {} if visit is None else {"given_on": visit.starts_on, "given_by": visit.guest.code}
    form = RecognitionForm(acting(request), request.POST or None, visit=visit, initial=initial)
    about = FormPage(
        title=gettext_lazy("New recognition or thanks"),
        submit_label=gettext_lazy("Write it down"),
        cancel_url=reverse("exchanges:recognitions") if visit is None else visit.get_absolute_url(),
        done=gettext_lazy("It is written down."),
        crumbs=recognition_crumbs() if visit is None else visit_crumbs(visit),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.give_recognition(command_context(request), form.new()),
        lambda row: str(row.get_absolute_url() if visit is None else visit.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.recognition(actor, pk)
    require(actor, "visit.write", row)
    form = RecognitionForm(actor, request.POST or None, row=row, initial=RecognitionForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the recognition"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is changed."),
        crumbs=recognition_crumbs(),
    )

    def run() -> Recognition:
        version = seen_version(form, row.version)
        return commands.change_recognition(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.recognition(actor, pk)
    require(actor, "visit.write", row)
    form = ReasonForm(request.POST or None, initial={"expected_version": row.version})
    about = FormPage(
        title=gettext_lazy("Take the recognition back"),
        submit_label=gettext_lazy("Take back"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("It is taken back; the record keeps it."),
        crumbs=recognition_crumbs(),
        intro=receiver_word(row),
        danger=True,
    )

    def run() -> Recognition:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.take_back_recognition(context, row, seen_version(form, row.version))

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))
