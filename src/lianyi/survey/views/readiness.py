"""How ready services are: the last assessments of a region, and those of one institution item by item."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.survey import readiness_queries as queries
from lianyi.survey.forms import PlaceForm
from lianyi.survey.readiness import Assessment, ReadinessStanding
from lianyi.survey.readiness_sheets import domains_sheet, earlier_sheet, items_sheet, region_sheet, services_sheet
from lianyi.survey.rulebook import thresholds_on
from lianyi.survey.sheets import Sheets
from lianyi.survey.views.asking import ask_again, frame, survey_crumbs, usual_code
from lianyi.survey.words import CONFIDENCE_TONES, CONFIDENCE_WORDS


@require_safe
@page
def readiness(request: HttpRequest) -> HttpResponse:
    """Show the last assessment of each service in a region, the least ready first."""
    actor = acting(request)
    require(actor, "registry.read")
    form = PlaceForm(actor, request.GET.dict(), {"place": usual_code(actor)})
    about = frame(request, form, _("Readiness"))
    if not form.is_valid():
        return ask_again(request, about)
    place = form.chosen_place()
    found = queries.latest_assessments(actor, place)
    tables = Sheets([region_sheet(found)])
    export = tables.export(request, f"readiness-{place.code}")
    if export is not None:
        return export
    context = {
        **about,
        **_rule(),
        "title": _("Readiness: %(place)s") % {"place": name_of(place)},
        "found": found,
        "below": sum(each.standing is ReadinessStanding.BELOW for each in found),
        "institutions": len({each.institution.pk for each in found}),
        "sheets": tables.sheets,
        "has_samples": any(each.is_sample for each in found),
    }
    return render(request, "survey/readiness.html", context)


def _rule() -> dict[str, object]:
    rule = thresholds_on(timezone.localdate())
    return {
        "rule": rule,
        "rule_title": in_language(rule.title.zh, rule.title.en),
        "confidence": CONFIDENCE_WORDS[rule.confidence],
        "confidence_tone": CONFIDENCE_TONES[rule.confidence],
    }


@require_safe
@page
def readiness_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the readiness of one institution by service, domain and item, and earlier assessments."""
    actor = acting(request)
    require(actor, "registry.read")
    institution = queries.institution(actor, pk)
    latest, earlier = _parted(queries.assessments_of(actor, institution))
    tables = Sheets(
        [
            services_sheet(latest),
            domains_sheet(latest),
            items_sheet(latest),
            *([earlier_sheet(earlier)] if earlier else []),
        ]
    )
    export = tables.export(request, f"readiness-{institution.code}")
    if export is not None:
        return export
    context = {
        **_rule(),
        "title": _("Readiness: %(place)s") % {"place": name_of(institution)},
        "breadcrumbs": [*survey_crumbs(), Crumb(_("Readiness"), reverse("survey:readiness"))],
        "institution": institution,
        "sheets": tables.sheets,
        "export_query": "",
        "has_samples": any(each.is_sample for each in latest),
    }
    return render(request, "survey/readiness_of.html", context)


def _parted(found: list[Assessment]) -> tuple[list[Assessment], list[Assessment]]:
    """Part the last assessment of each service from the earlier ones; the newest of each comes first."""
    seen: set[str] = set()
    latest: list[Assessment] = []
    earlier: list[Assessment] = []
    for each in found:
        (earlier if each.service in seen else latest).append(each)
        seen.add(each.service)
    return latest, earlier
