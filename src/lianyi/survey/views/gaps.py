"""Gaps that are put forward to those who plan postings: the list, one gap with its printable sheet, and its steps."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.records import Provenance
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import pdf_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.registry.forms.fields import ActorForm, reason_field
from lianyi.registry.models import Place
from lianyi.registry.queries import place_with_code
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words, both_methods, command_page
from lianyi.rules import ResourceStandard
from lianyi.survey import commands, queries
from lianyi.survey.amounts import inventory
from lianyi.survey.filters import GapFilter
from lianyi.survey.forms import AnswerForm, ReasonForm
from lianyi.survey.handing import outcomes_of
from lianyi.survey.models import Gap, Resource, Scenario
from lianyi.survey.rulebook import standard_book
from lianyi.survey.sheets import number_text
from lianyi.survey.shortfalls import Finding, findings
from lianyi.survey.tables import GapTable
from lianyi.survey.views.asking import survey_crumbs

LONGEST_BASIS = 300


def _crumbs() -> list[Crumb]:
    return [*survey_crumbs(), Crumb(_("Gaps put forward"), reverse("survey:gaps"))]


@require_safe
@page
def gaps(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=GapTable,
        rows=queries.gaps(actor),
        filterset_class=GapFilter,
        title=_("Gaps put forward"),
        export_name="gaps",
        context={"breadcrumbs": survey_crumbs()},
    )


@require_safe
@page
def gap(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one gap: what is missing, against what it was counted, and what was answered."""
    actor = acting(request)
    row = queries.gap(actor, pk)
    is_waiting = row.state == Gap.State.PUT_FORWARD
    context = {
        "title": title_of(row),
        "gap": row,
        "breadcrumbs": _crumbs(),
        "basis": in_language(row.basis_zh, row.basis_en),
        "required": number_text(float(row.required)),
        "present": number_text(float(row.present)),
        "missing": number_text(float(row.shortfall)),
        "outcomes": outcomes_of(actor, row),
        "may_withdraw": is_waiting and covers(actor, row.owner_id),
        "may_take_up": is_waiting and decide(actor, "dispatch.write").allowed and covers(actor, row.place_id),
    }
    return render(request, "survey/gap.html", context)


def title_of(row: Gap) -> str:
    about = row.institution or row.place
    return f"{name_of(about)}: {row.get_resource_display()}"


