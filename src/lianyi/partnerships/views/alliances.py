"""Alliances: the list, one alliance with its members over time, and the forms."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.accounts.access import decide, get_in_scope, require, scoped
from lianyi.accounts.roles import Act
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.lookups import Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import commands, queries
from lianyi.partnerships.forms import AllianceForm, LastDayForm, MemberForm
from lianyi.partnerships.models import Alliance, AllianceMembership
from lianyi.partnerships.tables import AllianceFilter, AllianceTable
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.registry.models import Institution
from lianyi.registry.models.institutions import open_on

MOST_SUGGESTIONS = 20


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Alliances"), reverse("partnerships:alliances"))]


def _url(row: Alliance) -> str:
    return reverse("partnerships:alliance", args=[row.pk])


@page
def alliance_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    return list_response(
        request,
        table_class=AllianceTable,
        rows=queries.alliances(actor),
        filterset_class=AllianceFilter,
        title=_("Alliances"),
        export_name="alliances",
        template="partnerships/alliances.html",
        context={"may_write": decide(actor, "agreement.write").allowed},
    )


@page
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.alliance(actor, pk)
    context = {
        "alliance": row,
        "memberships": queries.memberships(actor, row),
        "agreements": queries.agreements(actor).filter(alliance=row),
        "may_write": decide(actor, "agreement.write", row).allowed,
        "breadcrumbs": _crumbs(),
        "title": name_of(row),
    }
    return render(request, "partnerships/alliance.html", context)


@page
def new(request: HttpRequest) -> HttpResponse:
    require(acting(request), "agreement.write")
    form = AllianceForm(request.POST or None)

    def run() -> Alliance:
        data = form.cleaned_data
        wanted = commands.NewAlliance(
            code=data["code"],
            name_zh=data["name_zh"],
            name_en=data["name_en"],
            kind=data["kind"],
            lead_id=data["lead"].pk,
            specialty=data["specialty"],
            founded_on=data["founded_on"],
        )
        return commands.create_alliance(command_context(request), wanted)

    about = FormPage(
        title=gettext_lazy("New alliance"),
        submit_label=gettext_lazy("Found"),
        cancel_url=reverse("partnerships:alliances"),
        done=gettext_lazy("The alliance is founded. Add its members."),
        crumbs=_crumbs(),
    )
    return run_form(request, form, about, run, _url)


@page
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.alliance(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = MemberForm(request.POST or None, initial={"valid_from": timezone.localdate()})

    def run() -> AllianceMembership:
        data = form.cleaned_data
        return commands.add_member(
            command_context(request), row, data["institution"].pk, data["tightness"], data["valid_from"]
        )

    about = FormPage(
        title=gettext_lazy("Add a member"),
        submit_label=gettext_lazy("Add"),
        cancel_url=_url(row),
        done=gettext_lazy("The member is added."),
        crumbs=_crumbs(),
        intro=gettext_lazy("For an institution that is a member already, this changes its tightness from the day on."),
    )
    return run_form(request, form, about, run, lambda _member: _url(row))


@page
def end_member(request: HttpRequest, pk: int) -> HttpResponse:
    memberships = AllianceMembership.objects.select_related("alliance", "institution")
    membership = get_in_scope(acting(request), memberships, pk, Act.WRITE)
    form = LastDayForm(
        request.POST or None, initial={"expected_version": membership.version, "last_day": timezone.localdate()}
    )

    def run() -> AllianceMembership:
        data = form.cleaned_data
        return commands.end_membership(command_context(request), membership, data["last_day"], data["expected_version"])

    about = FormPage(
        title=gettext_lazy("Let a member leave"),
        submit_label=gettext_lazy("End the membership"),
        cancel_url=_url(membership.alliance),
        done=gettext_lazy("The membership is ended."),
        crumbs=_crumbs(),
        danger=True,
    )
    return run_form(request, form, about, run, lambda _member: _url(membership.alliance))


@page
def institution_suggestions(request: HttpRequest) -> HttpResponse:
    typed = typed_text(request)
    rows = scoped(acting(request), Institution.objects.filter(open_on(timezone.localdate())))
    if typed:
        rows = rows.filter(Q(code__icontains=typed) | Q(name_zh__icontains=typed) | Q(name_en__icontains=typed))
    found = rows.order_by("code")[:MOST_SUGGESTIONS]
    return suggestions_response(request, (Suggestion(row.code, name_of(row)) for row in found))
