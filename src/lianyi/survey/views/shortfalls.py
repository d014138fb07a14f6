"""What falls short of a dated standard, by place and by institution."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import covers, require
from lianyi.accounts.actors import Actor
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, page
from lianyi.registry.models import Place
from lianyi.registry.queries import place_with_code
from lianyi.rules import ResourceStandard, Words
from lianyi.survey.amounts import inventory
from lianyi.survey.forms import StandardForm
from lianyi.survey.rulebook import standard_book
from lianyi.survey.sheets import Cell, Heading, Sheet, Sheets, number, word
from lianyi.survey.shortfalls import Finding, Reason, Standing, findings, jurisdiction_of
from lianyi.survey.views.asking import ask_again, frame, usual_code
from lianyi.survey.words import CONFIDENCE_TONES, CONFIDENCE_WORDS

STANDING_WORDS = {
    Standing.MET: gettext_lazy("met"),
    Standing.SHORT: gettext_lazy("short"),
    Standing.SHORT_AS_KNOWN: gettext_lazy("short, as far as known"),
    Standing.UNKNOWN: gettext_lazy("not known"),
    Standing.NOT_APPLICABLE: gettext_lazy("does not apply"),
}
STANDING_TONES = {
    Standing.MET: "good",
    Standing.SHORT: "bad",
    Standing.SHORT_AS_KNOWN: "warning",
    Standing.UNKNOWN: "neutral",
    Standing.NOT_APPLICABLE: "neutral",
}
REASON_WORDS = {
    Reason.NO_POPULATION: gettext_lazy("no population is on record"),
    Reason.NOT_STATED: gettext_lazy("no institution stated it"),
    Reason.NOT_GRADED: gettext_lazy("an institution of this kind has no tier or grade on record"),
    Reason.OUT_OF_REACH: gettext_lazy("its institutions are not within your reach"),
    Reason.SMALLER_PLACE: gettext_lazy("holds for larger places only"),
}


def words_of(words: Words) -> str:
    return in_language(words.zh, words.en)


def standards_of(place: Place) -> tuple[ResourceStandard, ...]:
    return standard_book().of_place(jurisdiction_of(place), timezone.localdate())


@require_safe
@page
def shortfalls(request: HttpRequest) -> HttpResponse:
    """Hold one standard against a region, its parts and its institutions."""
    actor = acting(request)
    require(actor, "registry.read")
    usual = usual_code(actor)
    asked = place_with_code(actor, request.GET.get("place", "").strip() or usual or "")
    standards = () if asked is None else standards_of(asked)
    choices = [(each.id, words_of(each.title)) for each in standards]
    first = standards[0].id if standards else None
    form = StandardForm(actor, request.GET.dict(), {"place": usual, "standard": first}, choices)
    about = frame(request, form, _("Shortfalls"))
    if not form.is_valid():
        return ask_again(request, about)
    place, standard = form.chosen_place(), standard_book().get(form.cleaned_data["standard"])
    counted = inventory(actor, place, timezone.localdate())
    found = findings(actor, counted, standard)
    tables = Sheets([_sheet(actor, found, standard, place)])
    export = tables.export(request, f"shortfalls-{place.code}")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("Shortfalls: %(place)s") % {"place": name_of(place)},
        "place": place,
        "standard": standard,
        "has_samples": counted.has_samples,
        "out_of_reach": counted.out_of_reach,
        "standard_title": words_of(standard.title),
        "jurisdiction": words_of(standard.jurisdiction_name),
        "confidence": CONFIDENCE_WORDS[standard.confidence],
        "confidence_tone": CONFIDENCE_TONES[standard.confidence],
        "counts": _counts(found),
        "sheets": tables.sheets,
    }
    return render(request, "survey/shortfalls.html", context)


def _counts(found: Sequence[Finding]) -> list[tuple[str, int]]:
    return [
        (str(label), sum(each.standing is standing for each in found)) for standing, label in STANDING_WORDS.items()
    ]


def _sheet(actor: Actor, found: Sequence[Finding], standard: ResourceStandard, region: Place) -> Sheet:
    headings = [
        Heading(_("Requirement"), is_number=False),
        Heading(_("Support"), is_number=False),
        Heading(_("Place or institution"), is_number=False),
        Heading(_("Required")),
        Heading(_("On hand")),
        Heading(_("Missing")),
        Heading(_("Standing"), is_number=False),
        Heading(_("Put forward"), is_number=False),
    ]
    may_put_forward = covers(actor, region.pk) or actor.is_service
    rows = [_row(each, standard, region, may_put_forward=may_put_forward) for each in found]
    return Sheet("shortfalls", _("Required, present, missing"), headings, rows)


def _row(each: Finding, standard: ResourceStandard, region: Place, *, may_put_forward: bool) -> list[Cell]:
    record = each.institution or each.place
    coverage = each.coverage
    known = f"{coverage.known}/{coverage.expected}" if coverage is not None and not coverage.is_full else ""
    note = " · ".join(part for part in (known, str(each.year) if each.year else "") if part)
    rows_url = f"{reverse('survey:institutions')}?{urlencode({'place': each.place.code})}"
    confidence = each.requirement.confidence
    can_be_put = may_put_forward and each.missing is not None and each.resource is not None
    asked = {"region": region.code, "standard": standard.id, "requirement": each.requirement.id}
    about = {"institution": each.institution.code} if each.institution else {"place": each.place.code}
    url = f"{reverse('survey:gap-new')}?{urlencode({**asked, **about})}" if can_be_put else ""
    return [
        word(words_of(each.requirement.name)),
        word(str(CONFIDENCE_WORDS[confidence]), tone=CONFIDENCE_TONES[confidence]),
        word(name_of(record), record.get_absolute_url()),
        number(each.required),
        number(each.present, 0, rows_url, note),
        number(each.missing),
        word(
            str(STANDING_WORDS[each.standing]),
            note=str(REASON_WORDS.get(each.reason, "")),
            tone=STANDING_TONES[each.standing],
        ),
        Cell(_("Put forward"), "", url) if url else Cell("", None),
    ]