@require_safe
@page
def gap_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the sheet of a gap for those who decide on paper."""
    row = queries.gap(acting(request), pk)
    lines = [
        (_("Place"), f"{name_of(row.place)} {row.place.code}"),
        (_("Institution"), name_of(row.institution) if row.institution else "—"),
        (_("Resource"), str(row.get_resource_display())),
        (_("Required"), number_text(float(row.required))),
        (_("On hand"), number_text(float(row.present))),
        (_("Missing"), number_text(float(row.shortfall))),
        (_("Counted against"), in_language(row.basis_zh, row.basis_en)),
        (_("Counted on"), row.counted_on.isoformat()),
        (_("Scenario"), row.scenario.name if row.scenario else "—"),
        (_("Note"), row.note or "—"),
        (_("State"), str(row.get_state_display())),
        (_("Answer"), row.answer or "—"),
        (_("Put forward by"), f"{name_of(row.owner)} · {row.made_by.display_name}"),
    ]
    printed_on, number = _("Printed on"), _("Number")
    data = {
        "title": _("Gap put forward"),
        "subject": title_of(row),
        "lines": [{"label": label, "value": value} for label, value in lines],
        "signature": _("Signature and date"),
        "printed": f"{printed_on} {timezone.localdate().isoformat()} · {number} {row.pk}",
        "is_sample": row.is_sample,
        "sample": _("sample"),
    }
    return pdf_response("survey/documents/gap.typ", data, f"gap-{row.pk}")


class NoteForm(ActorForm):
    """A word about a gap that the records do not tell."""

    note = reason_field()

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(actor, data)
        self.fields["note"].label = _("Note")
        self.fields["note"].help_text = _("For whoever plans postings: which specialty, since when, what was tried.")


@both_methods
@page
def put_forward(request: HttpRequest) -> HttpResponse:
    """Ask for a note and put a shortfall forward; what is short is counted anew, never taken from the address."""
    actor = acting(request)
    require(actor, "registry.read")
    place, new = _asked_gap(actor, request.GET)
    form = NoteForm(actor, request.POST or None)
    words = Words(
        gettext_lazy("Put a gap forward"),
        gettext_lazy("Put forward"),
        gettext_lazy("The gap is put forward."),
        _("%(who)s: %(present)s of %(required)s %(resource)s.")
        % {
            "who": name_of(new.institution or place),
            "present": number_text(float(new.present)),
            "required": number_text(float(new.required)),
            "resource": Resource(new.resource).label,
        },
    )
    about = FormPage(
        words, _way_back(request.GET, new), _crumbs(), url_after=lambda row: reverse("survey:gap", args=[row.pk])
    )
    return command_page(
        request,
        form,
        lambda context: commands.put_forward_gap(context, place, _with_note(new, form.cleaned_data["note"])),
        about,
    )


def _way_back(asked: Mapping[str, str], new: commands.NewGap) -> str:
    if new.scenario is not None:
        return new.scenario.get_absolute_url()
    query = urlencode({"place": asked.get("region", ""), "standard": asked.get("standard", "")})
    return f"{reverse('survey:shortfalls')}?{query}"


def _with_note(new: commands.NewGap, note: str) -> commands.NewGap:
    return dataclasses.replace(new, note=note)


def _asked_gap(actor: Actor, asked: Mapping[str, str]) -> tuple[Place, commands.NewGap]:
    """Return the place and the gap that the address names, counted today.

    Raises
    ------
    NotFoundInScopeError
        When there is no such shortfall any more.
    """
    if asked.get("scenario", "").isdigit():
        return _of_scenario(queries.scenario(actor, int(asked["scenario"])))
    region = place_with_code(actor, asked.get("region", "").strip())
    standard = next((each for each in standard_book().standards if each.id == asked.get("standard")), None)
    if region is None or standard is None:
        raise NotFoundInScopeError("There is no such shortfall.", model="Finding")
    today = timezone.localdate()
    counted = inventory(actor, region, today)
    for each in findings(actor, counted, standard):
        if _is_asked(each, asked):
            new = _of_finding(each, standard, today)
            is_sample = counted.has_samples or each.place.is_sample
            return each.place, dataclasses.replace(new, provenance=Provenance.SAMPLE) if is_sample else new
    raise NotFoundInScopeError("There is no such shortfall any more.", model="Finding")


def _is_asked(each: Finding, asked: Mapping[str, str]) -> bool:
    if each.requirement.id != asked.get("requirement") or each.missing is None or each.resource is None:
        return False
    if each.institution is not None:
        return each.institution.code == asked.get("institution")
    return each.place.code == asked.get("place")


def _of_finding(each: Finding, standard: ResourceStandard, day: datetime.date) -> commands.NewGap:
    requirement = each.requirement
    number = f" {standard.document_number}" if standard.document_number else ""
    return commands.NewGap(
        resource=str(each.resource),
        required=Decimal(str(each.required)),
        present=Decimal(str(each.present)),
        basis_zh=f"{standard.title.zh}{number}：{requirement.name.zh}"[:LONGEST_BASIS],
        basis_en=f"{standard.title.en}{number}: {requirement.name.en}"[:LONGEST_BASIS],
        counted_on=day,
        institution=each.institution,
    )


def _of_scenario(row: Scenario) -> tuple[Place, commands.NewGap]:
    """Return the people of a region who do not reach a service in time, as the scenario found it before."""
    before = row.result.get("before", {})
    people, covered = before.get("people"), before.get("covered")
    if people is None or covered is None or people <= covered:
        raise NotFoundInScopeError("The scenario leaves nobody out.", model="Scenario")
    minutes = f"{row.parameters.get('minutes', 0):g}"
    return row.place, commands.NewGap(
        resource=Resource.ACCESS.value,
        required=Decimal(str(people)),
        present=Decimal(str(covered)),
        basis_zh=f"情景“{row.name}”：{minutes}分钟内可到达"[:LONGEST_BASIS],
        basis_en=f"Scenario “{row.name}”: within {minutes} minutes"[:LONGEST_BASIS],
        counted_on=timezone.localdate(row.created_at),
        scenario=row,
        provenance=row.provenance,
    )


def _find(request: HttpRequest, pk: int) -> Gap:
    return queries.gap(acting(request), pk)


def _find_to_take_up(request: HttpRequest, pk: int) -> Gap:
    row = queries.gap(acting(request), pk)
    require(acting(request), "dispatch.write")
    return row


def _about(_request: HttpRequest, row: Gap, words: Words) -> FormPage:
    return FormPage(words, row.get_absolute_url(), [*_crumbs(), Crumb(title_of(row), row.get_absolute_url())])


take_up = RecordPages(_find_to_take_up, _about).page(
    Words(gettext_lazy("Take a gap up"), gettext_lazy("Take up"), gettext_lazy("The gap is taken up.")),
    lambda actor, row, data: AnswerForm(actor, data, initial={"expected_version": row.version}),
    lambda context, row, form: commands.take_up_gap(context, row, form.cleaned_data["answer"], form.seen_version),
)

withdraw = RecordPages(_find, _about).page(
    Words(gettext_lazy("Withdraw a gap"), gettext_lazy("Withdraw"), gettext_lazy("The gap is withdrawn.")),
    lambda actor, row, data: ReasonForm(actor, data, initial={"expected_version": row.version}),
    lambda context, row, form: commands.withdraw_gap(context, row, form.seen_version),
)
